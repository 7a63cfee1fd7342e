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

    /// Starts `tsmedia`, ends it with SIGKILL after `microseconds` and returns its status, 137 when it was killed.
    public static func kill(after microseconds: UInt32, _ arguments: String...) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let process = try Program.start(tsmedia.string, arguments, actions: &actions)
        usleep(microseconds)
        Glibc.kill(process, SIGKILL)
        return try Program.waitForEnd(of: process)
    }
}
