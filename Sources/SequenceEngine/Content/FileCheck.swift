// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Whether files are what somebody says that they are.
struct FileCheck {
    /// Pieces in which files are hashed.
    private static let pieceByteCount = 1 << 20
    /// Whoever waits for a larger file is told how far it is.
    private static let longFileByteCount: Int64 = 64 << 20

    let interruption: Interruption
    /// Gets the name of a large file, and how much of it is checked, from 0 to 1.
    var observer: ((_ name: String, _ share: Double) -> Void)?

    /// Whether the file at `path`, `name` for people, has this size and this hash; its bytes are handed to `body` meanwhile.
    ///
    /// - Throws: `FileError` when it cannot be read; `InterruptedError`; what `body` throws.
    func holds(
        _ path: FilePath, called name: String, byteCount: Int64, sha256: SHA256Digest,
        _ body: (ArraySlice<UInt8>) throws -> Void = { _ in }
    ) throws -> Bool {
        let descriptor = try FileError.wrap("opened", path) {
            try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
        }
        return try descriptor.closeAfter {
            let hash = SHA256()
            var count: Int64 = 0
            var buffer = [UInt8](repeating: 0, count: Self.pieceByteCount)
            while true {
                try interruption.check()
                let read = try FileError.wrap("read", path) {
                    try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                }
                if read == 0 { break }
                count += Int64(read)
                guard count <= byteCount else { return false }
                hash.update(buffer[..<read])
                try body(buffer[..<read])
                if byteCount > Self.longFileByteCount { observer?(name, Double(count) / Double(byteCount)) }
            }
            return count == byteCount && hash.finalize() == sha256
        }
    }
}
