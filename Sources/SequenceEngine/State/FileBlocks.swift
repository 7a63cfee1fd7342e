// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A file of a mounted volume as the blocks of its device, which are written without the volume's knowledge.
///
/// Whoever writes a file through its volume has its times written too, in records of several sectors that a cut may leave
/// half written, and a folder with them. Its own blocks are nobody else's.
struct FileBlocks {
    /// FIBMAP and FIGETBSZ (linux/fs.h).
    private static let (blockNumberRequest, blockSizeRequest): (UInt, UInt) = (1, 2)

    private let file: FilePath
    private let device: FilePath

    /// The file at `file`, which lies on the volume in `device`.
    init(_ file: FilePath, on device: FilePath) {
        self.file = file
        self.device = device
    }

    /// What the file holds, as it is on the volume now and not as anybody remembers it.
    ///
    /// - Throws: `FileError`.
    static func read(_ file: FilePath, limit: Int) throws(FileError) -> [UInt8] {
        try FileError.wrap("read", file) {
            let descriptor = try FileDescriptor.open(file, .readOnly, options: [.noFollow, .closeOnExec])
            return try descriptor.closeAfter {
                _ = posix_fadvise(descriptor.rawValue, 0, 0, POSIX_FADV_DONTNEED)
                return try SmallFile.read(descriptor, limit: limit)
            }
        }
    }

    /// Writes `bytes` over the beginning of the file; they are on the disk when this returns.
    ///
    /// - Returns: false, with nothing written, where it is not certain which blocks are the file's.
    /// - Throws: `FileError`.
    func overwrite(_ bytes: [UInt8]) throws(FileError) -> Bool {
        let old = try Self.read(file, limit: StateFile.byteCountLimit)
        guard old.count >= bytes.count, let offsets = try offsets(byteCount: bytes.count) else { return false }
        return try FileError.wrap("written", device) {
            let target = try FileDescriptor.open(device, .readWrite, options: .closeOnExec)
            return try target.closeAfter {
                let blockByteCount = offsets.blockByteCount
                var block = [UInt8](repeating: 0, count: blockByteCount)
                func part(_ bytes: [UInt8], _ index: Int) -> ArraySlice<UInt8> {
                    bytes[(index * blockByteCount)..<min(bytes.count, (index + 1) * blockByteCount)]
                }
                // All of them before the first is written: they hold what the file does, or they are not its own.
                for (index, offset) in offsets.all.enumerated() {
                    let count = try block.withUnsafeMutableBytes {
                        try target.read(fromAbsoluteOffset: offset, into: $0)
                    }
                    let own = part(old, index)
                    guard count == blockByteCount, block.starts(with: own) else { return false }
                }
                for (index, offset) in offsets.all.enumerated() {
                    try target.writeAll(toAbsoluteOffset: offset, part(bytes, index))
                }
                guard fsync(target.rawValue) == 0 else { throw Errno(rawValue: errno) }
                return true
            }
        }
    }

    /// Where the blocks of the first `byteCount` bytes lie on the device; nil where nobody tells.
    private func offsets(byteCount: Int) throws(FileError) -> (all: [Int64], blockByteCount: Int)? {
        try FileError.wrap("read", file) {
            let descriptor = try FileDescriptor.open(file, .readOnly, options: [.noFollow, .closeOnExec])
            return try descriptor.closeAfter {
                var size: CInt = 0
                guard ioctl(descriptor.rawValue, Self.blockSizeRequest, &size) == 0, (512...65536).contains(size) else {
                    return nil
                }
                let blockByteCount = Int(size)
                var offsets: [Int64] = []
                for index in 0..<((byteCount + blockByteCount - 1) / blockByteCount) {
                    var number = CInt(clamping: index)
                    // The first block of a volume is its boot record: 0 stands for a hole.
                    guard ioctl(descriptor.rawValue, Self.blockNumberRequest, &number) == 0, number > 0 else {
                        return nil
                    }
                    offsets.append(Int64(number) * Int64(blockByteCount))
                }
                return Set(offsets).count == offsets.count ? (offsets, blockByteCount) : nil
            }
        }
    }
}
