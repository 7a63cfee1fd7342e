// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Where the bytes of a file of media lie as they are, in a file or on a drive that is open.
package struct StoredBytes {
    /// A run of them.
    package struct Run {
        /// Where it begins; nil for a hole, which is all zeros.
        package let offset: Int64?
        /// Its length in bytes.
        package let byteCount: Int64
    }

    /// What holds them.
    package let descriptor: FileDescriptor
    /// What that is called in errors.
    package let path: FilePath
    /// The runs, one behind the other.
    package let runs: [Run]
}

extension StoredBytes {
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// Hands all bytes to `body`, piece by piece and in order, or fewer where what holds them ends before.
    func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try MediaBuffer.withBuffer { buffer in
            for run in runs {
                if let offset = run.offset {
                    try MediaBuffer.read(
                        descriptor, path, from: offset, byteCount: run.byteCount, buffer: buffer, body)
                } else {
                    var rest = run.byteCount
                    while rest > 0 {
                        let count = Int(min(rest, Int64(Self.zeros.count)))
                        try Self.zeros.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                        rest -= Int64(count)
                    }
                }
            }
        }
    }
}
