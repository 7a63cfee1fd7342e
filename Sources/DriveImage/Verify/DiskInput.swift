// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// A drive or an image file that can be read at any place, past whatever remembers what was written to it.
public protocol DiskInput: Sendable {
    /// Reads up to the size of `buffer` from `offset`, both multiples of 4 KiB in aligned memory; returns how many
    /// bytes these were, fewer only at the end.
    ///
    /// - Throws: `FileError`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
}

extension DiskInput {
    /// Reads from `offset` until `buffer` is full or there is no more; returns how many bytes there were.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int64) throws(FileError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try read(
                at: offset + Int64(done), into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
            done += count
            // Behind a part of a page there is only the end, and reads past the page cache begin with pages.
            if count == 0 || done % AlignedBuffer.alignment != 0 { break }
        }
        return done
    }
}

extension PositionedInput: DiskInput {}
