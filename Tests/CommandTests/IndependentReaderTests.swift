// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images as other programs read them.
@Suite("Images read by other programs")
struct IndependentReaderTests {
    @Test("xorriso finds a BIOS and a UEFI entry on every media type", arguments: CommandSession.Media.allCases)
    func bootCatalog(media: CommandSession.Media) throws {
        let image = try CommandSession().createKept(media)
        let report = try Program.succeed("xorriso", ["-indev", image.path.string, "-report_el_torito", "plain"]).output
        let entries = report.split(separator: "\n").filter { $0.hasPrefix("El Torito boot img") }
        #expect(entries.count == 2)
        // Etfsboot.com is 8 sectors; efisys.bin a floppy of 2,880.
        #expect(entries.first?.contains("BIOS  y   none  0x0000  0x00      8") == true)
        #expect(entries.last?.contains("UEFI  y   none  0x0000  0x00   2880") == true)
        #expect(report.contains("/boot/etfsboot.com"))
        #expect(report.contains("/EFI/Microsoft/Boot/efisys.bin"))
    }

    @Test("isoinfo lists every planned file by its Joliet name")
    func jolietNames() throws {
        let session = try CommandSession()
        let planned = try session.plan(.standalone).plannedPaths
        try session.create(.standalone)
        let listed = try isoinfo(["-J", "-j", "iso8859-1", "-f"], session)
        #expect(Set(planned.map { "/\($0)" }).subtracting(listed) == [])
        #expect(planned.contains("SMS/PKG/ABC00011/Größe und Maß.txt"))
    }

    @Test("isoinfo lists as many ISO 9660 files as planned, with their sizes, and none with a version number or a dot")
    func isoNames() throws {
        let session = try CommandSession()
        let planned = try session.plan(.standalone).plannedFiles
        try session.create(.standalone)
        let records = try isoinfo(["-R", "-l"], session).filter { $0.hasPrefix("-") }
        let sizes = records.compactMap { $0.split(separator: " ").dropFirst(4).first.flatMap { Int64($0) } }
        #expect(sizes.sorted() == planned.compactMap(\.size.number).sorted())
        #expect(records.allSatisfy { !$0.contains(";1") })
        #expect(records.contains { $0.hasSuffix("]  BOOTMGR ") })
    }

    @Test("7-Zip lists every planned file with its size and nothing else")
    func sevenZipList() throws {
        let session = try CommandSession()
        let planned = try session.plan(.standalone).plannedFiles
        try session.create(.standalone)
        let expected = planned.map { ($0.path.text ?? "", $0.size.number ?? -1) }
        let listed = try session.fileSizes(in: "media.iso")
        #expect(listed == Dictionary(expected) { $1 })
        #expect(!listed.keys.contains { $0.contains(";") })
    }

    @Test("what 7-Zip takes out has the hashes of the manifest and of the plan, by sha256sum")
    func hashes() throws {
        let session = try CommandSession()
        let planned = try session.plan(.standalone).plannedFiles
        try session.create(.standalone, "media.iso", ["--client-binaries", session.demo.clientBinaries.string])
        let extracted = try session.extract()
        let manifestFile = extracted.appending("SMS").appending("data").appending("MediaManifest.json")
        let manifest = try JSONValue(parsing: String(decoding: try SmallFile.read(manifestFile), as: UTF8.self))
        #expect(manifest.files.elements.count == planned.count + 6 - 1)
        for list in [manifest.files.elements, planned.filter { $0.path.text?.hasPrefix("SMS/data/") == false }] {
            try checkSums(list, in: extracted)
        }
        // The empty folder of the tools package is there too.
        let archive = ["SMS", "PKG", "ABC00011", "Logs", "Archive"].reduce(extracted) { $0.appending($1) }
        #expect(try FolderEntry.entries(of: archive).isEmpty)
    }

    @Test("the image has the size of the dry run to the byte", arguments: CommandSession.Media.allCases)
    func size(media: CommandSession.Media) throws {
        let session = try CommandSession()
        let planned = try session.plan(media).volumes.elements.first?.size.number
        let image = try session.create(media)
        #expect(planned == (try FileIdentity(of: image)).byteCount)
    }

    @Test("two files of the same content share one extent")
    func sharedExtent() throws {
        let session = try CommandSession()
        try session.create(.standalone)
        // The licence is in the client package and in the tools package.
        let records = try isoinfo(["-R", "-l"], session).filter { $0.contains("LICENCE.TXT") }
        let extents = records.compactMap { $0.split(separator: "[").last?.split(separator: " ").first }
        #expect(extents.count == 2)
        #expect(Set(extents).count == 1)
    }

    private func isoinfo(_ options: [String], _ session: CommandSession) throws -> [String] {
        let result = try Program.succeed("isoinfo", options + ["-i", session.folder.appending("media.iso").string])
        return (Text.decode(result.outputBytes, fallback: .singleByte) ?? "")
            .split(separator: "\n").map(String.init)
    }

    private func checkSums(_ files: [JSONValue], in folder: FilePath) throws {
        #expect(!files.isEmpty)
        let lines = files.map { "\($0.sha256.text ?? "?")  \($0.path.text ?? "?")\n" }.joined()
        let result = try Program.run(
            "sha256sum", ["--check", "--strict", "--quiet"], input: Array(lines.utf8), in: folder)
        #expect(result.status == 0, "\(result.output)\(result.errorText)")
    }
}
