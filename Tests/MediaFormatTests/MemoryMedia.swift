// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Testing

@testable import MediaFormat

/// Media in memory that fails where it is told to.
struct MemoryMedia: OpenedMedia {
    var contents: [(path: MediaPath, bytes: [UInt8])]
    var folders: [MediaFolder] = []
    var refusedNames: [MediaPathError] = []
    /// What happens instead of reading the second half of this file.
    var failure: (path: String, error: @Sendable () -> any Error)?
    /// What happens when this file begins to be read.
    var whenReading: (path: String, body: @Sendable () -> Void)?

    /// When all of its files were changed.
    static let time = Timestamp(unixSeconds: 1_500_000_000)

    /// Media with these files, and unless `hasManifest` is false the manifest that lists them.
    init(_ files: [(String, String)], hasManifest: Bool = true) throws {
        contents = try files.map { (try MediaPath($0.0), Array($0.1.utf8)) }
        guard hasManifest else { return }
        contents.append((try MediaPath(MediaManifest.path), try Self.manifest(of: contents).encoded()))
    }

    /// The manifest that lists `contents`.
    static func manifest(of contents: [(path: MediaPath, bytes: [UInt8])]) -> MediaManifest {
        MediaManifest(
            schemaVersion: 1, mediaType: .standalone, mediaGuid: "{0}", volume: 1, volumeCount: 1, label: "L",
            taskSequence: nil, bootImage: .init(id: "ABC00002", version: 3, architecture: "x64"), contents: [],
            files: contents.map {
                .init(path: $0.path, size: Int64($0.bytes.count), sha256: SHA256.digest(of: $0.bytes))
            })
    }

    var label: String? { nil }
    var files: [MediaEntry] {
        contents.map { MediaEntry(path: $0.path, byteCount: Int64($0.bytes.count), modified: Self.time) }
    }

    func file(_ path: String) -> MediaEntry? { NameIndex(contents.map(\.path))[path].map { files[$0] } }

    func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let bytes = try #require(contents.first { $0.path == file.path }).bytes
        if let whenReading, whenReading.path == file.path.description { whenReading.body() }
        try bytes[..<(bytes.count / 2)].withUnsafeBytes(body)
        if let failure, failure.path == file.path.description { throw failure.error() }
        try bytes[(bytes.count / 2)...].withUnsafeBytes(body)
    }

    func firmwareEntries() -> [FirmwareEntry] { [] }
}
