// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The drive that the image of a disc is too, around contents at any places.
@Suite("A FAT volume around contents of a disc")
struct HybridDiskTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A disc that begins with `front` bytes and has files of `sizes`, each behind a gap of so many blocks.
    private struct Disc {
        var front: Int64 = 999 * 2048
        var files: [(path: String, byteCount: Int64, gap: Int64)]
        var own: Set<Int> = []

        /// Where each content begins without the drive, and the bytes of all.
        func places() -> (offsets: [Int64], content: Range<Int64>) {
            var position = front
            let offsets = files.enumerated().map { number, file in
                guard !own.contains(number) else { return Int64(0) }
                position += number == 0 ? 0 : file.gap * 2048
                defer { position = (position + file.byteCount + 2047) / 2048 * 2048 }
                return position
            }
            return (offsets, front..<position)
        }

        func description() throws -> HybridDisk {
            HybridDisk(
                label: try FATLabel("HYBRID"), identity: DiskIdentity(seed: SHA256.digest(of: [1]), roles: [.boot]),
                files: try files.map {
                    DiskFile(path: try MediaPath($0.path), byteCount: $0.byteCount, modified: FixtureTree.time)
                },
                isShared: files.indices.map { !own.contains($0) }, folders: [try MediaPath("empty")],
                created: FixtureTree.time)
        }
    }

    private func layout(_ disc: Disc) throws -> (DiskLayout, HybridDisk.Frame) {
        let (offsets, content) = disc.places()
        let drive = try disc.description()
        let frame = try drive.frame(around: content)
        #expect(frame.behindContent < 1 << 20)
        let end = content.upperBound + frame.beforeContent + frame.behindContent
        let layout = try #require(
            try drive.layout(frame, imageByteCount: end + 257 * 2048) { offsets[$0] + frame.beforeContent })
        return (layout, frame)
    }

    /// The image with nothing but what leads to the files, and in each file its number.
    private func write(_ layout: DiskLayout) throws -> FilePath {
        let path = folder.appending("image")
        let image = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        try image.closeAfter {
            try image.resize(to: layout.deviceByteCount)
            var byteCount: Int64 = 0
            try layout.forEachPiece { piece in
                try image.writeAll(toAbsoluteOffset: piece.offset, piece.bytes)
                byteCount += Int64(piece.bytes.count)
            }
            #expect(byteCount == layout.structureByteCount)
            for number in layout.fatVolumes[0].files.indices {
                let range = layout.fatVolumes[0].range(ofFile: number)
                if range.count > 8 {
                    try image.writeAll(toAbsoluteOffset: range.lowerBound, Array("number \(number % 10)".utf8))
                }
            }
        }
        return path
    }

    @Test(
        "fsck.fat and sgdisk find nothing wrong with it, and mtools every file at its place, whatever the gaps and sizes",
        arguments: [1, 200 << 20, 300 << 20, 3 << 30] as [Int64])
    func sound(large: Int64) throws {
        var generator = SeededGenerator(seed: UInt64(large))
        var disc = Disc(files: [("large.bin", large, 0)])
        for number in 1..<400 {
            let size = [0, 1, 511, 512, 513, 2047, 2048, 2049, 70_000][Int.random(in: 0..<9, using: &generator)]
            let path = number % 3 == 0 ? "folder \(number % 7)/File with a long name \(number).txt" : "F\(number).TXT"
            disc.files.append((path, Int64(size), Int64.random(in: 0..<3, using: &generator)))
            if number % 11 == 0 { disc.own.insert(number) }
        }
        let (layout, frame) = try layout(disc)
        #expect(frame.beforeContent % 4096 == 0 && frame.behindContent % 2048 == 0)
        let path = try write(layout)
        let table = try Program.succeed("sgdisk", ["-v", path.string]).output
        #expect(table.contains("No problems found"), "\(table)")
        let drive = try PartitionedImage(path)
        let volume = try drive.volume(0)
        let said = try Program.succeed("fsck.fat", ["-n", "-v", volume.string]).output
        for word in ["differ", "wrong", "Reclaimed", "Bad", "bad ", "dirty", "share"] {
            #expect(!said.contains(word), "\(word): \(said)")
        }
        for number in [0, 1, 2, 33, 200, 399] where disc.files[number].byteCount > 8 {
            let shown = try Program.succeed(
                "sh", ["-c", "mtype -i '\(volume)' '::/\(disc.files[number].path)' | head -c 8"]
            ).output
            #expect(shown == "number \(number % 10)")
        }
    }

    @Test("what there is of tables and folders is small beside the content")
    func overhead() throws {
        let disc = Disc(files: [("boot.wim", 900 << 20, 0), ("loader", 1 << 20, 0)])
        let (layout, frame) = try layout(disc)
        // Two tables of four bytes for each 2 KiB, and three mebibytes at most for what begins on one.
        #expect(frame.beforeContent < (900 << 20) / 256 + (3 << 20), "\(frame)")
        #expect(frame.behindContent <= 1 << 20, "\(frame)")
        #expect(layout.fatVolumes[0].geometry.sectorsPerCluster == 4)
    }

    @Test("a content that does not lie where it has to is no layout, and a file that FAT32 cannot hold has its error")
    func refused() throws {
        let disc = Disc(files: [("a", 5000, 0), ("b", 5000, 1)])
        let (offsets, content) = disc.places()
        let drive = try disc.description()
        let frame = try drive.frame(around: content)
        let end = content.upperBound + frame.beforeContent + frame.behindContent + 257 * 2048
        for wrong in [-frame.beforeContent, 1, -2048] {
            #expect(
                try drive.layout(frame, imageByteCount: end) {
                    offsets[$0] + frame.beforeContent + ($0 == 1 ? wrong * 3 : 0)
                } == nil)
        }
        #expect(try drive.layout(frame, imageByteCount: end) { _ in nil } == nil)
        #expect(try drive.layout(frame, imageByteCount: end - 257 * 2048) { offsets[$0] + frame.beforeContent } == nil)
        let large = Disc(files: [("huge.wim", 4 << 30, 0)])
        #expect(throws: DriveImageError.self) { _ = try large.description().frame(around: large.places().content) }
            .map { #expect($0.code == .fileTooLarge) }
    }
}
