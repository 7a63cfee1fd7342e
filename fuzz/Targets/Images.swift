// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

@testable import BootMedia
@testable import WindowsImaging

extension FuzzTarget {
    /// What reads WIM archives.
    static let images = [
        FuzzTarget(
            "wim", words: ["MSWIM\0\0\0", "<WIM>", "<IMAGE INDEX=\"1\">", "<TOTALBYTES>"],
            seeds: { folder in
                try ["none", "XPRESS", "LZX", "LZMS --solid"].map { kind in
                    let archive = folder.appending("a.wim")
                    try Program.succeed(
                        "wimlib-imagex",
                        ["capture", try MediaSeed.tree(in: folder).string, archive.string, "Name", "--check"]
                            + ["--compress=" + kind.split(separator: " ")[0]]
                            + kind.split(separator: " ").dropFirst().map(String.init))
                    defer { _ = try? Program.succeed("rm", [archive.string]) }
                    return try SmallFile.read(archive)
                }
            },
            read: { input in
                try ScratchFile.with(input, suffix: ".wim") { path in
                    let image = try WindowsImage(path: path)
                    try? image.verifyIntegrity(interruption: .ofProcess)
                    for index in 1...max(1, min(image.imageCount, 4)) {
                        _ = try? image.properties(ofImage: index)
                        let (entries, _) = try image.entriesAndRefusedNames(inImage: index)
                        let reader = WindowsImageReader(image)
                        for entry in entries.prefix(50) where !entry.isDirectory {
                            _ = try? reader.contents(of: entry, limit: 1 << 16)
                        }
                        let tree = try WindowsImageTree(image, index: index)
                        _ = try WindowsImageOverlay(tree, files: [], folders: [])
                    }
                }
            }),
        FuzzTarget(
            "image-metadata",
            seeds: { folder in
                let archive = folder.appending("a.wim")
                try Program.succeed(
                    "wimlib-imagex",
                    ["capture", try MediaSeed.tree(in: folder).string, archive.string, "Name", "--compress=none"])
                let bytes = try SmallFile.read(archive)
                // The lookup table's resource header is at 48; its entries have 50 bytes, flag 2 marks metadata.
                let reader = ByteReader(bytes)
                func number(_ place: Int) -> Int { Int(reader.littleEndian(UInt64.self, at: place) ?? 0) }
                let (table, length) = (number(56), number(48) & 0xFF_FFFF_FFFF_FFFF)
                return stride(from: table, to: table + length, by: 50).filter { bytes[$0 + 7] & 2 != 0 }.map { entry in
                    Array(bytes[number(entry + 8)..<number(entry + 8) + number(entry + 16)])
                }
            },
            read: { input in
                let metadata = try ImageMetadata(input, name: "input")
                for number in metadata.entries {
                    _ = metadata.name(of: number)
                    _ = metadata.text(metadata.shortNameRange(of: number))
                    _ = metadata.bytes(of: number)
                    if metadata.isFolder(number: number) { _ = metadata.orderedChildren(of: number) }
                    metadata.forEachStream(of: number) { name, _ in _ = metadata.text(name) }
                }
                _ = metadata.digest(without: [])
            }),
        FuzzTarget(
            "boot-image",
            seeds: { folder in
                let archive = folder.appending("a.wim")
                try Program.succeed(
                    "wimlib-imagex",
                    [
                        "capture", try MediaSeed.tree(in: folder).string, archive.string, "Name", "--boot",
                        "--compress=none",
                    ])
                return [try SmallFile.read(archive)]
            },
            read: { input in
                try ScratchFile.with(input, suffix: ".wim") { path in
                    let image = try BootImage(path: path)
                    _ = try image.inspect()
                    _ = try? image.bootFileList()
                    _ = try? image.openFacts()
                }
            }),
    ]
}
