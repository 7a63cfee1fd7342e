// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Confinement
import Support

/// The sandbox of the program: before a command runs, the kernel takes from it what its options do not name.
enum Sandbox {
    /// What is in force, for the log and for those who want to see it.
    nonisolated(unsafe) private(set) static var lines = ["sandbox: none, this command starts other programs"]

    /// Holds the process to what `command` needs, unless it is to do without.
    ///
    /// Called once, before there is a second thread.
    static func enter(_ command: any ParsableCommand) throws {
        guard let command = command as? any ConfinedCommand else { return }
        guard !command.program.noSandbox else {
            lines = ["sandbox: none, as asked"]
            return
        }
        var needs = ProcessNeeds()
        needs.add(command.program, command)
        let confinement = try Confinement.enter(needs)
        lines = confinement.lines
        if confinement.landlockVersion == nil, !command.program.quiet {
            Console.shared.note("this kernel has no Landlock, so that the sandbox does not hold the run to its files")
        }
    }
}
