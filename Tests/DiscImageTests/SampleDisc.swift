// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport

@testable import DiscImage

/// A disc image written by the simplest writer there can be: metadata, then each content at its offset.
struct SampleDisc {
    let folder: TestFolder
    let image: FilePath
    let files: [String: [UInt8]]
    let layout: DiscLayout

    /// Lays `files` out in their order and writes the image of a bridge.
    init(
        _ files: [(String, [UInt8])], folders: [String], label: String = "Configuration Manager",
        bootEntries: [DiscBootEntry] = []
    ) throws {
        try self.init(contents: files, folders: folders, label: label, bootEntries: bootEntries, fileSystem: .bridge)
    }

    /// Lays `files` out in their order and writes the image.
    init(
        _ files: KeyValuePairs<String, [UInt8]>, folders: [String] = [], label: String = "Configuration Manager",
        bootEntries: [DiscBootEntry] = [], created: Timestamp = Timestamp(unixSeconds: 1_700_000_000),
        fileSystem: DiscFileSystem = .iso
    ) throws {
        try self.init(
            contents: files.map { ($0.key, $0.value) }, folders: folders, label: label, bootEntries: bootEntries,
            created: created, fileSystem: fileSystem)
    }

    private init(
        contents files: [(String, [UInt8])], folders: [String] = [], label: String = "Configuration Manager",
        bootEntries: [DiscBootEntry] = [], created: Timestamp = Timestamp(unixSeconds: 1_700_000_000),
        fileSystem: DiscFileSystem
    ) throws {
        folder = try TestFolder()
        image = folder.appending("disc.iso")
        self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.0, $0.1) })
        let description = DiscDescription(
            label: label,
            files: try files.map {
                MediaFile(
                    path: try MediaPath($0.0), byteCount: Int64($0.1.count), sha256: SHA256.digest(of: $0.1),
                    modified: Timestamp(unixSeconds: 1_600_000_000))
            }, folders: try folders.map { try MediaPath($0) }, bootEntries: bootEntries, created: created,
            fileSystem: fileSystem)
        layout = try DiscLayout(description)
        let descriptor = try FileDescriptor.open(
            image, .readWrite, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
        try descriptor.closeAfter {
            try descriptor.resize(to: layout.imageByteCount)
            try layout.forEachPiece { try descriptor.writeAll(toAbsoluteOffset: $0.offset, $0.bytes) }
            for bytes in self.files.values {
                guard let offset = layout.contentOffsets[SHA256.digest(of: bytes)] else { continue }
                try descriptor.writeAll(toAbsoluteOffset: offset, bytes)
            }
        }
    }

    /// A disc with a bit of everything.
    static func everything(_ fileSystem: DiscFileSystem = .iso) throws -> SampleDisc {
        try SampleDisc(
            [
                "bootmgr": bytes(5_000, seed: 1),
                "boot/BCD": bytes(100, seed: 2),
                "boot/etfsboot.com": bytes(4_096, seed: 3),
                "EFI/Microsoft/Boot/efisys.bin": bytes(40_960, seed: 4),
                "sources/boot.wim": bytes(300_001, seed: 5),
                "SMS/PKG/ABC00001/Treiber für Büro, 日本 🙂.inf": bytes(777, seed: 6),
                "SMS/PKG/ABC00001/empty.txt": [],
                "SMS/PKG/ABC00002/copy of boot.wim": bytes(300_001, seed: 5),
                "SMS/PKG/ABC00002/a/b/c/d/e/f/g/h/i/j/deep.sys": bytes(200_000, seed: 7),
                "SMS/PKG/ABC00002/\(String(repeating: "n", count: 99)).txt": bytes(10, seed: 8),
                "SMS/PKG/ABC00002/no extension": bytes(11, seed: 9),
                "SMS/PKG/ABC00002/two.dots.txt": bytes(130_000, seed: 10),
            ], folders: ["SMS/PKG/ABC00001/leer"],
            bootEntries: [
                DiscBootEntry(firmware: .bios, imagePath: try MediaPath("boot/etfsboot.com"), loadSectorCount: 8),
                DiscBootEntry(
                    firmware: .uefi, imagePath: try MediaPath("EFI/Microsoft/Boot/efisys.bin"), loadSectorCount: 80),
            ], fileSystem: fileSystem)
    }

    /// Bytes that differ from those of every other seed.
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<(count + 7) / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }.prefix(count)
            .map { $0 }
    }
}

extension DiscLayout {
    /// The start of the image up to the first content, as it will be written.
    var metadata: [UInt8] {
        var bytes: [UInt8] = []
        forEachPiece { piece in
            // The anchor at the end of a bridge lies behind all content.
            guard piece.offset < contentOffsets.values.min() ?? .max else { return }
            let end = Int(piece.offset) + piece.bytes.count
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(Int(piece.offset)..<end, with: piece.bytes)
        }
        return bytes
    }
}
