// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// The program that was built together with the tests.
public enum BuiltProgram {
    /// Where `tsmedia` is: beside the tests' own executable, whatever the build folder is called.
    public static var tsmedia: FilePath {
        get throws {
            guard let own = realpath("/proc/self/exe", nil) else { throw Errno(rawValue: errno) }
            defer { free(own) }
            return FilePath(platformString: own).removingLastComponent().appending("tsmedia")
        }
    }

    /// Runs `tsmedia` to its end.
    public static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ProgramResult {
        try Program.run(tsmedia.string, arguments, environment: environment)
    }
}
