// SPDX-License-Identifier: GPL-3.0-or-later

import Support

@testable import DiscImage

/// Makes UDF volumes as no writer at hand does, block by block from the clauses of ECMA-167 and UDF: with sparable and
/// metadata partitions, in blocks of any size, with every kind of allocation.
///
/// 7z and the Linux kernel are the witnesses that they are what they should be (UDFKindsTests, LinuxVolumeTests).
struct UDFImageBuilder {
    /// What the partition of the logical volume is.
    enum Partition: Equatable {
        case plain
        /// So many of its packets lie elsewhere, and nonsense lies in their place (UDF 2.2.9).
        case sparable(movedPacketCount: Int)
        /// With a copy of the metadata or without (UDF 2.2.10).
        case metadata(hasMirror: Bool)
    }

    /// How a file is kept.
    enum Form: CaseIterable {
        /// In its entry (4/14.6.8).
        case embedded
        /// By short, long and extended descriptors (4/14.14.1 to 4/14.14.3).
        case short, long, extended
        /// In pieces that lie in another order.
        case fragmented
        /// The same, whose descriptors go on in another block after each (4/14.5).
        case chained
        /// With a run that was never recorded in its middle (4/14.14.1.1).
        case sparse
    }

    /// A file of the volume.
    struct File {
        let path: String
        let bytes: [UInt8]
        let form: Form
    }

    var partition = Partition.plain
    var blockByteCount = 2048
    var revision: UInt16 = 0x0201
    var hasExtendedEntries = false
    var files: [File] = []
    /// What is in the identifier of a virtual or an unknown partition; nil for one of ``partition``.
    var otherPartition: String?

    /// Where everything lies, in blocks.
    enum Place {
        static let (main, reserve, tables) = (UInt32(264), UInt32(280), [UInt32(300), UInt32(340)])
        static let spare: UInt32 = 384
        static let partition: UInt32 = 1024
        /// In the partition: the entries of the files of metadata, the metadata and its copy, and the content.
        static let (file, mirrorFile, first, second, copy, content) = (
            UInt32(0), UInt32(1), UInt32(32), UInt32(416), UInt32(800), UInt32(1600)
        )
        static let halfCount = 384
    }

    static let packet = 32

    // What is built: the blocks of metadata, and of content.
    var meta: [[UInt8]] = []
    var content: [UInt8] = []

    init() {}

    var isMetadata: Bool { if case .metadata = partition { true } else { false } }
    var metaPartition: UInt16 { isMetadata ? 1 : 0 }
    var metaBase: UInt32 { isMetadata ? 0 : Place.first }
    func number(_ index: Int) -> UInt32 { metaBase + UInt32(index) }

    // MARK: Descriptors

    func sealed(_ tag: UDFTag, at location: UInt32, byteCount: Int, _ fill: (inout UDFDescriptors) -> Void)
        -> [UInt8]
    {
        var descriptors = UDFDescriptors()
        descriptors.begin([UInt8](repeating: 0, count: blockByteCount)[...])
        fill(&descriptors)
        descriptors.seal(tag, location: location, byteCount: byteCount)
        return descriptors.bytes
    }

