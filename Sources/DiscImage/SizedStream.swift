// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibisofs
import Glibc

/// A libisofs stream that has a size and an identity but no bytes: it reads as zeros.
///
/// libisofs lays files out by size and gives equal identities one extent; it never gets to write content, because the
/// image is cancelled when its metadata is complete.
enum SizedStream {
    /// What a stream knows about itself.
    private struct State {
        let serial: UInt64
        let byteCount: Int64
        var position: Int64 = 0
    }

    /// Makes a stream; the file node that takes it frees it.
    static func make(serial: UInt64, byteCount: Int64) -> UnsafeMutablePointer<IsoStream>? {
        // libisofs frees the stream itself with free(3), and calls our `free` for the state.
        guard let memory = calloc(1, MemoryLayout<IsoStream>.size) else { return nil }
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        state.initialize(to: State(serial: serial, byteCount: byteCount))
        let stream = memory.bindMemory(to: IsoStream.self, capacity: 1)
        stream.pointee.class = interface
        stream.pointee.refcount = 1
        stream.pointee.data = UnsafeMutableRawPointer(state)
        return stream
    }

    private static func state(_ stream: UnsafeMutablePointer<IsoStream>?) -> UnsafeMutablePointer<State>? {
        stream?.pointee.data?.assumingMemoryBound(to: State.self)
    }

    /// The one method table; it lives as long as the program because streams point to it.
    nonisolated(unsafe) private static let interface: UnsafeMutablePointer<IsoStreamIface> = {
        let table = UnsafeMutablePointer<IsoStreamIface>.allocate(capacity: 1)
        memset(table, 0, MemoryLayout<IsoStreamIface>.size)
        table.pointee.version = 1
        // "user": a stream supplied by the application (libisofs.h, IsoStream_Iface.type).
        table.pointee.type = (
            CChar(UInt8(ascii: "u")), CChar(UInt8(ascii: "s")), CChar(UInt8(ascii: "e")), CChar(UInt8(ascii: "r"))
        )
        table.pointee.open = { stream in
            SizedStream.state(stream)?.pointee.position = 0
            return 1
        }
        table.pointee.close = { _ in 1 }
        table.pointee.get_size = { stream in off_t(SizedStream.state(stream)?.pointee.byteCount ?? 0) }
        table.pointee.read = { stream, buffer, count in
            guard let state = SizedStream.state(stream), let buffer else { return 0 }
            let length = Int(min(Int64(min(count, 1 << 30)), state.pointee.byteCount - state.pointee.position))
            memset(buffer, 0, length)
            state.pointee.position += Int64(length)
            return Int32(length)
        }
        table.pointee.is_repeatable = { _ in 1 }
        table.pointee.get_id = { stream, fileSystem, device, inode in
            // A file system number that libisofs gives to no source of its own.
            fileSystem?.pointee = UInt32.max - 0x7473
            device?.pointee = 1
            inode?.pointee = ino_t(SizedStream.state(stream)?.pointee.serial ?? 0)
        }
        table.pointee.free = { stream in
            SizedStream.state(stream)?.deinitialize(count: 1)
            SizedStream.state(stream)?.deallocate()
        }
        table.pointee.update_size = { _ in 1 }
        return table
    }()
}
