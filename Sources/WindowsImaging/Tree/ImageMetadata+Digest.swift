// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension ImageMetadata {
    /// Visits the entries below the root, a folder's before those in them, in the order of their names.
    ///
    /// - Parameter dropped: entries that are left out with all that is in them.
    func forEachEntry(without dropped: Set<Int>, _ body: (_ entry: Int) throws -> Void) rethrows {
        var pending = [0]
        while let folder = pending.popLast() {
            let children = orderedChildren(of: folder).lazy.map { Int($0) }.filter { !dropped.contains($0) }
            for child in children { try body(child) }
            pending += children.filter { !self.children(of: $0).isEmpty }.reversed()
        }
    }

    /// How many kept entries each group of hard links has.
    func linkCounts(without dropped: Set<Int>) -> [UInt64: Int] {
        var counts: [UInt64: Int] = [:]
        forEachEntry(without: dropped) { entry in
            let group = linkGroup(of: entry)
            if group != 0 { counts[group, default: 0] += 1 }
        }
        return counts
    }

    /// The SHA-256 of all that the tree is, `dropped` left out: names, attributes, times, security descriptors, short names,
    /// reparse points, hard links, and the SHA-1 of every stream (docs/formats/ours.md section 1).
    ///
    /// It is that of the tree, not of its bytes: where an archive puts an entry, and how it numbers descriptors and groups
    /// of hard links, changes nothing.
    func digest(without dropped: Set<Int>) -> SHA256Digest {
        let linkCounts = linkCounts(without: dropped)
        let security = descriptors.map { SHA256.digest(of: bytes[$0]).bytes }
        var groups: [UInt64: UInt32] = [:]
        let hash = SHA256()
        var record: [UInt8] = []
        hash.update("tsmedia tree 1".utf8)
        func add(_ entry: Int) {
            record.removeAll(keepingCapacity: true)
            append(entry, security, to: &record)
            var number: UInt32 = 0
            let group = linkGroup(of: entry)
            // One name that is left of several is that of an ordinary file.
            if linkCounts[group, default: 0] > 1 {
                number = groups[group] ?? UInt32(groups.count + 1)
                groups[group] = number
            }
            record.append(littleEndian: number)
            record.append(littleEndian: UInt32(children(of: entry).lazy.filter { !dropped.contains($0) }.count))
            record.withUnsafeBytes { hash.update($0) }
        }
        add(0)
        forEachEntry(without: dropped, add)
        return hash.finalize()
    }

    /// Appends what the digest holds of an entry by itself.
    private func append(_ entry: Int, _ security: [[UInt8]], to record: inout [UInt8]) {
        func append(_ range: Range<Int>) {
            record.append(littleEndian: UInt32(range.count))
            record += bytes[range]
        }
        append(nameRange(of: entry))
        append(shortNameRange(of: entry))
        record.append(littleEndian: attributes(of: entry))
        let times = offset(of: entry) + Field.times
        record += bytes[times..<times + 24]
        let number: UInt32 = load(entry, Field.securityNumber)
        let hasDescriptor = Int(number) < security.count
        record.append(hasDescriptor ? 1 : 0)
        if hasDescriptor { record += security[Int(number)] }
        if isReparsePoint(entry) {
            let reparse = offset(of: entry) + Field.reparseOrLinkGroup
            record += bytes[reparse..<reparse + 8]
        }
        append(taggedRange(of: entry))
        var streams: [[UInt8]] = []
        forEachStream(of: entry) { name, hash in
            // Where there is neither name nor hash there is no stream, however many places are kept for one.
            guard !name.isEmpty || !hash.isNone else { return }
            var stream: [UInt8] = []
            stream.append(littleEndian: UInt32(name.count))
            streams.append(stream + bytes[name] + hash.bytes)
        }
        record.append(littleEndian: UInt32(streams.count))
        if streams.count > 1 { streams.sort { $0.lexicographicallyPrecedes($1) } }
        for stream in streams { record += stream }
    }

    /// What an entry has behind its names: object IDs and the like, each behind its tag.
    private func taggedRange(of entry: Int) -> Range<Int> {
        let short = shortNameRange(of: entry)
        let start =
            offset(of: entry)
            + Self.aligned((short.isEmpty ? short.upperBound : short.upperBound + 2) - offset(of: entry))
        let end = offset(of: entry) + Int(load(entry, 0) as UInt64)
        return start < end ? start..<end : end..<end
    }
}
