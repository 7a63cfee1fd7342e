// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibburn
import Cryptography
import Glibc
import Support
import SystemPackage

/// The bytes of an image for libburn, which reads them from a thread of its own, hashed as they are read.
///
/// Unchecked: only the one thread that reads touches it until burning has ended, and whoever looks at it afterwards does so
/// when that thread is gone.
final class ImageSource: @unchecked Sendable {
    private static let bufferByteCount = 1 << 20

    private let descriptor: FileDescriptor
    private let path: FilePath
    private let byteCount: Int64
    private let hash = SHA256()
    private let watch: WorkerWatch
    private var buffer = [UInt8](repeating: 0, count: ImageSource.bufferByteCount)
    /// The bytes of the buffer that libburn has not got yet.
    private var pending = 0..<0
    private var position: Int64 = 0
    /// Why the image could not be read.
    private(set) var failure: FileError?

    /// The first `byteCount` bytes of `descriptor`, which stays open meanwhile; `path` is what it is called, and `watch` learns
    /// which thread reads.
    init(_ descriptor: FileDescriptor, _ path: FilePath, byteCount: Int64, _ watch: WorkerWatch) {
        self.watch = watch
        self.descriptor = descriptor
        self.path = path
        self.byteCount = byteCount
    }

    /// The SHA-256 of all bytes; nil when not all were read.
    var digest: SHA256Digest? { position == byteCount && failure == nil ? hash.finalize() : nil }

    /// The source as libburn takes it, which holds this object until it is freed; nil without memory.
    func make() -> UnsafeMutablePointer<burn_source>? {
        // libburn frees it.
        guard let memory = calloc(1, MemoryLayout<burn_source>.stride) else { return nil }
        let source = memory.bindMemory(to: burn_source.self, capacity: 1)
        source.pointee.refcount = 1
        source.pointee.read = nil
        source.pointee.version = 1
        source.pointee.read_xt = { source, buffer, count in
            guard let source, let buffer else { return -1 }
            return ImageSource.of(source).read(UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)))
        }
        source.pointee.get_size = { source in
            guard let source else { return 0 }
            let image = ImageSource.of(source)
            image.watch.note()
            return off_t(image.byteCount)
        }
        // The size is what it is.
        source.pointee.set_size = { _, _ in 1 }
        source.pointee.cancel = { _ in 1 }
        source.pointee.free_data = { source in
            guard let data = source?.pointee.data else { return }
            Unmanaged<ImageSource>.fromOpaque(data).release()
        }
        source.pointee.data = Unmanaged.passRetained(self).toOpaque()
        return source
    }

    private static func of(_ source: UnsafeMutablePointer<burn_source>) -> ImageSource {
        // Set by make(), and valid until free_data.
        Unmanaged<ImageSource>.fromOpaque(source.pointee.data).takeUnretainedValue()
    }

    /// Fills `target`, less at the end only: the number of bytes, 0 behind the end, -1 when reading fails.
    private func read(_ target: UnsafeMutableRawBufferPointer) -> Int32 {
        watch.note()
        var done = 0
        while done < target.count {
            if pending.isEmpty, !fill() { break }
            let count = min(pending.count, target.count - done)
            buffer.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[pending.lowerBound..<pending.lowerBound + count]))
            }
            pending = pending.lowerBound + count..<pending.upperBound
            done += count
        }
        return failure == nil ? Int32(done) : -1
    }

    /// Reads on; false at the end and after a failure.
    private func fill() -> Bool {
        guard failure == nil, position < byteCount else { return false }
        let wanted = Int(min(Int64(Self.bufferByteCount), byteCount - position))
        do throws(FileError) {
            let count = try FileError.wrap("read", path) {
                try buffer.withUnsafeMutableBytes {
                    try descriptor.read(
                        fromAbsoluteOffset: position, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
                }
            }
            // It became shorter meanwhile.
            guard count > 0 else { throw FileError("read", path, .ioError) }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            position += Int64(count)
            pending = 0..<count
            return true
        } catch {
            failure = error
            return false
        }
    }
}
