// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia verify --against`: what it may be asked about, and that it looks where no manifest tells.
@Suite("Verify against a distribution point")
struct AgainstTests {
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    private func against(_ media: String...) throws -> ProgramResult {
        try session.run(["verify"] + media + ["--against", session.library.string, "--json"])
    }

    @Test("volumes of different builds are not compared as one set")
    func otherSet() throws {
        try session.create(.standalone, "a")
        try session.create(.bootable, "b")
        // The same GUID does not make them one.
        let guid = try #require(try session.inspect("a").mediaGuid.text)
        try session.create(.bootable, "c", ["--media-guid", guid])
        try session.work.write("x".utf8, to: "more/x")
        try session.addContent(session.work.appending("more"), "ABC00077", version: 1)
        try session.create(.standalone, "d", ["--package", "ABC00077", "--media-guid", guid])
        for (other, reason) in [("b", "media GUID"), ("c", "other media"), ("d", "another build")] {
            for media in [["a", other], [other, "a"]] {
                let result = try against(media[0], media[1])
                #expect(result.status == 65 && result.output.isEmpty, "\(result.output)")
                #expect(result.failure.contains("not of one set with \(media[0])"), "\(result.failure)")
                #expect(result.failure.contains(reason), "\(result.failure)")
            }
        }
        #expect(try against("a").status == 0)
    }

    @Test("a volume without a manifest is of no set")
    func withoutManifestInSet() throws {
        try session.create(.standalone, "a")
        try Program.succeed("cp", ["-r", "a", "b"], in: session.folder)
        try Program.succeed("rm", [session.folder.appending("b/SMS/data/MediaManifest.json").string])
        for media in [["a", "b"], ["b", "a"]] {
            let result = try against(media[0], media[1])
            #expect(result.status == 65 && result.failure.contains("b has no manifest"), "\(result.failure)")
        }
    }

    @Test("of media without a manifest the task sequence says which boot image it should have, and which contents")
    func withoutManifestByTaskSequence() throws {
        try session.create(.standalone, "a")
        try Program.succeed("rm", [session.folder.appending("a/SMS/data/MediaManifest.json").string])
        func entries(_ status: Int32) throws -> [String: String] {
            let result = try session.run([
                "verify", "a", "--against", session.library.string, "--json", "--task-sequence",
                session.demo.taskSequenceExport.string,
            ])
            #expect(result.status == status, "\(result.errorText)")
            let found = try JSONValue(parsing: result.output).contents.elements
            return Dictionary(found.map { ($0.id.text ?? "", $0.status.text ?? "") }) { "\($0) and \($1)" }
        }
        let intact = try entries(0)
        #expect(Set(intact.values) == ["current"], "\(intact)")
        #expect(intact[DemoSite.bootImage] == "current")
        #expect(intact.keys.contains { $0.hasPrefix("Content_") && !$0.contains(".") }, "\(intact)")
        let image = session.folder.appending("a/sources/boot.wim")
        try CommandSession.flipBit(of: image, at: -1)
        #expect(try entries(65)[DemoSite.bootImage] == "outdated")
        try Program.succeed("rm", [image.string])
        #expect(try entries(65)[DemoSite.bootImage] == "absent")
    }

    @Test("media without a manifest is current only when every file is what the distribution point has")
    func withoutManifest() throws {
        try session.create(.standalone, "a")
        try Program.succeed("rm", [session.folder.appending("a/SMS/data/MediaManifest.json").string])
        let intact = try against("a")
        #expect(intact.status == 0, "\(intact.failure)")
        #expect(Set(try JSONValue(parsing: intact.output).contents.elements.compactMap(\.status.text)) == ["current"])
        let root = session.folder.appending("a/SMS/PKG/\(DemoSite.toolsPackage)")
        let file = root.appending("Setup.cmd")
        func expectOutdated(_ comment: Comment) throws {
            let result = try against("a")
            #expect(result.status == 65, comment)
            let found = try JSONValue(parsing: result.output).contents.elements
            #expect(found.filter { $0.status.text == "outdated" }.map(\.id.text) == [DemoSite.toolsPackage], comment)
            #expect(found.filter { $0.status.text == "current" }.count == found.count - 1, comment)
        }
        try CommandSession.flipBit(of: file, at: -1)
        try expectOutdated("another byte")
        try CommandSession.flipBit(of: file, at: -1)
        #expect(try against("a").status == 0)
        try TestFolder.write("x".utf8, to: root.appending("one-more"))
        try expectOutdated("a file too many")
        #expect(rename(root.appending("one-more").string, session.work.appending("gone").string) == 0)
        #expect(rename(file.string, root.appending("Setup2.cmd").string) == 0)
        try expectOutdated("another name")
        #expect(rename(root.appending("Setup2.cmd").string, session.work.appending("Setup.cmd").string) == 0)
        try expectOutdated("a file too few")
    }

    @Test("a content whose hash nobody states is compared file by file: the same version may have other files")
    func withoutContentHash() throws {
        try session.work.write("one".utf8, to: "more/a")
        try session.work.write("two".utf8, to: "more/b")
        try session.addContent(session.work.appending("more"), "ABC00077", version: 1)
        let data = session.library.appending("DataLib")
        try TestFolder.write("[Info]\r\n".utf8, to: data.appending("ABC00077.1.INI"))
        try session.create(.standalone, "a", ["--package", "ABC00077"])
        func status() throws -> (Int32, [String?]) {
            let result = try against("a")
            return (
                result.status,
                try JSONValue(parsing: result.output).contents.elements.filter { $0.id.text == "ABC00077" }
                    .map(\.status.text)
            )
        }
        #expect(try status() == (0, ["current"]))
        let tree = data.appending("ABC00077.1")
        try Program.succeed("cp", [tree.appending("b.INI").string, tree.appending("a.INI").string])
        #expect(try status() == (65, ["outdated"]))
    }
}
