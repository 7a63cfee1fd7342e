// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A session beside which lies what a hostile source would like to have, to change, or to run.
struct HostileSources {
    /// What no output may hold: the bytes of a file of somebody else.
    static let secret = "the-neighbour-s-secret-7c1e"
    let session: CommandSession
    /// A folder of somebody else, with a file that holds ``secret``.
    let neighbour: FilePath
    private let before: String

    /// Names that a shell, a path or a terminal would take for more than a name, without slashes.
    static let names = [
        "$(touch ran)", "`touch ran`", "a;touch ran", "|touch ran", "-rf", "..evil", "%n%s%n", "\u{1B}[31mred\u{7}",
    ]

    init() throws {
        session = try CommandSession(ownLibrary: true)
        neighbour = session.work.appending("neighbour")
        try TestFolder.makeFolder(neighbour)
        try TestFolder.write(Self.secret.utf8, to: neighbour.appending("secret.txt"))
        before = try Self.listing(neighbour)
    }

    private static func listing(_ path: FilePath) throws -> String {
        try Program.succeed("find", [path.string, "-printf", "%p %s %T@ %m %l\\n"]).output
    }

    /// Runs the program, which must end as it promises, and holds what it left against what it may do: nothing outside the
    /// folder of outputs, no command run, nothing of the neighbour's in what it made, no link in it.
    @discardableResult
    func run(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Int32 {
        let run = try WatchedRun(arguments, in: session.folder, home: session.work.path)
        #expect(run.problem == nil, "\(arguments)", sourceLocation: sourceLocation)
        #expect(try Self.listing(neighbour) == before, "the neighbour is as it was", sourceLocation: sourceLocation)
        let ran = try Program.succeed("find", [session.work.path.string, "-name", "ran"]).output
        #expect(ran.isEmpty, "a command ran: \(ran)", sourceLocation: sourceLocation)
        let outside = try Program.succeed(
            "find", [session.work.path.string, "-iname", "*evil*", "-not", "-path", "\(session.folder)/out/*"]
        ).output.split(separator: "\n").filter { !$0.contains("/source") && !$0.contains("/SCCMContentLib/") }
        #expect(outside.isEmpty, "written outside: \(outside)", sourceLocation: sourceLocation)
        let found = try Program.run("grep", ["-rlaF", Self.secret, session.folder.string])
        #expect(found.status == 1, "read into an output: \(found.output)", sourceLocation: sourceLocation)
        let links = try Program.succeed("find", [session.folder.string, "-type", "l"]).output
        #expect(links.isEmpty, "a link in an output: \(links)", sourceLocation: sourceLocation)
        return run.status
    }

    /// Removes the outputs.
    func clear() throws { try Program.succeed("find", [".", "-mindepth", "1", "-delete"], in: session.folder) }
}
