// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// A file as a line of JSON: in the manifest on the media, and with its source in the report of a plan.
public struct FileLine: JSONLineEncodable {
    private let path: MediaPath
    private let sha256: SHA256Digest
    private let byteCount: Int64
    private let source: String?

    /// A file of `byteCount` bytes; `source` says in words where they come from.
    public init(path: MediaPath, sha256: SHA256Digest, byteCount: Int64, source: String? = nil) {
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
        self.source = source
    }

    /// Appends the object, its keys sorted; what has no source is on media, and keeps its bytes.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes += "{\"path\":".utf8
        JSONText.append(path.description, to: &bytes, escaping: source == nil ? .required : .printable)
        bytes += ",\"sha256\":\"".utf8
        bytes += sha256.description.utf8
        bytes += "\",\"size\":".utf8
        JSONText.append(byteCount, to: &bytes)
        if let source {
            bytes += ",\"source\":".utf8
            JSONText.append(source, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
