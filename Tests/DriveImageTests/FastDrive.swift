// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DriveImage
import Glibc
import Support
import Synchronization
import SystemPackage

/// A drive that is as fast as memory: an image file that is mapped.
///
/// Unchecked: one thread writes it.
final class FastDrive: DiskOutput, @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    private let written = Mutex<[Int64]>([])
    private let willWrite: @Sendable (Int64) -> Void

    /// - Parameter willWrite: called with the offset of each write, before it.
    init(_ path: FilePath, byteCount: Int, willWrite: @escaping @Sendable (Int64) -> Void = { _ in }) throws {
        self.willWrite = willWrite
        let descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        memory = try descriptor.closeAfter {
            try descriptor.resize(to: Int64(byteCount))
            let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.rawValue, 0)
            guard let start, start != MAP_FAILED else { throw Errno(rawValue: errno) }
            return UnsafeMutableRawBufferPointer(start: start, count: byteCount)
        }
    }

    deinit { munmap(memory.baseAddress, memory.count) }

    /// Where it was written, in order.
    var offsets: [Int64] { written.withLock { $0 } }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
        willWrite(offset)
        written.withLock { $0.append(offset) }
        UnsafeMutableRawBufferPointer(rebasing: memory[Int(offset)..<Int(offset) + bytes.count]).copyMemory(from: bytes)
    }

    func synchronize() throws(FileError) {}
}
