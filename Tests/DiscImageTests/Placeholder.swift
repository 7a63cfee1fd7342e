// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// A disc image written by the simplest writer there can be: metadata, then each content at its offset.
struct SampleDisc {
    let folder: TestFolder
    let image: FilePath
    let files: [String: [UInt8]]
    let layout: DiscLayout

    init(
        _ files: KeyValuePairs<String, [UInt8]>, folders: [String] = [], label: String = "Configuration Manager",
        bootEntries: [DiscBootEntry] = [], created: Timestamp = Timestamp(unixSeconds: 1_700_000_000)
    ) throws {
        folder = try TestFolder()
        image = folder.appending("disc.iso")
        self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.key, $0.value) })
        let description = DiscDescription(
            label: label,
            files: try files.map {
                DiscFile(
                    path: try MediaPath($0.key), byteCount: Int64($0.value.count), sha256: SHA256.digest(of: $0.value),
                    modified: Timestamp(unixSeconds: 1_600_000_000))
            }, folders: try folders.map { try MediaPath($0) }, bootEntries: bootEntries, created: created)
        layout = try DiscLayout(description)
        let descriptor = try FileDescriptor.open(
            image, .readWrite, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
        try descriptor.closeAfter {
            try descriptor.resize(to: layout.imageByteCount)
            try descriptor.writeAll(toAbsoluteOffset: 0, layout.metadata)
            for bytes in self.files.values where !bytes.isEmpty {
                let offset = try #require(layout.contentOffsets[SHA256.digest(of: bytes)])
                try descriptor.writeAll(toAbsoluteOffset: offset, bytes)
            }
        }
    }
}

/// Bytes that differ from those of every other seed.
func sampleBytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &+ 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
}

@Suite("A disc image")
struct DiscImageTests {
    static func sample() throws -> SampleDisc {
        try SampleDisc(
            [
                "bootmgr": sampleBytes(5_000, seed: 1),
                "boot/BCD": sampleBytes(100, seed: 2),
                "boot/etfsboot.com": sampleBytes(4_096, seed: 3),
                "EFI/Microsoft/Boot/efisys.bin": sampleBytes(40_960, seed: 4),
                "sources/boot.wim": sampleBytes(300_001, seed: 5),
                "SMS/PKG/ABC00001/Treiber für Büro.inf": sampleBytes(777, seed: 6),
                "SMS/PKG/ABC00001/empty.txt": [],
                "SMS/PKG/ABC00002/copy of boot.wim": sampleBytes(300_001, seed: 5),
                "SMS/PKG/ABC00002/a/b/c/d/e/f/g/h/i/j/deep.sys": sampleBytes(200_000, seed: 7),
                "SMS/PKG/ABC00002/\(String(repeating: "n", count: 99)).txt": sampleBytes(10, seed: 8),
                "SMS/PKG/ABC00002/no extension": sampleBytes(11, seed: 9),
            ], folders: ["SMS/PKG/ABC00001/leer"],
            bootEntries: [
                DiscBootEntry(firmware: .bios, imagePath: try MediaPath("boot/etfsboot.com"), loadSectorCount: 8),
                DiscBootEntry(
                    firmware: .uefi, imagePath: try MediaPath("EFI/Microsoft/Boot/efisys.bin"), loadSectorCount: 80),
            ])
    }

    @Test("dump for the developer")
    func dump() throws {
        let disc = try Self.sample()
        _ = try Program.run("cp", [disc.image.string, "/tmp/log/disc.iso"])
    }
}
