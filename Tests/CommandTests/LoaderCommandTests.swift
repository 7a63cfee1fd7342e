// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What `inspect` and `verify` say of the signatures of loaders: docs/loader-signatures.md.
@Suite("Signatures of loaders on media")
struct LoaderCommandTests {
    private let session: CommandSession
    private static let loader = "media/EFI/Boot/bootx64.efi"

    init() throws { session = try CommandSession() }

    /// A list of programs, by their paths in the folder of `session`: sbsiglist writes it, of the digests that pesign
    /// computes.
    static func list(of programs: [String], in session: CommandSession) throws -> String {
        let list = session.work.appending("revoked.esl").string
        var digests: [String] = []
        for program in programs {
            let answer = try Program.succeed("pesign", ["--hash", "--in=\(session.folder.appending(program))"]).output
            let text = try #require(answer.split(whereSeparator: \.isWhitespace).first { $0.utf8.count == 64 })
            let bytes = try #require([UInt8](hexadecimal: text))
            digests.append(try session.work.write(bytes, to: "digest-\(digests.count)").string)
        }
        try Program.succeed(
            "sbsiglist",
            ["--owner", "77fa9abd-0359-4d32-bd60-28f4e78f784b", "--type", "sha256", "--output", list] + digests)
        return list
    }

    @Test("each loader has its signatures, held against the program, on a disc as in a folder")
    func inspects() throws {
        for output in ["media.iso", "media"] {
            try session.create(.capture, output)
            let report = try session.inspect(output)
            let verified = try JSONValue(parsing: try session.succeed(["verify", output, "--json"]).output)
            #expect(verified.loaders == report.loaders)
            let loaders = report.loaders.elements
            #expect(loaders.contains { $0.path.text == "EFI/Boot/bootx64.efi" })
            #expect(loaders.contains { $0.path.text?.hasSuffix("efisys.bin:EFI/BOOT/BOOTX64.EFI") == true })
            for loader in loaders {
                #expect(loader.signatures.elements.map(\.status.text) == ["valid"], "\(loader)")
                // The authority of the fixtures has the name of Microsoft's and not its certificate.
                #expect(loader.signatures.elements.map(\.isKnownAuthority) == [.flag(false)])
                #expect(loader.revocations == .null)
            }
        }
        let loader = try session.inspect("media").loaders.elements.first { $0.path.text == "EFI/Boot/bootx64.efi" }
        let asked = try Program.succeed(
            "pesign", ["--hash", "--in=\(session.folder.appending(Self.loader))"]
        ).output
        #expect(asked.contains(try #require(loader?.digest.text)))
    }

    @Test("a loader that is on a list ends verify with 65, wherever it lies, and inspect says why")
    func revoked() throws {
        try session.create(.capture, "media")
        try session.create(.capture, "media.iso")
        try Program.succeed(
            "mcopy",
            [
                "-i", session.folder.appending("media/EFI/Microsoft/Boot/efisys.bin").string, "::EFI/BOOT/BOOTX64.EFI",
                "inner.efi",
            ],
            in: session.folder)
        let all = [
            (Self.loader, "EFI/Boot/bootx64.efi"), ("inner.efi", "EFI/Microsoft/Boot/efisys.bin:EFI/BOOT/BOOTX64.EFI"),
        ]
        for (program, place) in all {
            let list = try Self.list(of: [program], in: session)
            let result = try session.run(["verify", "media.iso", "--dbx", list, "--json"])
            #expect(result.status == 65)
            let found = try JSONValue(parsing: result.output).findings.elements
            #expect(found.map(\.path.text) == [place] && found.map(\.problem.text) == ["revoked"], "\(found)")
            #expect(result.failure.contains("has a loader that firmware refuses"), "\(result.failure)")
            let text = try session.succeed(["inspect", "media.iso", "--dbx", list]).output
            #expect(text.contains("revoked: its digest is on the list"))
        }
        let both = try session.run([
            "verify", "media.iso", "media", "--dbx", try Self.list(of: [Self.loader], in: session),
        ])
        #expect(both.status == 65 && both.output.contains("revoked  EFI/Boot/bootx64.efi"), "\(both.output)")
    }

    @Test("a loader that is on no list is said to be on none")
    func notRevoked() throws {
        try session.create(.capture, "media")
        let other = try session.work.write("sbat,1,2025051000\nshim,4\ngrub,5\n".utf8, to: "levels.csv").string
        let report = try session.inspect("media", ["--dbx", other])
        #expect(report.loaders.elements.map(\.revocations) == report.loaders.elements.map { _ in .list([]) })
        try session.succeed(["verify", "media", "--dbx", other])
    }

    @Test("a loader that was changed is damage even where the manifest lists what it became")
    func changed() throws {
        try session.create(.capture, "media")
        let path = session.folder.appending(Self.loader)
        let before = try session.bytes(Self.loader)
        var after = before
        after[after.count / 3] ^= 1
        try TestFolder.write(after, to: path)
        func digest(_ bytes: [UInt8]) throws -> String {
            let file = try session.work.write(bytes, to: "hashed")
            return String(try Program.succeed("sha256sum", [file.string]).output.prefix(64))
        }
        let manifest = session.folder.appending("media/SMS/data/MediaManifest.json")
        let text = String(decoding: try SmallFile.read(manifest), as: UTF8.self)
        try TestFolder.write(text.replacing(try digest(before), with: try digest(after)).utf8, to: manifest)
        let result = try session.run(["verify", "media", "--json"])
        #expect(result.status == 65)
        let found = try JSONValue(parsing: result.output).findings.elements
        #expect(found.map(\.path.text) == ["EFI/Boot/bootx64.efi"] && found.map(\.problem.text) == ["damaged"])
        let status = try session.inspect("media").loaders.elements.first { $0.path.text == "EFI/Boot/bootx64.efi" }
        #expect(status?.signatures.elements.map(\.status.text) == ["changed"])
        // Without a word of the loader when the manifest finds the same.
        try TestFolder.write(text.utf8, to: manifest)
        let once = try JSONValue(parsing: try session.run(["verify", "media", "--json"]).output).findings.elements
        #expect(once.map(\.path.text) == ["EFI/Boot/bootx64.efi"])
    }

    @Test("what is no list, and what --against does not look at, is refused")
    func refused() throws {
        try session.create(.capture, "media")
        let list = try session.work.write("no list".utf8, to: "list").string
        for command in ["inspect", "verify"] {
            let result = try session.run([command, "media", "--dbx", list])
            #expect(result.status == 65 && result.output.isEmpty, "\(result.errorText)")
            #expect(result.failure.contains("list of revoked loaders"))
            #expect(try session.run([command, "media", "--dbx", "gone"]).status == 66)
        }
        let against = try session.run(["verify", "media", "--dbx", list, "--against", session.library.string])
        #expect(against.status == 64)
    }

    @Test("many files beside the loader that firmware starts do not hide it")
    func many() throws {
        try session.create(.capture, "media")
        let list = try Self.list(of: [Self.loader], in: session)
        for number in 0..<40 {
            try TestFolder.write([1], to: session.folder.appending("media/EFI/Boot/aaa\(number).efi"))
        }
        let result = try JSONValue(parsing: try session.run(["verify", "media", "--dbx", list, "--json"]).output)
        let found = result.findings.elements
        #expect(found.contains { $0.path.text == "EFI/Boot/bootx64.efi" && $0.problem.text == "revoked" })
        #expect(found.contains { $0.path.text == "EFI/Boot" && $0.problem.text == "unreadable" })
    }
}
