// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Which blocks of an image must be copied, and the SHA-256 of each run of them: the format of bmap-tools, version 2.0.
///
/// What is not in it is free room: whatever a disk has there may stay.
public struct BlockMap: Sendable, Equatable {
    /// A run of blocks.
    public struct Run: Sendable, Equatable {
        /// Its bytes, up to the end of the image.
        public let range: Range<Int64>
        /// Their SHA-256.
        public let sha256: SHA256Digest

        /// A run.
        public init(range: Range<Int64>, sha256: SHA256Digest) {
            self.range = range
            self.sha256 = sha256
        }
    }

    /// The size of a block: what bmaptool makes by itself, a page.
    public static let blockByteCount: Int64 = 4096

    /// The size of the image in bytes.
    public let imageByteCount: Int64
    /// The runs, ascending and with a gap between each two.
    public let runs: [Run]

    /// A map of an image.
    public init(imageByteCount: Int64, runs: [Run]) {
        self.imageByteCount = imageByteCount
        self.runs = runs
    }

    /// `ranges` as whole blocks of an image of `imageByteCount` bytes, ascending, those that touch as one.
    static func blocks(_ ranges: [Range<Int64>], of imageByteCount: Int64) -> [Range<Int64>] {
        var blocks: [Range<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let start = Alignment.down(range.lowerBound, to: blockByteCount)
            let end = min(Alignment.up(range.upperBound, to: blockByteCount), imageByteCount)
            guard !range.isEmpty, start < end else { continue }
            if let last = blocks.last, last.upperBound >= start {
                blocks[blocks.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                blocks.append(start..<end)
            }
        }
        return blocks
    }

    /// The map as a file.
    public var encoded: [UInt8] {
        let blank = String(repeating: "0", count: 2 * SHA256Digest.byteCount)
        // The checksum is that of the file with zeros in its place.
        return Array(text(checksum: SHA256.digest(of: Array(text(checksum: blank).utf8)).description).utf8)
    }

    private func text(checksum: String) -> String {
        let size = Self.blockByteCount
        func count(_ byteCount: Int64) -> Int64 { (byteCount + size - 1) / size }
        let mapped = runs.reduce(0) { $0 + count(Int64($1.range.count)) }
        var text = """
            <?xml version="1.0" ?>
            <!-- Which blocks of a disk image to copy, and their SHA-256: for bmaptool copy. -->
            <bmap version="2.0">
                <ImageSize> \(imageByteCount) </ImageSize>
                <BlockSize> \(size) </BlockSize>
                <BlocksCount> \(count(imageByteCount)) </BlocksCount>
                <MappedBlocksCount> \(mapped) </MappedBlocksCount>
                <ChecksumType> sha256 </ChecksumType>
                <BmapFileChecksum> \(checksum) </BmapFileChecksum>
                <BlockMap>

            """
        for run in runs {
            let (first, last) = (run.range.lowerBound / size, count(run.range.upperBound) - 1)
            let blocks = first == last ? "\(first)" : "\(first)-\(last)"
            text += "        <Range chksum=\"\(run.sha256)\"> \(blocks) </Range>\n"
        }
        return text + "    </BlockMap>\n</bmap>\n"
    }
}

extension BlockMap {
    /// Reads the blocks that matter of an image of `layout`, which is written to `path`.
    ///
    /// - Parameters:
    ///   - data: the NTFS volumes of the layout, made.
    ///   - byteCount: where the image ends.
    /// - Throws: `FileError`; `InterruptedError`.
    public init(
        of layout: DiskLayout, _ data: [DataVolume], at path: FilePath, byteCount: Int64, interruption: Interruption,
        progress: any ProgressObserver
    ) throws {
        let blocks = Self.blocks(layout.writtenRanges(data), of: byteCount)
        let meter = ProgressMeter(
            phase: "mapping", totalByteCount: blocks.reduce(0) { $0 + Int64($1.count) }, observer: progress)
        let file = try InputFile.open(path)
        let runs = try file.closeAfter {
            try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: AlignedBuffer.alignment) { buffer in
                let hash = SHA256()
                return try blocks.map { range in
                    hash.reset()
                    var position = range.lowerBound
                    while position < range.upperBound {
                        try interruption.check()
                        let room = UnsafeMutableRawBufferPointer(
                            rebasing: buffer[..<Int(min(Int64(buffer.count), range.upperBound - position))])
                        let count = try FileError.wrap("read", path) {
                            try file.read(fromAbsoluteOffset: position, into: room)
                        }
                        guard count > 0 else { throw FileError("read", path, .ioError) }
                        hash.update(UnsafeRawBufferPointer(rebasing: room[..<count]))
                        meter.advance(by: count)
                        position += Int64(count)
                    }
                    return Run(range: range, sha256: hash.finalize())
                }
            }
        }
        meter.finish()
        self.init(imageByteCount: byteCount, runs: runs)
    }
}
