// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaFormat

/// A command of `create`, which makes media of one kind.
protocol KindCommand: ConfinedCommand {
    /// The kind.
    static var mediaType: MediaType { get }
    /// What its options ask for.
    func asked() throws -> AskedMedia
}

extension Create {
    /// The kind of media that `create` makes by the command `word`; nil when there is none.
    static func mediaType(of word: String) -> MediaType? {
        configuration.subcommands.first { $0.configuration.commandName == word }.flatMap {
            $0 as? any KindCommand.Type
        }?
        .mediaType
    }
}
