// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// The INIs of a content library as a server sends them: what a library on a path says in its files.
///
/// Errors name no file: whoever asks knows which it was.
public enum LibraryDocument {
    /// More bytes than this are no INI of a library.
    public static let maximumByteCount = INIDocument.maximumByteCount

    private static let place: FilePath = "the file"

    /// What the INI of package `id` in PkgLib says.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed`.
    public static func package(_ id: PackageID, _ bytes: [UInt8]) throws(ContentLibraryError) -> LibraryPackage {
        let (version, listed) = try ContentLibrary.listing(in: try INIDocument(bytes: bytes, path: place), place)
        guard !listed.isEmpty else { throw .malformed(place, "lists no content") }
        return LibraryPackage(id: id, version: version, listed: listed)
    }

    /// The content hash that the INI of a content in DataLib names; nil when it names none of the kind that is known.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed`.
    public static func contentHash(_ bytes: [UInt8]) throws(ContentLibraryError) -> String? {
        let document = try INIDocument(bytes: bytes, path: place)
        if let algorithm = document.value(of: "HashAlgorithm", in: "Info"), Int(algorithm) != ContentHash.algorithm {
            return nil
        }
        guard let hash = document.value(of: "Hash", in: "Info"), SHA256Digest(hexadecimal: hash) != nil else {
            return nil
        }
        return hash
    }

    /// A file as its INI in DataLib describes it.
    public struct File: Sendable {
        /// Its SHA-256.
        public let sha256: SHA256Digest
        /// Its size in bytes; nil when the INI names none.
        public let byteCount: Int64?
        /// Win32 file attributes.
        public let attributes: UInt32
        /// When it was last written.
        public let modified: Timestamp
    }

    /// What the INI of a file in DataLib says.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed`.
    public static func file(_ bytes: [UInt8]) throws(ContentLibraryError) -> File {
        let record = try bytes.withUnsafeBufferPointer { bytes throws(ContentLibraryError) in
            try FileRecord(bytes, place)
        }
        return File(
            sha256: record.sha256, byteCount: record.byteCount, attributes: record.attributes, modified: record.modified
        )
    }
}
