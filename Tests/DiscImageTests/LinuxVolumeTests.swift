// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Volumes that mkudffs made and the Linux kernel filled: UDF that is nobody's here.
@Suite(
    "UDF of the Linux kernel",
    .enabled(if: getenv("TSMEDIA_TEST_ALL") != nil, "set TSMEDIA_TEST_ALL=1; the kernel is got by make test-all"))
struct LinuxVolumeTests {
    /// What the kernel does besides unpacking: copies, holes, links, and names that come and go.
    private static let script = """
        cp -r /archive/tree/. .
        dd if=/archive/tree/large.bin of=sparse.bin bs=1M seek=3 2>/dev/null
        mkdir gone && for i in 1 2 3 4 5 6 7 8 9; do echo $i > gone/$i; done && rm -r gone
        for i in 1 2 3 4 5 6 7 8 9; do cp large.bin piece$i; done
        rm piece1 piece3 piece5 piece7
        # In pieces, where there was room between others.
        cat large.bin large.bin large.bin > fragmented.bin
        rm piece2 piece4
        ln fragmented.bin second-name.bin
        ln -s large.bin link
        mv many renamed
        """

    @Test(
        "every file is read as the kernel wrote it",
        arguments: [
            ["--media-type=hd", "--udfrev=0x0102"], ["--media-type=hd", "--udfrev=0x0150", "--blocksize=2048"],
            ["--media-type=hd", "--udfrev=0x0201"], ["--media-type=hd", "--udfrev=0x0201", "--blocksize=4096"],
            ["--media-type=dvdrw"], ["--media-type=cdrw"], ["--media-type=dvdram"],
        ])
    func isRead(options: [String]) throws {
        let folder = try TestFolder()
        try folder.write(SampleDisc.bytes(700_001, seed: 1), to: "source/tree/large.bin")
        try folder.write(Array("small".utf8), to: "source/tree/SMS/PKG/ABC00001/Treiber für Büro, 日本 🙂.inf")
        try folder.write([], to: "source/tree/empty.txt")
        try folder.write([1], to: "source/tree/\((1...15).map { "level \($0)" }.joined(separator: "/"))/deep.txt")
        for number in 0..<300 {
            try folder.write(SampleDisc.bytes(number * 17, seed: 2), to: "source/tree/many/file number \(number).dat")
        }
        try folder.write(Self.script.utf8, to: "source/fill.sh")
        let volume = try folder.write([], to: "volume.udf")
        try Program.succeed("truncate", ["--size=64M", volume.string])
        try Program.succeed("mkudffs", options + ["--label=Volume", volume.string])
        try DiscMachine.fill(volume, from: folder.appending("source"))
        let bytes = try SmallFile.read(volume, limit: 1 << 27)
        let reader = try DiscReader(path: volume)
        var found: [String: SHA256Digest] = [:]
        for entry in reader.entries where !entry.isFolder {
            let content = entry.extents.flatMap { extent in
                extent.isHole
                    ? [UInt8](repeating: 0, count: Int(extent.byteCount))
                    : Array(bytes[Int(extent.offset)..<Int(extent.offset + extent.byteCount)])
            }
            found[entry.path.description] = SHA256.digest(of: content)
        }
        let large = SampleDisc.bytes(700_001, seed: 1)
        #expect(found["sparse.bin"] == SHA256.digest(of: [UInt8](repeating: 0, count: 3 << 20) + large))
        #expect(found["fragmented.bin"] == SHA256.digest(of: large + large + large))
        #expect(found["second-name.bin"] == found["fragmented.bin"])
        #expect(found["piece6"] == found["large.bin"] && found["large.bin"] == SHA256.digest(of: large))
        #expect(found.count == 3 + 1 + 300 + 2 + 1 + 3)
        #expect(reader.refusedNames.map(\.name) == ["link"])
        #expect(found["SMS/PKG/ABC00001/Treiber für Büro, 日本 🙂.inf"] == SHA256.digest(of: Array("small".utf8)))
        #expect(found["empty.txt"] == SHA256.digest(of: []))
        for number in 0..<300 {
            let expected = SHA256.digest(of: SampleDisc.bytes(number * 17, seed: 2))
            #expect(found["renamed/file number \(number).dat"] == expected, "\(number)")
        }
    }

    @Test(
        "the kernel reads the volumes that the tests make, metadata and moved packets too",
        arguments: [
            UDFKindsTests.Kind(.plain, 0x0102, 2048), UDFKindsTests.Kind(.sparable(movedPacketCount: 5), 0x0201, 2048),
            UDFKindsTests.Kind(.metadata(hasMirror: true), 0x0250, 2048, extended: true),
            UDFKindsTests.Kind(.metadata(hasMirror: false), 0x0260, 2048, extended: true),
        ])
    func reads(kind: UDFKindsTests.Kind) throws {
        var builder = kind.builder
        // Linux knows no extended descriptors.
        builder.files.removeAll { $0.form == .extended }
        let folder = try TestFolder()
        let image = try folder.write(builder.image(), to: "volume.udf")
        var expected: [String: String] = [:]
        for file in builder.files {
            expected[file.path] = SHA256.digest(of: file.content(kind.blockByteCount)).description
        }
        #expect(try DiscMachine.linux.digests(ofDisc: image, names: []) == expected)
    }
}
