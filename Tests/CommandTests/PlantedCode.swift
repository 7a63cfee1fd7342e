// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport

/// Code of an enemy in tsmedia: a library that tries at the first flush of an output what the sandbox forbids
/// (fixtures/planted).
struct PlantedCode {
    private let session: CommandSession
    /// What LD_PRELOAD names.
    let library: FilePath

    /// Compiles it, and puts a secret into the home of `session`.
    init(in session: CommandSession) throws {
        self.session = session
        library = session.work.appending("planted.so")
        try Program.succeed(
            "gcc",
            ["-shared", "-fPIC", "-o", library.string, Repository.file("fixtures/planted/planted.c").string])
        try session.work.write("secret".utf8, to: "home/private")
        try TestFolder.makeFolder(session.work.appending("tmp"))
    }

    /// Runs tsmedia with it, and returns what came of each attempt, by its name.
    ///
    /// - Parameter port: where somebody listens.
    func run(_ arguments: [String], port: UInt16) throws -> (result: ProgramResult, attempts: [String: String]) {
        // The ledger lies beside the store, in the folder that holds all of the session.
        let result = try session.run(
            arguments + ["--no-ledger"],
            environment: [
                "LD_PRELOAD": library.string, "PLANTED_LOG": "2", "PLANTED_PORT": "\(port)",
                "HOME": session.work.appending("home").string, "TMPDIR": session.work.appending("tmp").string,
            ])
        let lines = result.errorText.split(separator: "\n").map { $0.split(separator: " ") }
        let names = ["shadow", "private", "planted", "connect", "program"]
        var attempts: [String: String] = [:]
        for line in lines where line.count == 2 && names.contains(String(line[0])) {
            attempts[String(line[0])] = String(line[1])
        }
        return (result, attempts)
    }
}
