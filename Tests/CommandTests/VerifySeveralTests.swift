// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `verify` of several media at once.
@Suite("Verifying several media")
struct VerifySeveralTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func verify(
        _ names: [String], status: Int32 = 0, in other: CommandSession? = nil
    ) throws -> (result: ProgramResult, report: JSONValue) {
        let session = other ?? session
        let text = try session.run(["verify"] + names + ["--progress", "none"])
        #expect(text.status == status, "\(text.errorText)")
        let json = try session.run(["verify"] + names + ["--progress", "none", "--json"])
        #expect(json.status == status)
        return (text, try JSONValue(parsing: json.output))
    }

    private func copy(_ name: String, to other: String) throws {
        try Program.succeed("cp", [name, other], in: session.folder)
    }

    @Test("copies are told as copies, each by its name")
    func copies() throws {
        try session.create(.capture, "a.iso")
        try copy("a.iso", to: "b.iso")
        let (result, report) = try verify(["a.iso", "b.iso"])
        #expect(report.relation.text == "copies" && report.isComplete.flag == true)
        #expect(result.output.contains("2 copies of {"))
        for name in ["a.iso", "b.iso"] {
            #expect(result.output.contains(try Regex("(?m)^\(name) .* intact$")), "\(result.output)")
        }
    }

    @Test("the same media of two builds is no copy (65), also where only the password or one file differs")
    func otherBuildOfOneVolume() throws {
        try session.create(.bootable, "a.iso")
        for options in [
            ["--password-file", try session.work.write("secret".utf8, to: "password").string],
            ["--client-binaries", session.demo.clientBinaries.string],
        ] {
            try session.create(.bootable, "b.iso", options + ["--force"])
            let (result, report) = try verify(["a.iso", "b.iso"], status: 65)
            #expect(report.isComplete.flag == false)
            #expect(result.output.contains("another build"), "\(result.output)")
        }
        // The same request as a drive is the same build.
        try session.create(.bootable, "a.img")
        #expect(try verify(["a.iso", "a.img"]).report.isComplete.flag == true)
    }

    @Test("separate media are told as separate, and that is no error")
    func separate() throws {
        try session.create(.capture, "a.iso")
        try session.create(.bootable, "b.iso")
        let (result, report) = try verify(["a.iso", "b.iso"])
        #expect(report.relation.text == "separate" && report.groups.elements.count == 2)
        #expect(result.output.hasSuffix("2 separate media\n"))
    }

    @Test("a set is told as one, whole or not, also beside other media")
    func set() throws {
        try session.create(.standalone, "s2.iso", ["--media-size", "9500000"])
        try session.create(.capture, "other.iso")
        let names = try session.outputs().filter { $0.hasPrefix("s2") }
        #expect(names.count > 1 && names[0] == "s2-1.iso")
        let whole = try verify(names + ["other.iso"])
        #expect(whole.report.relation.text == "separate" && whole.report.isComplete.flag == true)
        #expect(try verify(names).report.relation.text == "set")
        let part = try verify([names[0], "other.iso"], status: 65)
        #expect(part.result.failure.contains("lacks volume"), "\(part.result.failure)")
        #expect(part.report.missing.elements.count == names.count - 1)
    }

    @Test("another build of the same media is found among copies")
    func otherBuild() throws {
        let session = try CommandSession(ownLibrary: true)
        let guid = ["--media-guid", "{11111111-2222-3333-4444-555555555555}"]
        try session.create(.standalone, "old.iso", guid)
        let source = try session.work.write("x".utf8, to: "source/new.txt").removingLastComponent().string
        try session.succeed(
            ["content", "add", source, "--package-id", DemoSite.toolsPackage, "--library", session.library.string])
        try session.create(.standalone, "a.iso", guid)
        try Program.succeed("cp", ["a.iso", "b.iso"], in: session.folder)
        let (result, report) = try verify(["a.iso", "old.iso", "b.iso"], status: 65, in: session)
        #expect(report.foreign.elements.compactMap { $0.media.text } == ["old.iso"])
        #expect(result.failure.contains("old.iso is of another build"), "\(result.failure)")
    }

    @Test("damage and media that cannot be opened end nothing: one table has all, the code is the worst, advice fits")
    func goesOn() throws {
        try session.create(.capture, "a.iso")
        try session.create(.capture, "stick.img")
        let file = try #require(
            try session.plan(.capture, "x.iso").volumes.elements.first?.files.elements.first {
                $0.path.text == "sources/boot.wim"
            })
        for name in ["a.iso", "stick.img"] {
            let needle = try #require(
                try Self.offset(of: file.sha256.text ?? "", in: session.folder.appending(name), session))
            try CommandSession.flipBit(of: session.folder.appending(name), at: needle)
        }
        try session.create(.bootable, "good.iso")
        let (result, report) = try verify(["a.iso", "gone.iso", "stick.img", "good.iso"], status: 65)
        #expect(report.failures.elements.compactMap { $0.media.text } == ["gone.iso"])
        #expect(report.volumes.elements.count == 3)
        for (name, words) in [
            ("a.iso", "1 differ"), ("gone.iso", "not verified"), ("stick.img", "1 differ"), ("good.iso", "intact"),
        ] {
            #expect(result.output.contains(try Regex("(?m)^\(name) .*\(words)$")), "\(result.output)")
        }
        #expect(
            result.errorText.contains("a.iso differs from its manifest in 1 file; copy it again, or build it again"))
        #expect(result.errorText.contains("stick.img differs from its manifest in 1 file; mend it with update"))
        #expect(result.errorText.contains("gone.iso"))
        let missing = try verify(["gone.iso", "good.iso"], status: 66)
        #expect(missing.report.isComplete.flag == false)
    }

    /// Where the bytes with this hash begin in the image: the boot image's are found by their magic.
    private static func offset(of hash: String, in image: FilePath, _ session: CommandSession) throws -> Int64? {
        let bytes = try SmallFile.read(image, limit: 1 << 30)
        let magic = Array("MSWIM\0\0\0".utf8)
        return bytes.withUnsafeBytes { buffer in
            var index = 0
            while index + magic.count < buffer.count {
                if buffer[index] == magic[0], buffer[index..<(index + magic.count)].elementsEqual(magic) {
                    return Int64(index + 4096)
                }
                index += 512
            }
            return nil
        }
    }
}
