// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Reads stored bytes from front to back; used by one thread at a time.
final class StoredBytesCursor: @unchecked Sendable {
    private let stored: StoredBytes
    private var run = 0
    /// How much of the run was read.
    private var done: Int64 = 0

    init(_ stored: StoredBytes) { self.stored = stored }

    /// The rest of the hole that comes next; nil when that is none.
    var hole: Int64? {
        skipFinished()
        guard run < stored.runs.count, stored.runs[run].offset == nil else { return nil }
        return stored.runs[run].byteCount - done
    }

    /// Leaves out the next `byteCount` bytes of a hole.
    func skip(_ byteCount: Int64) { done += byteCount }

    /// Fills `buffer` with the next bytes of a run that is no hole, and returns how many they are: all it holds, unless the
    /// run ends before, or what holds it; 0 only then.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        skipFinished()
        guard run < stored.runs.count, let offset = stored.runs[run].offset else { return 0 }
        let wanted = Int(min(Int64(buffer.count), stored.runs[run].byteCount - done))
        let place = offset + done
        let count = try FileError.wrap("read", stored.path) {
            try stored.descriptor.read(
                fromAbsoluteOffset: place, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        }
        done += Int64(count)
        return count
    }

    private func skipFinished() {
        while run < stored.runs.count, done >= stored.runs[run].byteCount {
            run += 1
            done = 0
        }
    }
}
