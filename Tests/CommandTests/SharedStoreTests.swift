// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Fixtures
import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The store under runs that are killed, that run side by side, and whose disk forgets.
@Suite("A store of several runs")
struct SharedStoreTests {
    private static let id = "ABC00077"
    /// Large enough that a part of them is worth keeping.
    private static let sizes = [1_500_001, 900_000, 700_003, 200_000, 70_000, 65_536, 10_000, 999, 1, 0]

    private let session: CommandSession
    private let library: FilePath

    init() throws {
        session = try CommandSession()
        library = session.work.appending("big")
        var generator = SeededGenerator(seed: 16)
        for (number, size) in Self.sizes.enumerated() {
            let bytes = (0..<size / 8 + 1).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
            try session.work.write(bytes.prefix(size), to: "source/file\(number).bin")
        }
        try ContentLibraryWriter(path: library).add(
            source: session.work.appending("source"), packageID: try #require(PackageID(Self.id)))
    }

    private func server(_ faults: [String]) throws -> DistributionPointServer {
        try DistributionPointServer(library: library, faults.flatMap { ["--fault", $0] }, in: session.work)
    }

    private func fetch(_ location: String, _ more: [String] = []) -> [String] {
        [
            "content", "fetch", Self.id, "--distribution-point", location, "--store", session.store.string,
            "--progress", "json",
        ] + more
    }

    /// The files below `files` of the store and their sizes.
    private func stored(_ suffix: String = "") throws -> [String: Int64] {
        guard (try? Stat(session.store.appending("files"))) != nil else { return [:] }
        let lines = try Program.run(
            "find", [session.store.appending("files").string, "-type", "f", "-printf", "%f %s\\n"]
        ).output.split(separator: "\n")
        var files: [String: Int64] = [:]
        for line in lines {
            let parts = line.split(separator: " ")
            guard parts.count == 2, parts[0].hasSuffix(suffix), parts[0].utf8.count >= 64 else { continue }
            files[String(parts[0])] = Int64(parts[1])
        }
        return files
    }

    private func show() throws -> JSONValue {
        try JSONValue(
            parsing: try session.succeed(["store", "show", "--store", session.store.string, "--json"]).output)
    }

    /// What was asked of FileLib: the hash, and from which byte on.
    private func asked(_ server: DistributionPointServer) throws -> [(hash: String, first: Int64)] {
        try server.requests().compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 2, let hash = words[1].split(separator: "/").last, words[1].contains("/FileLib/") else {
                return nil
            }
            return (hash.lowercased(), Int64(words[2]) ?? -1)
        }
    }

    @Test("a run that is killed at any moment leaves a store that verifies, and the next fetches only the rest")
    func killed() throws {
        let slow = try server(["trickle:8192"])
        let total = Int64(Self.sizes.reduce(0, +))
        var generator = SeededGenerator(seed: UInt64(Self.sizes.count))
        var kills = 0
        for round in 0..<Rounds.of(100, percent: 4) {
            // One that came to its end makes room for the next.
            if try stored().values.reduce(0, +) >= total - 20_000 {
                try Program.succeed("rm", ["-rf", session.store.string])
            }
            let now = try stored().values.reduce(0, +)
            let goal = now + Int64(generator.next() % UInt64(max(1, (total - now) / 2)))
            let program = try session.start(fetch(slow.location))
            let isAlive = try program.wait { try stored().values.reduce(0, +) > goal }
            program.send(SIGKILL)
            if try program.waitForEnd().status != 0, isAlive { kills += 1 }
            let verified = try session.run(["store", "verify", "--store", session.store.string])
            #expect([0, 66].contains(verified.status), "round \(round): \(verified.errorText)")
        }
        #expect(kills > 0)
        let before = try stored()
        let parts = before.filter { $0.key.hasSuffix(".part") && $0.value > 0 }
        let fast = try server([])
        try session.succeed(fetch(fast.location))
        let asked = try asked(fast)
        #expect(asked.count == Set(asked.map(\.hash)).count)
        for (hash, first) in asked {
            #expect(before[hash] == nil, "\(hash) was there")
            #expect(first == before["\(hash).part"] ?? 0, "\(hash)")
        }
        // One that was whole but for its name is asked for no more.
        let known = Set(asked.map(\.hash))
        for (name, size) in parts where !known.contains(String(name.dropLast(5))) {
            #expect(try stored()[String(name.dropLast(5))] == size)
        }
        #expect(try stored(".part").isEmpty)
        let report = try show()
        #expect(report.keptSize.number == total)
        #expect(report.partialFileCount.number == 0)
        try session.succeed(["store", "verify", "--store", session.store.string])
        try session.succeed(fetch(fast.location, ["--offline"]))
    }

