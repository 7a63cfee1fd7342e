// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// A FAT32 volume that is written to its partition alone, whole: for the few files that firmware starts.
public struct FATVolumeWriter: Sendable {
    private let layout: FATVolumeLayout
    private static let pieceByteCount: Int64 = 1 << 20

    /// Lays a volume out.
    ///
    /// - Parameters:
    ///   - range: the bytes of the drive that the partition takes; the boot record says where it begins.
    ///   - serial: the number by which the volume is known.
    ///   - created: the time of folders and of the label.
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.fileTooLarge`, `.folderTooLarge`, `.tooSmall`.
    public init(
        range: Range<Int64>, label: FATLabel, serial: UInt32, files: [DiskFile], created: Timestamp
    ) throws(DriveImageError) {
        let contents = FATVolumeContents(label: label, serial: serial, files: files, folders: [], created: created)
        guard let layout = try FATVolumeLayout(contents, in: range) else {
            let needed = try contents.smallestByteCount()
            throw DriveImageError(
                .tooSmall, "the partition that is started",
                needed.map { "has \(range.count) bytes, and its files need \($0)" } ?? "cannot hold its files",
                nextStep: "make it larger")
        }
        self.layout = layout
    }

    /// Writes the volume: it is none until everything else is safe on the drive.
    ///
    /// - Parameters:
    ///   - partition: the partition, whose first byte is at 0.
    ///   - content: the bytes of the file with this number, of the size that was laid out.
    /// - Throws: `FileError`; `InterruptedError`; ``DriveImageError`` `.damaged` when a file is shorter than it was.
    public func write(
        to partition: some DiskOutput, interruption: Interruption, content: (Int) throws -> any ByteSource
    ) throws {
        let start = layout.range.lowerBound
        let body = layout.body
        func write(_ bytes: [UInt8], at offset: Int64) throws {
            guard !bytes.isEmpty else { return }
            try AlignedBuffer.withCopy(of: bytes) { try partition.write($0, at: offset - start) }
        }
        func clear(_ range: Range<Int64>) throws {
            var position = range.lowerBound
            while position < range.upperBound {
                try interruption.check()
                let count = min(Self.pieceByteCount, range.upperBound - position)
                try write([UInt8](repeating: 0, count: Int(count)), at: position)
                position += count
            }
        }
        try clear(start..<start + Int64(DiskBody.bootBlockByteCount))
        try partition.synchronize()
        var structures = StructureBytes(layout)
        var position = start
        for segment in body where !segment.range.isEmpty {
            try clear(position..<max(position, segment.range.lowerBound))
            position = segment.range.lowerBound
            let source: (any ByteSource)? =
                if case .file(let number) = segment.content { try content(number) } else { nil }
            while position < segment.range.upperBound {
                try interruption.check()
                let count = Int(min(Self.pieceByteCount, segment.range.upperBound - position))
                let offset = position - segment.range.lowerBound
                if let source {
                    guard let bytes = try source.bytes(at: offset, length: count) else {
                        throw DriveImageError(
                            .damaged, "a file for the partition that is started", "is shorter than it was a moment ago",
                            nextStep: "run it again")
                    }
                    try write(bytes, at: position)
                } else {
                    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                        structures.fill(UnsafeMutableRawBufferPointer(buffer), with: segment.content, from: offset)
                        initialized = count
                    }
                    try write(bytes, at: position)
                }
                position += Int64(count)
            }
        }
        try clear(position..<max(position, body.range.upperBound))
        try partition.synchronize()
        try write(layout.bootSector.start(byteCount: DiskBody.bootBlockByteCount, isBootable: true), at: start)
        try partition.synchronize()
    }
}
