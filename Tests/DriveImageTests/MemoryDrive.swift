// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Glibc
import Support
import Synchronization
import SystemPackage

/// A drive in memory that can be smaller than it says, fail, and remember in which order it was written.
final class MemoryDrive: DiskOutput, DiskInput, ByteSource {
    /// What happened to it.
    enum Event {
        case write(offset: Int64, bytes: [UInt8])
        /// Everything before is safe.
        case synchronize
    }

    private static let pageByteCount: Int64 = 4096
    private static let zeros = [UInt8](repeating: 0, count: Int(pageByteCount))

    /// As many bytes as a page has, or fewer; by the C library, because tests are not optimised.
    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.baseAddress else { return true }
        return zeros.withUnsafeBytes { memcmp(first, $0.baseAddress ?? first, bytes.count) == 0 }
    }

    private struct State {
        var pages: [Int64: [UInt8]] = [:]
        var events: [Event] = []
        var isRecording = false
        var failure: (from: Int64, reason: Errno)?
    }

    let byteCount: Int64
    /// The bytes that it really has: addresses beyond begin from the start again.
    private let capacity: Int64
    private let state: Mutex<State>

    init(byteCount: Int64, capacity: Int64? = nil) {
        self.byteCount = byteCount
        self.capacity = capacity ?? byteCount
        state = Mutex(State())
    }

    private init(_ other: MemoryDrive) {
        byteCount = other.byteCount
        capacity = other.capacity
        var copy = State()
        copy.pages = other.state.withLock { $0.pages }
        state = Mutex(copy)
    }

    func copy() -> MemoryDrive { MemoryDrive(self) }

    /// From now on what is written is remembered.
    func record() { state.withLock { $0.isRecording = true } }
    var events: [Event] { state.withLock { $0.events } }

    /// From now on reads and writes at `offset` and behind it fail.
    func fail(from offset: Int64, _ reason: Errno) { state.withLock { $0.failure = (offset, reason) } }

    /// Everything that is not zero, by its place.
    var pages: [Int64: [UInt8]] {
        state.withLock { $0.pages.filter { $0.value != Self.zeros } }
    }

    private func check(_ state: State, _ end: Int64, _ operation: String) throws(FileError) {
        if let (from, reason) = state.failure, end > from { throw FileError(operation, "memory drive", reason) }
        guard end <= byteCount else { throw FileError(operation, "memory drive", .noSpace) }
    }

    private func each(_ range: Range<Int64>, _ body: (_ page: Int64, _ within: Range<Int>, _ done: Int) -> Void) {
        var position = range.lowerBound
        while position < range.upperBound {
            let place = position % capacity
            let start = place % Self.pageByteCount
            let count = min(Self.pageByteCount - start, range.upperBound - position)
            body(place / Self.pageByteCount, Int(start)..<Int(start + count), Int(position - range.lowerBound))
            position += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
        try state.withLock { state throws(FileError) in
            try check(state, offset + Int64(bytes.count), "written")
            if state.isRecording { state.events.append(.write(offset: offset, bytes: Array(bytes))) }
            each(offset..<offset + Int64(bytes.count)) { page, within, done in
                let part = UnsafeRawBufferPointer(rebasing: bytes[done..<done + within.count])
                if state.pages[page] == nil, Self.isZero(part) { return }
                state.pages[page, default: Self.zeros].withUnsafeMutableBytes {
                    UnsafeMutableRawBufferPointer(rebasing: $0[within]).copyMemory(from: part)
                }
            }
        }
    }

    func write(_ bytes: some Collection<UInt8>, at offset: Int64) throws(FileError) {
        try FileError.wrap("written", "memory drive") {
            try Array(bytes).withUnsafeBytes { try write($0, at: offset) }
        }
    }

    func synchronize() throws(FileError) {
        state.withLock { if $0.isRecording { $0.events.append(.synchronize) } }
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = Int(max(0, min(Int64(buffer.count), byteCount - offset)))
        try state.withLock { state throws(FileError) in
            if count > 0 { try check(state, offset + Int64(count), "read") }
            each(offset..<offset + Int64(count)) { page, within, done in
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + within.count])
                if let bytes = state.pages[page] {
                    target.copyBytes(from: bytes[within])
                } else {
                    target.initializeMemory(as: UInt8.self, repeating: 0)
                }
            }
        }
        return count
    }

    func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
        guard offset >= 0, length >= 0, offset <= byteCount, Int64(length) <= byteCount - offset else { return nil }
        return try FileError.wrap("read", "memory drive") {
            try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                count = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }

    /// Writes what is on it to a sparse file.
    func save(to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter {
            try file.resize(to: byteCount)
            for (page, bytes) in pages {
                _ = try file.writeAll(toAbsoluteOffset: page * Self.pageByteCount, bytes)
            }
        }
    }
}