    @Test("two runs at once fetch each file once, and tell how fast that goes and how long it will take")
    func once() throws {
        let slow = try server(["trickle:20000"])
        let programs = try (0..<2).map { _ in try session.start(fetch(slow.location)) }
        var told: [JSONValue] = []
        for program in programs {
            let result = try program.waitForEnd()
            #expect(result.status == 0)
            told += try result.errorText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
        // The largest file alone takes three times as long as it takes until progress is told.
        let line = try #require(
            told.first { $0.event.text == "progress" && $0.phase.text == "fetching" && $0.rate.number != nil })
        let (rate, left) = (try #require(line.rate.number), try #require(line.secondsLeft.number))
        let rest = (line.totalSize.number ?? 0) - (line.completedSize.number ?? 0)
        #expect(rate > 0 && rest > 0)
        #expect((left - 1) * rate <= rest && rest <= left * (rate + 1))
        let hashes = try asked(slow).map(\.hash)
        #expect(hashes.count == Self.sizes.count - 1)
        #expect(Set(hashes).count == hashes.count)
        // No list of what a run has used is left behind.
        let uses = try Program.succeed("find", [session.store.appending("files/uses").string, "-type", "f"])
        #expect(uses.output == "")
    }

    @Test("who waits for another run says so, can be interrupted, and takes over where the other was when it dies")
    func takeover() throws {
        // What has come is written when there are 256 KiB of it.
        let written: Int64 = 256 << 10
        let silent = try server(["stall:300000*1"])
        let first = try session.start(fetch(silent.location, ["--jobs", "1"]))
        #expect(try first.wait { try stored(".part").values.contains(written) })
        let others = try (0..<2).map { _ in try session.start(fetch(silent.location, ["--jobs", "1"])) }
        for other in others {
            #expect(try other.wait { try other.errorText().contains("waiting for another tsmedia that fetches") })
        }
        others[0].send(SIGINT)
        #expect(try others[0].waitForEnd().status == 130)
        first.send(SIGKILL)
        _ = try first.waitForEnd()
        #expect(try others[1].waitForEnd().status == 0)
        #expect(try asked(silent).filter { $0.first > 0 }.map(\.first) == [written])
    }

    @Test(
        "a file of the store that was damaged is noticed: fetched again, or said to be missing, and verify removes it")
    func damaged() throws {
        let server = try server([])
        try session.succeed(fetch(server.location))
        let files = try stored().filter { $0.value > 100_000 }.keys.sorted()
        func path(_ name: String) -> FilePath { session.store.appending("files/\(name.prefix(2))/\(name)") }
        let asked = try asked(server).count
        try CommandSession.flipBit(of: path(files[0]), at: 77)
        try session.succeed(fetch(server.location))
        #expect(try self.asked(server).dropFirst(asked).map(\.hash) == [files[0]])
        try CommandSession.flipBit(of: path(files[1]), at: 77)
        let verified = try session.run(["store", "verify", "--store", session.store.string])
        #expect(verified.status == 65)
        #expect(verified.output == "damaged  \(files[1])\n")
        let offline = try session.run(fetch(server.location, ["--offline"]))
        #expect(offline.status == 66)
        #expect(offline.failure.contains("1 of its \(Self.sizes.count) files are missing"), "\(offline.failure)")
        try session.succeed(fetch(server.location))
        try session.succeed(["store", "verify", "--store", session.store.string])
    }

    @Test("prune removes what is asked for, and the store can be filled again")
    func pruned() throws {
        let server = try server([])
        try session.succeed(fetch(server.location))
        let prune = ["store", "prune", "--store", session.store.string, "--json"]
        #expect(try JSONValue(parsing: try session.succeed(prune).output).removedFileCount.number == 0)
        let some = try JSONValue(parsing: try session.succeed(prune + ["--max-size", "1MB"]).output)
        #expect((some.keptSize.number ?? .max) <= 1_000_000)
        #expect((some.removedFileCount.number ?? 0) > 0)
        #expect(try session.run(prune + ["--max-size", "1M"]).status == 64)
        let all = try JSONValue(parsing: try session.succeed(prune + ["--unused-for", "0"]).output)
        #expect(all.keptFileCount.number == 0)
        #expect(try stored().isEmpty)
        try session.succeed(fetch(server.location))
        #expect(try show().keptSize.number == Int64(Self.sizes.reduce(0, +)))
    }

    @Test("store commands refuse what is no store, and every command one in a content library")
    func refused() throws {
        let file = try session.work.write([1], to: "file")
        let cases = [
            (file.string, 66, "is a file, and no store"), (session.work.appending("gone").string, 66, "is not there"),
            (session.folder.string, 66, "is no store: it holds other things, such as 'x'"),
            (library.appending("store").string, 77, "would lie in the content library"),
        ]
        try session.work.write([1], to: "out/x")
        for (place, status, words) in cases {
            for command in ["show", "verify", "prune"] {
                let result = try session.run(["store", command, "--store", place])
                #expect(result.status == Int32(status), "\(command) \(place)")
                #expect(result.failure.contains(words), "\(result.failure)")
            }
        }
        let inside = try session.run([
            "content", "fetch", Self.id, "--distribution-point", library.string, "--store",
            library.appending("DataLib").string,
        ])
        #expect(inside.status == 77)
    }
}
