// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibntfs
import Glibc
import SystemPackage

/// The part of a drive that libntfs-3g takes for a device, to read from it.
final class NTFSWindow {
    private let descriptor: FileDescriptor
    private let range: Range<Int64>
    private var position: Int64 = 0
    /// The library keeps a pointer to it.
    private let operations = UnsafeMutablePointer<ntfs_device_operations>.allocate(capacity: 1)

    init(_ descriptor: FileDescriptor, range: Range<Int64>) {
        self.descriptor = descriptor
        self.range = range
        operations.initialize(
            to: ntfs_device_operations(
                open: { device, _ in
                    device?.pointee.d_state |= 1 << UInt(ND_Open.rawValue) | 1 << UInt(ND_ReadOnly.rawValue)
                    return 0
                },
                close: { device in
                    device?.pointee.d_state &= ~(1 << UInt(ND_Open.rawValue))
                    return 0
                },
                seek: { NTFSWindow.of($0)?.seek($1, $2) ?? NTFSWindow.fail(EBADF) },
                read: { device, buffer, count in
                    guard let window = NTFSWindow.of(device) else { return NTFSWindow.fail(EBADF) }
                    let result = window.read(buffer, count, at: window.position)
                    if result > 0 { window.position += result }
                    return result
                },
                write: { _, _, _ in NTFSWindow.fail(EROFS) },
                pread: { NTFSWindow.of($0)?.read($1, $2, at: $3) ?? NTFSWindow.fail(EBADF) },
                pwrite: { _, _, _, _ in NTFSWindow.fail(EROFS) },
                sync: { _ in 0 },
                stat: { device, status in
                    guard let window = NTFSWindow.of(device), let status else { return Int32(NTFSWindow.fail(EBADF)) }
                    return fstat(window.descriptor.rawValue, status)
                },
                ioctl: { _, _, _ in Int32(NTFSWindow.fail(EOPNOTSUPP)) }))
    }

    deinit { operations.deallocate() }

    /// A device for the library, which frees it with the volume; this window must live as long.
    func makeDevice() -> UnsafeMutablePointer<ntfs_device>? {
        ntfs_device_alloc("drive", 0, operations, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func of(_ device: UnsafeMutablePointer<ntfs_device>?) -> NTFSWindow? {
        device?.pointee.d_private.map { Unmanaged<NTFSWindow>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func fail(_ error: Int32) -> Int64 {
        errno = error
        return -1
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int64
        switch whence {
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END: base = Int64(range.count)
        default: return Self.fail(EINVAL)
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Self.fail(EINVAL) }
        position = target
        return target
    }

    private func read(_ buffer: UnsafeMutableRawPointer?, _ count: Int64, at offset: Int64) -> Int64 {
        guard count >= 0, offset >= 0 else { return Self.fail(EINVAL) }
        guard offset < Int64(range.count), let buffer else { return 0 }
        let room = Int(min(count, Int64(range.count) - offset))
        return Int64(pread(descriptor.rawValue, buffer, room, off_t(range.lowerBound + offset)))
    }
}
