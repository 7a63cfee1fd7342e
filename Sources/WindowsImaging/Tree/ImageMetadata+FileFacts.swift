// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import FileTrees
import Support

extension ImageMetadata {
    /// The SHA-256 of what a volume of NTFS keeps of the tree when it is applied, `dropped` left out.
    func volumeDigest(without dropped: Set<Int>) -> SHA256Digest {
        let security = descriptors.map { FileFacts.descriptorDigest(of: bytes[$0]) }
        var digest = FileTreeDigest()
        func add(_ entry: Int) {
            let group = linkGroup(of: entry)
            digest.add(
                facts(of: entry, security), link: group == 0 ? nil : group,
                childCount: children(of: entry).lazy.filter { !dropped.contains($0) }.count)
        }
        add(0)
        forEachEntry(without: dropped, add)
        return digest.finish().whole
    }

    private func facts(of entry: Int, _ security: [SHA256Digest]) -> FileFacts {
        var facts = FileFacts()
        // The root has no name, whatever an archive calls it.
        if entry > 0 {
            facts.name = Array(bytes[nameRange(of: entry)])
            facts.shortName = Array(bytes[shortNameRange(of: entry)])
        }
        facts.attributes = attributes(of: entry)
        facts.times = (0..<3).map { load(entry, Field.times + 8 * $0) }
        let number: UInt32 = load(entry, Field.securityNumber)
        facts.descriptor = security.indices.contains(Int(number)) ? security[Int(number)] : nil
        if isReparsePoint(entry) {
            facts.reparsePoint = .init(
                tag: load(entry, Field.reparseOrLinkGroup), reserved: load(entry, Field.reparseOrLinkGroup + 4))
        }
        forEachStream(of: entry) { name, hash in
            facts.streams.append(.init(name: Array(bytes[name]), sha1: hash.bytes))
        }
        return facts
    }

    /// The first entry that Windows encrypted, whose bytes no other system writes; nil when there is none.
    func firstEncrypted(without dropped: Set<Int>) -> Int? {
        var found: Int?
        forEachEntry(without: dropped) { entry in
            if found == nil, attributes(of: entry) & UInt32(WIMLIB_FILE_ATTRIBUTE_ENCRYPTED) != 0 { found = entry }
        }
        return found
    }
}
