// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// The command that the first words of a command line name.
struct CommandPath {
    /// The commands from `tsmedia` down.
    let commands: [any ParsableCommand.Type]
    /// The words behind the command's name.
    let rest: ArraySlice<String>

    /// The deepest command that `words`, without the program's name, spell.
    init(_ words: [String]) {
        var (commands, rest): ([any ParsableCommand.Type], ArraySlice<String>) = ([TSMedia.self], words[...])
        while let word = rest.first, let command = commands.last,
            let next = command.configuration.subcommands.first(where: { $0._commandName == word })
        {
            commands.append(next)
            rest.removeFirst()
        }
        (self.commands, self.rest) = (commands, rest)
    }

    /// The command itself.
    var command: any ParsableCommand.Type { commands.last ?? TSMedia.self }

    /// As it is typed: `tsmedia content add`.
    var name: String { commands.map { $0._commandName }.joined(separator: " ") }

    /// The names of the commands below it.
    var subcommands: [String] { command.configuration.subcommands.map { $0._commandName } }
}
