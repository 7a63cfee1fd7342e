// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// One SHA-256 for all that a volume keeps of a tree of files (docs/formats/ours.md section 1).
///
/// Whoever reads a tree, from an archive or from a volume, adds the root, then the entries of each folder in the order of
/// the bytes of their names, a folder's before those of the folders in it.
public struct FileTreeDigest {
    private let hash = SHA256()
    private var record: [UInt8] = []
    private var rootDescriptor: SHA256Digest?
    private var count: UInt32 = 0
    /// The numbers of the entries of each file that has several names.
    private var links: [UInt64: [UInt32]] = [:]

    /// The digest of no tree yet.
    public init() {}

    /// Adds the next entry.
    ///
    /// - Parameters:
    ///   - link: which file it is a name of, where that may have several; nil where it has one.
    ///   - childCount: the entries in it.
    public mutating func add(_ facts: FileFacts, link: UInt64?, childCount: Int) {
        record.removeAll(keepingCapacity: true)
        append(facts.name)
        append(facts.shortName)
        record.append(littleEndian: facts.attributes & FileFacts.keptAttributes)
        for time in facts.times { record.append(littleEndian: time) }
        // A volume has a descriptor for its root, whether or not an archive had one.
        if count == 0 { rootDescriptor = facts.descriptor } else { append(facts.descriptor) }
        if let point = facts.reparsePoint {
            record.append(littleEndian: point.tag)
            record.append(littleEndian: point.reserved)
        }
        var streams = facts.streams.compactMap(Self.bytes(of:))
        if streams.count > 1 { streams.sort { $0.lexicographicallyPrecedes($1) } }
        record.append(littleEndian: UInt32(streams.count))
        for stream in streams { record += stream }
        record.append(littleEndian: UInt32(childCount))
        record.withUnsafeBytes { hash.update($0) }
        if let link { links[link, default: []].append(count) }
        count += 1
    }

    /// The bytes that stand for a stream; nil for one without name and bytes, which is none.
    private static func bytes(of stream: FileFacts.Stream) -> [UInt8]? {
        guard !stream.name.isEmpty || stream.sha1 != FileFacts.Stream.noHash else { return nil }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(stream.name.count))
        return bytes + stream.name + stream.sha1
    }

    /// The digest of what was added, and what it would be if the root had no security descriptor; nothing can be added
    /// afterwards.
    public mutating func finish() -> (whole: SHA256Digest, withoutRootDescriptor: SHA256Digest) {
        let records = hash.finalize()
        var end: [UInt8] = []
        let groups = links.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
        for group in groups {
            end.append(littleEndian: UInt32(group.count))
            for number in group { end.append(littleEndian: number) }
        }
        func digest(_ descriptor: SHA256Digest?) -> SHA256Digest {
            record.removeAll()
            append(descriptor)
            return SHA256.digest(of: Array("tsmedia volume tree 1".utf8) + records.bytes + end + record)
        }
        return (digest(rootDescriptor), digest(nil))
    }

    private mutating func append(_ text: [UInt8]) {
        record.append(littleEndian: UInt32(text.count))
        record += text
    }

    private mutating func append(_ descriptor: SHA256Digest?) {
        record.append(descriptor == nil ? 0 : 1)
        if let descriptor { record += descriptor.bytes }
    }
}