    static func long(_ byteCount: UInt32, _ block: UInt32, _ partition: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: byteCount)
        bytes.append(littleEndian: block)
        bytes.append(littleEndian: partition)
        return bytes + [UInt8](repeating: 0, count: 6)
    }

    /// An extent as `form` writes it.
    private func descriptor(_ form: Form, kind: UInt32 = 0, _ byteCount: Int, _ block: UInt32, _ partition: UInt16)
        -> [UInt8]
    {
        let length = UInt32(byteCount) | kind << 30
        switch form {
        case .extended:
            var bytes: [UInt8] = []
            for value in [length, UInt32(byteCount), UInt32(byteCount), block] { bytes.append(littleEndian: value) }
            bytes.append(littleEndian: partition)
            return bytes + [0, 0]
        case .short where !isMetadata: return Array(Self.long(length, block, 0).prefix(8))
        default: return Self.long(length, block, partition)
        }
    }

    private func allocation(_ form: Form) -> UInt16 {
        switch form {
        case .embedded: 3
        case .extended: 2
        case .short where !isMetadata: 0
        default: 1
        }
    }

    /// The entry of a file or folder (4/14.9, 4/14.17).
    func entry(
        type: UInt8, form: Form, byteCount: Int, descriptors: [UInt8], at block: UInt32
    ) -> [UInt8] {
        let start = hasExtendedEntries ? 216 : 176
        return sealed(
            hasExtendedEntries ? .extendedFileEntry : .fileEntry, at: block, byteCount: start + descriptors.count
        ) {
            $0.put(UInt16(4), at: 20)
            $0.put(UInt16(1), at: 24)
            $0.put(type, at: 27)
            $0.put(allocation(form), at: 34)
            $0.put(UInt32(0b00101_00101_00101), at: 44)
            $0.put(UInt16(1), at: 48)
            $0.put(UInt64(byteCount), at: 56)
            let time = UDFDescriptors.field(Timestamp(unixSeconds: 1_600_000_000))
            $0.put(time, at: hasExtendedEntries ? 92 : 84)
            $0.put(UInt32(descriptors.count), at: hasExtendedEntries ? 212 : 172)
            $0.put(descriptors, at: start)
        }
    }

    // MARK: Files

    func blocks(_ byteCount: Int) -> Int { (byteCount + blockByteCount - 1) / blockByteCount }

    /// Gives `bytes` blocks of their own; the number of the first.
    private mutating func store(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let block = Place.content + UInt32(content.count / blockByteCount)
        content += bytes
        content += [UInt8](repeating: 0, count: blocks(bytes.count) * blockByteCount - bytes.count)
        return block
    }

    /// Gives a descriptor a block of metadata; its number there.
    mutating func reserve() -> Int {
        meta.append([UInt8](repeating: 0, count: blockByteCount))
        return meta.count - 1
    }

    private mutating func add(_ file: File) -> UInt32 {
        let own = reserve()
        func whole(_ form: Form, _ block: UInt32) -> [UInt8] { descriptor(form, file.bytes.count, block, 0) }
        var list: [UInt8]
        let room = blockByteCount - 216
        var form = file.form
        switch form {
        case .embedded where file.bytes.count <= room: list = file.bytes
        case .embedded:
            form = .long
            list = whole(form, store(file.bytes[...]))
        case .short, .long, .extended: list = file.bytes.isEmpty ? [] : whole(form, store(file.bytes[...]))
        case .fragmented, .chained, .sparse:
            let middle = file.bytes.count / 2 / blockByteCount * blockByteCount
            let (first, last) = (file.bytes[..<middle], file.bytes[middle...])
            // The last comes first.
            let place = store(last)
            let start = descriptor(form, middle, middle > 0 ? store(first) : 0, 0)
            let end = descriptor(form, last.count, place, 0)
            if form == .sparse {
                let hole = descriptor(form, kind: 2, file.holeByteCount(blockByteCount), 0, 0)
                list = (middle > 0 ? start : []) + hole + (last.isEmpty ? [] : end)
            } else if form == .chained, middle > 0 {
                let next = reserve()
                meta[next] = sealed(.allocationExtent, at: number(next), byteCount: 24 + end.count) {
                    $0.put(UInt32(end.count), at: 20)
                    $0.put(end, at: 24)
                }
                list = start + descriptor(form, kind: 3, blockByteCount, number(next), metaPartition)
            } else {
                list = (middle > 0 ? start : []) + (last.isEmpty ? [] : end)
            }
        }
        let byteCount = file.bytes.count + (form == .sparse ? file.holeByteCount(blockByteCount) : 0)
        meta[own] = entry(type: 5, form: form, byteCount: byteCount, descriptors: list, at: number(own))
        return number(own)
    }

    /// An identifier in a folder (4/14.4).
    private func identifier(_ name: String, flags: UInt8, _ block: UInt32, at location: UInt32) -> [UInt8] {
        let text = flags & 8 != 0 ? [] : UDFText.encoded(name)
        let byteCount = (38 + text.count + 3) / 4 * 4
        return Array(
            sealed(.fileIdentifier, at: location, byteCount: byteCount) {
                $0.put(UInt16(1), at: 16)
                $0.put(flags, at: 18)
                $0.put(UInt8(text.count), at: 19)
                $0.put(Self.long(UInt32(blockByteCount), block, metaPartition), at: 20)
                $0.put(text, at: 38)
            }.prefix(byteCount))
    }

    /// Adds the folder that is called `path`, and all in it; a folder's names lie in its entry where they fit.
    mutating func addFolder(_ path: String, parent: UInt32?) -> UInt32 {
        let own = reserve()
        let prefix = path.isEmpty ? "" : path + "/"
        var names: [String] = []
        for file in files where file.path.hasPrefix(prefix) {
            let name = String(file.path.dropFirst(prefix.count).prefix { $0 != "/" })
            if !names.contains(name) { names.append(name) }
        }
        var bytes = identifier("", flags: 0b1010, parent ?? number(own), at: number(own))
        // What was deleted has a name and may lead anywhere.
        bytes += identifier("gone.txt", flags: 0b0100, .max, at: number(own))
        for name in names {
            if let file = files.first(where: { $0.path == prefix + name }) {
                bytes += identifier(name, flags: 0, add(file), at: number(own))
            } else {
                bytes += identifier(name, flags: 0b10, addFolder(prefix + name, parent: number(own)), at: number(own))
            }
        }
        if bytes.count <= blockByteCount - 216 {
            meta[own] = entry(type: 4, form: .embedded, byteCount: bytes.count, descriptors: bytes, at: number(own))
        } else {
            let first = meta.count
            for start in stride(from: 0, to: bytes.count, by: blockByteCount) {
                let part = bytes[start..<min(bytes.count, start + blockByteCount)]
                meta.append(Array(part) + [UInt8](repeating: 0, count: blockByteCount - part.count))
            }
            let list = descriptor(.long, bytes.count, number(first), metaPartition)
            meta[own] = entry(type: 4, form: .long, byteCount: bytes.count, descriptors: list, at: number(own))
        }
        return number(own)
    }
}

extension UDFImageBuilder.File {
    /// The bytes of the hole in the middle of a sparse file.
    func holeByteCount(_ blockByteCount: Int) -> Int { 8 * blockByteCount }

    /// What is read of it.
    func content(_ blockByteCount: Int) -> [UInt8] {
        guard form == .sparse else { return bytes }
        let middle = bytes.count / 2 / blockByteCount * blockByteCount
        return bytes[..<middle] + [UInt8](repeating: 0, count: holeByteCount(blockByteCount)) + bytes[middle...]
    }
}
