// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Outputs of every kind on a share: the same as elsewhere, and all of it or nothing.
@Suite("Outputs on shares")
struct SharedOutputTests {
    private let session: CommandSession
    private let share: FilePath
    private static let shareName = "Media"

    init() throws {
        session = try CommandSession()
        share = session.work.appending("share")
        try TestFolder.makeFolder(share)
    }

    /// What is written.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case set = "set.iso"
        case archive = "OEM.wim"
        case drive = "stick.img"
        case folder = "folder"

        var testDescription: String { rawValue }
    }

    /// The arguments that write media of `kind` below `place`, and the names that appear there.
    private func create(_ kind: Kind, _ place: String) throws -> (arguments: [String], names: [String]) {
        let output = place + kind.rawValue
        switch kind {
        case .archive: return (session.prestaged(output), [output])
        case .drive, .folder: return (session.arguments(.standalone, output), [output])
        case .set:
            // A byte less than one disc takes makes two.
            let size = try #require(try session.plan(.standalone).volumes.elements.first?.size.number)
            return (
                session.arguments(.standalone, output, ["--media-size", "\(size - 1)"]),
                [1, 2].map { "\(place)set\($0).iso" }
            )
        }
    }

    private func samba(_ options: SambaServer.Options = SambaServer.Options()) throws -> SambaServer {
        try SambaServer([Self.shareName: share], options, in: session.work)
    }

    /// The names in a folder that are no rests of a run.
    private func names(_ folder: FilePath) throws -> [String] {
        try FolderEntry.entries(of: folder).compactMap(\.name).filter { !$0.hasSuffix(".tsmedia-partial") }.sorted()
    }

    private func rests(_ folder: FilePath) throws -> Int {
        try FolderEntry.entries(of: folder).count - (try names(folder).count)
    }

    @Test(
        "a set, an archive, a drive and a folder are on a share, byte for byte, what they are elsewhere",
        arguments: Kind.allCases)
    func same(kind: Kind) throws {
        let samba = try samba()
        let (local, files) = try create(kind, "")
        try session.succeed(local)
        let written = try session.succeed(try create(kind, samba.location("\(Self.shareName)/")).arguments)
        for name in files {
            try Program.succeed("diff", ["-r", session.folder.appending(name).string, share.appending(name).string])
            #expect(written.output.contains("\(Self.shareName)/\(name)"), "\(written.output)")
        }
        #expect(try names(share) == files)
        #expect(try rests(share) == 0)
    }

    @Test(
        "a share that gets full while an output is sent is 73, and nothing of it is left, nor anything lost",
        .enabled(if: geteuid() == 0, "needs root for a small disk"), arguments: Kind.allCases)
    func full(kind: Kind) throws {
        var options = SambaServer.Options()
        // It says that there is room, in blocks of 1,024 bytes, and takes much less than that.
        let script = try session.work.write("#!/bin/sh\necho 9000000 9000000\n".utf8, to: "free")
        #expect(chmod(script.string, 0o755) == 0)
        options.global = ["dfree command = \(script.string)"]
        // Of the set the first disc and not all of the second; of an archive the plan knows only the most that it can take.
        let plan = try JSONValue(
            parsing: try session.succeed(try create(kind, "").arguments + ["--dry-run", "--json"]).output)
        let total = plan.volumes.elements.compactMap(\.size.number).reduce(0, +)
        options.disk = (share, kind == .set ? total - (200 << 10) : total / 4)
        let samba = try samba(options)
        let place = samba.place(share)
        let (arguments, files) = try create(kind, samba.location("\(Self.shareName)/"))
        let older = files.last.map { String($0.split(separator: "/").last ?? "") } ?? ""
        if kind != .folder { try TestFolder.write("older".utf8, to: place.appending(older)) }
        let result = try session.run(arguments + ["--force", "--no-verify"])
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.failure.contains("has no room left; make room on the server"), "\(result.errorText)")
        #expect(try names(place) == (kind == .folder ? [] : [older]))
        #expect(try rests(place) == 0)
        if kind != .folder { #expect(try SmallFile.read(place.appending(older)) == Array("older".utf8)) }
    }

    @Test("a server that dies while a set is sent leaves nothing with its names, and the next run writes all of it")
    func dying() throws {
        var failed: ProgramResult?
        for _ in 0..<20 where failed == nil {
            try Program.succeed("find", [share.string, "-mindepth", "1", "-delete"])
            let samba = try samba()
            let program = try session.start(try create(.set, samba.location("\(Self.shareName)/")).arguments)
            let isSending = try program.wait { try rests(share) > 0 }
            try samba.kill()
            let result = try program.waitForEnd()
            // One that was faster is no witness.
            if isSending, result.status != 0 { failed = result }
        }
        let result = try #require(failed)
        #expect([69, 74].contains(result.status), "\(result.errorText)")
        #expect(result.failure.contains("smb://127.0.0.1:"), "\(result.errorText)")
        #expect(try names(share) == [])
        let samba = try samba()
        let (local, files) = try create(.set, "")
        try session.succeed(local)
        try session.succeed(try create(.set, samba.location("\(Self.shareName)/")).arguments)
        #expect(try names(share) == files)
        for name in files {
            try Program.succeed("cmp", [session.folder.appending(name).string, share.appending(name).string])
        }
    }

    @Test("a name that somebody takes while a set is sent ends it, and gives back what the first disc had replaced")
    func taken() throws {
        let samba = try samba()
        let arguments = try create(.set, samba.location("\(Self.shareName)/")).arguments + ["--force"]
        var failed: ProgramResult?
        for _ in 0..<20 where failed == nil {
            try Program.succeed("find", [share.string, "-mindepth", "1", "-delete"])
            try TestFolder.write("older".utf8, to: share.appending("set1.iso"))
            let program = try session.start(arguments)
            _ = try program.wait { try rests(share) > 0 }
            // One that was faster is no witness.
            _ = try? Folder.create(share.appending("set2.iso"))
            let result = try program.waitForEnd()
            if result.status != 0 { failed = result }
        }
        let result = try #require(failed)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(
            result.failure.contains("set2.iso is a folder, and folders on shares are not replaced"),
            "\(result.errorText)")
        #expect(try SmallFile.read(share.appending("set1.iso")) == Array("older".utf8))
        #expect(try names(share) == ["set1.iso", "set2.iso"])
        #expect(try rests(share) == 0)
    }

    @Test("what is damaged on its way is noticed before it has its name, unless nobody reads it again")
    func damaged() throws {
        let samba = try samba()
        let proxy = try FaultyProxy(to: samba.port, ["--flip", "3000000"], in: session.work)
        try TestFolder.write("older".utf8, to: share.appending("stick.img"))
        let place = samba.location("\(Self.shareName)/", port: proxy.port)
        let result = try session.run(try create(.drive, place).arguments + ["--force"])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.contains("has other bytes than were sent"), "\(result.errorText)")
        #expect(try names(share) == ["stick.img"])
        #expect(try rests(share) == 0)
        #expect(try SmallFile.read(share.appending("stick.img")) == Array("older".utf8))
    }
}
