// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The cells of a hive and the bins that they lie in ("Windows registry file format specification",
/// github.com/msuhanov/regf, sections "Hive bin" and "Cell").
struct HiveCells {
    /// A bin is a multiple of this.
    static let binByteCount = 4096
    private static let binHeaderByteCount = 32
    private static let alignment = 8

    private let modified: UInt64
    private(set) var bytes: [UInt8] = []
    private var binStart = 0
    private var position = 0

    /// Cells in bins that say that they were written at `modified`.
    init(modified: Timestamp) { self.modified = modified.fileTime }

    /// Adds a cell with `content`, and returns its place: bytes from the start of the first bin.
    mutating func add(_ content: [UInt8]) -> UInt32 {
        let needed = (4 + content.count + Self.alignment - 1) / Self.alignment * Self.alignment
        if position + needed > bytes.count { openBin(for: needed) }
        let place = position
        put(Int32(clamping: -needed), at: place)
        bytes.replaceSubrange(place + 4..<place + 4 + content.count, with: content)
        position += needed
        return UInt32(clamping: place)
    }

    /// Writes `content` over the bytes of the cell at `place` from `offset` on.
    mutating func patch(_ place: UInt32, at offset: Int, _ content: [UInt8]) {
        let start = Int(place) + 4 + offset
        bytes.replaceSubrange(start..<start + content.count, with: content)
    }

    /// Ends the last bin.
    mutating func finish() {
        let free = bytes.count - position
        if free > 0 { put(Int32(clamping: free), at: position) }
        position = bytes.count
    }

    private mutating func openBin(for byteCount: Int) {
        finish()
        binStart = bytes.count
        let needed = Self.binHeaderByteCount + byteCount
        let size = (needed + Self.binByteCount - 1) / Self.binByteCount * Self.binByteCount
        var header = Array("hbin".utf8)
        header.append(littleEndian: UInt32(clamping: binStart))
        header.append(littleEndian: UInt32(clamping: size))
        header.append(littleEndian: UInt64(0))
        // Only the first bin has a time.
        header.append(littleEndian: binStart == 0 ? modified : 0)
        header.append(littleEndian: UInt32(0))
        bytes += header + [UInt8](repeating: 0, count: size - header.count)
        position = binStart + Self.binHeaderByteCount
    }

    private mutating func put(_ number: Int32, at place: Int) {
        withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
    }
}
