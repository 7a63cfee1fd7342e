// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

@testable import DiscImage

extension FuzzTarget {
    private static let words = [
        "\u{01}CD001\u{01}", "BEA01", "NSR03", "TEA01", "EL TORITO SPECIFICATION", "OSTA Compressed Unicode",
        "*UDF LV Info",
        "RRIP_1991A", "SP\u{07}\u{01}",
    ]

    private static func disc(_ folder: SeedFolder, _ options: [String]) throws -> [UInt8] {
        let image = folder.appending("a.iso")
        try Program.succeed(
            "genisoimage", ["-quiet", "-o", image.string] + options + [try MediaSeed.tree(in: folder).string])
        return SparseImage.input(of: try SmallFile.read(image, limit: 64 << 20))
    }

    private static func read(_ image: SparseImage) throws {
        try ScratchFile.with(image) { path, file in
            let reader = try DiscReader(file, path: path)
            for entry in reader.entries.prefix(1000) {
                for extent in entry.extents { precondition(extent.isHole || extent.offset >= 0) }
            }
            _ = reader.bootRecords
            _ = try reader.damagedParts(of: path, bootImages: [:])
        }
    }

    /// What reads discs.
    static let discs = [
        FuzzTarget(
            "iso", words: words,
            seeds: { folder in
                [
                    try disc(folder, ["-J", "-joliet-long", "-V", "LABEL"]), try disc(folder, ["-R"]),
                    try disc(folder, ["-iso-level", "4"]),
                    try disc(folder, ["-J", "-b", "sources/boot.bin", "-no-emul-boot", "-boot-load-size", "4"]),
                ]
            }, read: { input in try read(SparseImage(input)) }),
        FuzzTarget(
            "udf", words: words, seeds: { folder in [try disc(folder, ["-udf", "-J"]), try disc(folder, ["-udf"])] },
            read: { input in try read(SparseImage(input)) }),
    ]
}
