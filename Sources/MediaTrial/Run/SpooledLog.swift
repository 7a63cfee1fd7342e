// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Lines of the log of a run in a file, as they come through the channel.
final class SpooledLog {
    /// More than any log of a sequence has; what comes behind it is not kept.
    private static let byteCountLimit = 64 << 20

    /// Where it is.
    let path: FilePath
    private let descriptor: FileDescriptor
    private var byteCount = 0

    /// An empty one at `path`.
    ///
    /// - Throws: `FileError`.
    init(path: FilePath) throws(FileError) {
        self.path = path
        descriptor = try FileError.wrap("created", path) {
            try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
    }

    deinit { try? descriptor.close() }

    /// Whether nothing has come.
    var isEmpty: Bool { byteCount == 0 }

    /// Keeps `line`.
    ///
    /// - Throws: `FileError`.
    func append(_ line: String) throws(FileError) {
        let bytes = Array((line + "\r\n").utf8)
        guard byteCount + bytes.count <= Self.byteCountLimit else { return }
        try FileError.wrap("written", path) { _ = try descriptor.writeAll(bytes) }
        byteCount += bytes.count
    }
}
