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

    /// All with `make test-all`, and else one of `share`, others for each number.
    static func some(oneOf share: Int) -> [Named] { Rounds.some(all, oneOf: share) }

    private static var commands: [any WritingCommand] {
        CreateCommand.all + [BuildCommand(), UpdateCommand(), FetchCommand(), PruneCommand(), BootImageCommand()]
            + LibraryCommand.Change.allCases.map { LibraryCommand(change: $0) } + FileCommand.all
            + [ForgetCommand()] + (LoopDevice.isPossible ? DriveCommand.all : [])
    }
}

/// A command of the table, and the seed of its faults.
struct Named: Sendable, CustomTestStringConvertible {
    var command: any WritingCommand
    var seed: UInt64
    var name: String { command.name }
    var testDescription: String { name }
}
