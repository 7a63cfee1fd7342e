// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A server of fixtures/servers on a port of the loopback that was free; it is killed when the test lets go of it.
final class ServerScript {
    /// The port.
    let port: Int
    private let program: RunningProgram

    /// Starts the script `name`, which says `port NUMBER` on standard error once it listens.
    init(_ name: String, _ arguments: [String], in work: TestFolder) throws {
        program = try RunningProgram(
            "python3", [Self.path(name)] + arguments, environment: [:], folder: work.path,
            work: work.appending("\(name)-\(UInt64.random(in: .min ... .max))"))
        let program = program
        var found: Int?
        let isUp = try program.wait {
            found = try program.errorText().split(separator: "\n").lazy
                .compactMap { $0.hasPrefix("port ") ? Int($0.dropFirst(5)) : nil }.first
            return found != nil
        }
        guard isUp, let found else { throw ServerFailure(name: name, said: try program.errorText()) }
        port = found
    }

    /// Ends it, as a power cut does.
    func kill() throws {
        program.send(SIGKILL)
        try program.waitForEnd()
    }

    /// The names that a script says it knows, a line each.
    static func names(of name: String) throws -> [String] {
        try Program.succeed("python3", [path(name), "--names"]).output.split(separator: "\n").map(String.init)
    }

    private static func path(_ name: String) -> String { Repository.file("fixtures/servers/\(name)").string }
}

/// A file that a server adds a line to for everything that it was asked.
struct ServerLog {
    let path: FilePath

    /// A log in `work` that no other server has.
    init(in work: TestFolder) { path = work.appending("server-\(UInt64.random(in: .min ... .max)).log") }

    /// Its lines, in order; none when nothing was asked.
    func lines() throws -> [String] {
        guard (try? Stat(path)) != nil else { return [] }
        return String(decoding: try SmallFile.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// A server of the tests that did not come up.
struct ServerFailure: Error, CustomStringConvertible {
    let name: String
    let said: String
    var description: String { "\(name) did not start: \(said.suffix(2_000))" }
}
