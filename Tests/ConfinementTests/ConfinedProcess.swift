// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport

@testable import Confinement

/// The program of the fixtures that enters the sandbox and tries things.
enum ConfinedProcess {
    /// Whether this kernel holds processes to files, ports and signals.
    static let kernelVersion = Landlock.version ?? 0

    private static var program: String {
        get throws { try BuiltProgram.tsmedia.removingLastComponent().appending("tsmedia-confined").string }
    }

    /// What came of each of `actions`, by what it did: `0`, or what the kernel said.
    ///
    /// - Parameter runner: a program with its arguments that starts it.
    static func outcome(_ options: [String], _ actions: [(String, String)], runner: [String] = []) throws -> [String] {
        let words = runner + [try program] + options + actions.flatMap { [$0.0, $0.1] }
        let result = try Program.succeed(words[0], Array(words.dropFirst()))
        return result.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("sandbox:") }
    }

    /// What it says of the sandbox, or why there is none.
    static func report(_ options: [String]) throws -> [String] {
        try Program.run(try program, options).output.split(separator: "\n").map(String.init)
    }
}
