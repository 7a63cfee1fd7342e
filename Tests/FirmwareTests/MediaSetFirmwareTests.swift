// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A set as large as sets get in practice, with its first disc under real firmware.
@Suite("Sets of discs under real firmware")
struct MediaSetFirmwareTests {
    @Test("a set of twelve discs is made, proved whole and read back, and its first disc starts")
    func twelveDiscs() throws { try makesSet(of: 24_000_000, mediaSize: "34000000", limit: 34_000_000) }

    @Test(
        "the same with discs of CD size",
        .enabled("TSMEDIA_TEST_ALL=1 asks for it; make test-all sets it") { getenv("TSMEDIA_TEST_ALL") != nil })
    func twelveCompactDiscs() throws { try makesSet(of: 600_000_000, mediaSize: "cd", limit: 681_984_000) }

    private func makesSet(of packageByteCount: Int64, mediaSize: String, limit: Int64) throws {
        let session = try CommandSession()
        let library = session.work.appending("lib").string
        var packages: [String] = []
        // Files of zeros are quick to make; their sizes differ, or they would share one extent.
        for number in 10..<22 {
            let id = "SET000\(number)"
            let source = session.work.appending(id)
            try TestFolder.makeFolder(source)
            let large = try FileDescriptor.open(
                source.appending("large.bin"), .writeOnly, options: [.create], permissions: [.ownerReadWrite])
            try large.closeAfter { try large.resize(to: packageByteCount + Int64(number)) }
            try TestFolder.write([UInt8(number)], to: source.appending("small/file.txt"))
            try session.succeed(["content", "add", "--create", source.string, "--package-id", id, "--library", library])
            try Program.succeed("rm", ["-r", source.string])
            packages += ["--package", id]
        }
        let sequence = try session.work.write(Array("<sequence version=\"3.10\"></sequence>\n".utf8), to: "s.xml")
        try session.succeed(
            [
                "create", "standalone", "--distribution-point", library, "--distribution-point",
                session.library.string, "--boot-image", DemoSite.bootImage, "--task-sequence", sequence.string,
                "--store", session.store.string, "--output", "set.iso", "--media-size", mediaSize,
            ] + packages)
        let names = (1...12).map { "set\($0).iso" }
        #expect(try Set(session.outputs()) == Set(names))
        for (index, name) in names.enumerated() {
            #expect(try FileIdentity(of: session.folder.appending(name)).byteCount <= limit)
            try Program.succeed("7z", ["t", "-bd", name], in: session.folder)
            let listing = try Program.succeed("7z", ["l", "-ba", name], in: session.folder).output
            #expect(listing.contains("SMS/PKG/SET000\(10 + index)/large.bin"))
        }
        let verified = try session.succeed(["verify"] + names)
        #expect(verified.output.contains("complete: all 12 volumes"))
        for firmware in [Firmware.ovmfX64, .seaBIOS] {
            let report = try firmware.boot(disc: session.folder.appending("set1.iso"))
            #expect(report.bootImageDigest == session.demo.bootImageDigest)
        }
    }
}
