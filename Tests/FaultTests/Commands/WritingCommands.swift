// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import TSMediaTestSupport
import Testing

/// Every command that writes.
enum WritingCommands {
    /// All of them; those whose name has what `TSMEDIA_FAULT_ONLY` says, where it says anything.
    static let all: [Named] = commands.enumerated().map { Named(command: $1, seed: UInt64($0 + 1)) }.filter { named in
        getenv("TSMEDIA_FAULT_ONLY").map { named.name.contains(String(cString: $0)) } ?? true
    }

    /// Those that read what somebody else may change.
    static let changeable = all.filter { !$0.command.sources.isEmpty }

    private static var commands: [any WritingCommand] {
        CreateCommand.all + [BuildCommand(), UpdateCommand(), FetchCommand(), PruneCommand(), BootImageCommand()]
            + LibraryCommand.Change.allCases.map { LibraryCommand(change: $0) } + FileCommand.all
            + (LoopDevice.isPossible ? [WriteCommand()] : [])
    }
}

/// A command of the table, and the seed of its faults.
struct Named: Sendable, CustomTestStringConvertible {
    var command: any WritingCommand
    var seed: UInt64
    var name: String { command.name }
    var testDescription: String { name }
}
