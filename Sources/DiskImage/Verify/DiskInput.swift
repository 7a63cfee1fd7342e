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

extension PositionedInput: DiskInput {}
