// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// Where and how a content lies in an archive, as its tables say; nothing is checked against the file.
public struct WindowsImageStorage: Sendable, Hashable {
    /// Its SHA-1: 20 bytes.
    public let sha1: [UInt8]
    /// Its bytes before compression.
    public let byteCount: Int64
    /// The part of a split archive that holds it, from 1.
    public let part: Int
    /// Where its resource begins in the file.
    public let resourceOffset: Int64
    /// The bytes of its resource in the file.
    public let storedByteCount: Int64
    /// Whether the resource is compressed.
    public let isCompressed: Bool
    /// For a solid resource, which holds many contents: its bytes before compression, and where the content begins there.
    public let solid: Solid?

    /// A place in a solid resource.
    public struct Solid: Sendable, Hashable {
        /// Bytes of the resource before compression.
        public let resourceByteCount: Int64
        /// Where the content begins in them.
        public let offset: Int64
    }

    init(_ resource: wimlib_resource_entry) {
        sha1 = withUnsafeBytes(of: resource.sha1_hash) { Array($0) }
        byteCount = Int64(clamping: resource.uncompressed_size)
        part = Int(resource.part_number)
        isCompressed = resource.is_compressed != 0 || resource.packed != 0
        if resource.packed != 0 {
            resourceOffset = Int64(clamping: resource.raw_resource_offset_in_wim)
            storedByteCount = Int64(clamping: resource.raw_resource_compressed_size)
            solid = Solid(
                resourceByteCount: Int64(clamping: resource.raw_resource_uncompressed_size),
                offset: Int64(clamping: resource.offset))
        } else {
            resourceOffset = Int64(clamping: resource.offset)
            storedByteCount = Int64(clamping: isCompressed ? resource.compressed_size : resource.uncompressed_size)
            solid = nil
        }
    }
}
