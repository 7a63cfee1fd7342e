// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// What a drive or an image file is written through, at any place.
public protocol DiskOutput: Sendable {
    /// Writes all of `bytes` at `offset`.
    ///
    /// - Throws: `FileError`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError)
    /// Waits until everything that was written is on the medium.
    ///
    /// - Throws: `FileError`.
    func synchronize() throws(FileError)
    /// Makes room for `range` in a file; no room for it is an error.
    ///
    /// - Throws: `FileError`.
    func allocate(_ range: Range<Int64>) throws(FileError)
}

extension DiskOutput {
    /// Drives have their room.
    public func allocate(_ range: Range<Int64>) throws(FileError) {}
}

extension PositionedOutput: DiskOutput {}
