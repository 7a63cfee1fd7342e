// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// What an archive says of the files of an image: its metadata resource, taken apart.
///
/// A table of security descriptors, then an entry (DIRENTRY of "Windows Imaging File Format", Microsoft, 2007, with what
/// wimlib 1.13 reads besides) for the root and a list of entries for each folder. Every number comes from outside and is
/// held against the bytes that there are. Entries are numbered from the root, 0, level by level, so that those of one
/// folder follow each other.
struct ImageMetadata: Sendable {
    /// Fields of an entry, by their place in it.
    enum Field {
        static let attributes = 8
        static let securityNumber = 12
        static let childrenOffset = 16
        static let times = 40
        static let hash = 64
        static let unknown = 84
        /// The tag and the flags of a reparse point, else the number of a group of hard links.
        static let reparseOrLinkGroup = 88
        static let streamCount = 96
        static let shortNameByteCount = 98
        static let nameByteCount = 100
        static let name = 102
    }

    /// Fields of a further stream, which follows its entry.
    enum StreamField {
        static let hash = 16
        static let nameByteCount = 36
        static let name = 38
    }

    /// More bytes than an image of four million files has.
    static let byteLimit: Int64 = 1 << 30
    /// Windows has no path of more UTF-16 units than 32,767, and every folder takes two of them.
    private static let depthLimit = 16_383
    /// What ends the list of a folder: an entry without length.
    static let listEndByteCount = 8

    let bytes: [UInt8]
    /// The bytes of the table of security descriptors, and what fills it up to a multiple of 8.
    let securityByteCount: Int
    /// Where each security descriptor is.
    let descriptors: [Range<Int>]
    /// Where each entry is, and the bytes that it takes with its further streams.
    private var offsets: [UInt32] = []
    private var byteCounts: [UInt32] = []
    /// The numbers of the entries of each folder.
    private var firstChildren: [UInt32] = []
    private var childCounts: [UInt32] = []
    /// The numbers of all entries but the root, those of each folder ordered by name.
    private var namesakes: [UInt32] = []

    /// Takes the metadata of the image that errors call `name` apart.
    ///
    /// - Throws: ``WindowsImagingError``: `.damaged`; `.hostileName` for names that no file has.
    init(_ bytes: [UInt8], name: String) throws(WindowsImagingError) {
        func damaged(_ problem: DiagnosticText) -> WindowsImagingError {
            WindowsImagingError(
                .damaged, "\(name)", "has a list of files that is not sound: \(problem)",
                nextStep: "get a fresh copy of it")
        }
        self.bytes = bytes
        guard Int64(bytes.count) <= Self.byteLimit, let table = Self.securityTable(ByteReader(bytes)) else {
            throw damaged("its table of security descriptors goes past its end")
        }
        (securityByteCount, descriptors) = table
        guard let root = entry(at: securityByteCount), isFolder(root.offset) else {
            throw damaged("it begins with no folder")
        }
        add(root)
        // Entries are apart from each other, so that all of them together are no larger than what holds them: whatever
        // lists go round in a circle end here.
        var total = root.byteCount
        var level = 0..<1
        for _ in 0..<Self.depthLimit {
            for folder in level where isFolder(number: folder) && childrenOffset(of: folder) != 0 {
                firstChildren[folder] = UInt32(offsets.count)
                guard var position = Int(exactly: childrenOffset(of: folder)) else {
                    throw damaged("a folder's list is past its end")
                }
                while true {
                    guard let length: UInt64 = reader.littleEndian(at: position) else {
                        throw damaged("a folder's list is past its end")
                    }
                    guard length > UInt64(Self.listEndByteCount) else { break }
                    guard let next = entry(at: position) else { throw damaged("an entry goes past its end") }
                    total += next.byteCount
                    guard total <= bytes.count else { throw damaged("folders of it hold each other") }
                    add(next)
                    position += next.byteCount
                }
                childCounts[folder] = UInt32(offsets.count) - firstChildren[folder]
            }
            guard level.upperBound < offsets.count else { break }
            level = level.upperBound..<offsets.count
        }
        guard level.upperBound == offsets.count else {
            throw damaged("folders of it lie \(Self.depthLimit) deep, which no Windows has")
        }
        try orderNames(name)
    }

    private mutating func add(_ entry: (offset: Int, byteCount: Int)) {
        offsets.append(UInt32(entry.offset))
        byteCounts.append(UInt32(entry.byteCount))
        firstChildren.append(0)
        childCounts.append(0)
    }

    private var reader: ByteReader { ByteReader(bytes) }

    // MARK: Parsing

    /// The length of the table, the number of descriptors, the size of each, and then they.
    private static func securityTable(_ reader: ByteReader) -> (byteCount: Int, descriptors: [Range<Int>])? {
        guard let length: UInt32 = reader.littleEndian(at: 0), let count: UInt32 = reader.littleEndian(at: 4) else {
            return nil
        }
        // Some archives leave the length out where there are no descriptors.
        let end = max(8, Int(length))
        guard end <= reader.count, Int(count) <= (end - 8) / 8 else { return nil }
        var descriptors: [Range<Int>] = []
        descriptors.reserveCapacity(Int(count))
        var position = 8 + 8 * Int(count)
        for number in 0..<Int(count) {
            guard let size = reader.littleEndian(UInt64.self, at: 8 + 8 * number), size <= UInt64(end - position) else {
                return nil
            }
            descriptors.append(position..<position + Int(size))
            position += Int(size)
        }
        let byteCount = Self.aligned(end)
        return byteCount <= reader.count ? (byteCount, descriptors) : nil
    }

    static func aligned(_ byteCount: Int) -> Int { (byteCount + 7) & ~7 }

    /// The entry at `offset` with the bytes that it takes together with its streams; nil when it is not all there.
    private func entry(at offset: Int) -> (offset: Int, byteCount: Int)? {
        guard
            let byteCount = record(
                at: offset, nameField: Field.name,
                nameByteCounts: [
                    Field.nameByteCount, Field.shortNameByteCount,
                ]), let streamCount = reader.littleEndian(UInt16.self, at: offset + Field.streamCount)
        else { return nil }
        var end = offset + byteCount
        for _ in 0..<Int(streamCount) {
            guard
                let byteCount = record(
                    at: end, nameField: StreamField.name, nameByteCounts: [StreamField.nameByteCount])
            else { return nil }
            end += byteCount
        }
        return (offset, end - offset)
    }

    /// The bytes of a record that begins with its length and ends with names; nil when they are not all there.
    private func record(at offset: Int, nameField: Int, nameByteCounts: [Int]) -> Int? {
        guard let length: UInt64 = reader.littleEndian(at: offset), length <= UInt64(bytes.count),
            Self.aligned(Int(length)) <= bytes.count - offset
        else { return nil }
        var needed = nameField
        for field in nameByteCounts {
            guard let byteCount: UInt16 = reader.littleEndian(at: offset + field), byteCount.isMultiple(of: 2) else {
                return nil
            }
            // A name that is there ends with a NUL, which its length leaves out; that of a stream may lack it.
            let ending = nameField == Field.name && byteCount > 0 ? 2 : 0
            needed += Int(byteCount) + ending
        }
        return needed <= Int(length) ? Self.aligned(Int(length)) : nil
    }

    /// Orders the entries of each folder by name, and refuses names that no file has.
    private mutating func orderNames(_ image: String) throws(WindowsImagingError) {
        func hostile(_ name: String, _ problem: DiagnosticText) -> WindowsImagingError {
            WindowsImagingError(
                .hostileName, "\(image)", "has a file of the name '\(name)', \(problem)",
                nextStep: "get the image from a source you trust")
        }
        var order = Array(UInt32(0)..<UInt32(offsets.count))
        for folder in offsets.indices where childCounts[folder] > 0 {
            let children = children(of: folder)
            bytes.withUnsafeBytes { bytes in
                order[children].sort { left, right in
                    let (left, right) = (nameRange(of: Int(left)), nameRange(of: Int(right)))
                    return bytes[left].lexicographicallyPrecedes(bytes[right])
                }
            }
            var previous: Range<Int>?
            for number in order[children] {
                let range = nameRange(of: Int(number))
                if let problem = Self.problem(ofName: bytes[range]) {
                    throw hostile(self.name(of: Int(number)), problem)
                }
                if let previous, bytes[previous] == bytes[range] {
                    throw hostile(self.name(of: Int(number)), "which its folder has twice")
                }
                previous = range
            }
        }
        namesakes = order
    }

    /// Why a name in UTF-16 cannot be that of a file (MS-FSCC 2.1.5); nil when it can.
    private static func problem(ofName name: ArraySlice<UInt8>) -> DiagnosticText? {
        if name.isEmpty { return "which is empty" }
        var dots = 0
        var unitCount = 0
        for index in stride(from: name.startIndex, to: name.endIndex, by: 2) {
            unitCount += 1
            guard name[index + 1] == 0 else { continue }
            switch name[index] {
            case 0, UInt8(ascii: "/"), UInt8(ascii: "\\"): return "which no file can have"
            case UInt8(ascii: "."): dots += 1
            default: break
            }
        }
        return dots == unitCount && dots <= 2 ? "which stands for a folder itself or the one above it" : nil
    }

    // MARK: Entries

    /// The number of entries, the root's included.
    var entryCount: Int { offsets.count }
    /// The numbers of all entries.
    var entries: Range<Int> { offsets.indices }

    /// Where entry `number` is.
    func offset(of number: Int) -> Int { Int(offsets[number]) }

    /// The bytes that entry `number` takes, its further streams included.
    func byteCount(of number: Int) -> Int { Int(byteCounts[number]) }

    /// The bytes of entry `number` and its further streams.
    func bytes(of number: Int) -> ArraySlice<UInt8> {
        bytes[offset(of: number)..<offset(of: number) + byteCount(of: number)]
    }

    /// The numbers of the entries in folder `number`, in the order of the archive.
    func children(of number: Int) -> Range<Int> {
        let first = Int(firstChildren[number])
        return first..<first + Int(childCounts[number])
    }

    /// The same, in the order of the bytes of their names.
    func orderedChildren(of number: Int) -> ArraySlice<UInt32> { namesakes[children(of: number)] }

    /// Where the archive has the list of folder `number`; 0 for none.
    func childrenOffset(of number: Int) -> UInt64 { load(number, Field.childrenOffset) }

    /// A field of entry `number`, which was found to be all there.
    func load<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ number: Int, _ field: Int) -> Value {
        reader.littleEndian(at: offset(of: number) + field) ?? 0
    }

    /// FILE_ATTRIBUTE_* of entry `number` (MS-FSCC 2.6).
    func attributes(of number: Int) -> UInt32 { load(number, Field.attributes) }

    /// Whether entry `number` is a folder that can hold others: a folder that is a reparse point stands for another place.
    func isFolder(number: Int) -> Bool { isFolder(offset(of: number)) }

    private func isFolder(_ offset: Int) -> Bool {
        let attributes: UInt32 = reader.littleEndian(at: offset + Field.attributes) ?? 0
        let kinds = UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY) | UInt32(WIMLIB_FILE_ATTRIBUTE_REPARSE_POINT)
        return attributes & kinds == UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY)
    }

    /// Whether entry `number` is a link, a junction or another reparse point.
    func isReparsePoint(_ number: Int) -> Bool {
        attributes(of: number) & UInt32(WIMLIB_FILE_ATTRIBUTE_REPARSE_POINT) != 0
    }

    /// The group of hard links that entry `number` is of; 0 for none.
    func linkGroup(of number: Int) -> UInt64 {
        isReparsePoint(number) ? 0 : load(number, Field.reparseOrLinkGroup)
    }

    /// Where the name of entry `number` is, in UTF-16.
    func nameRange(of number: Int) -> Range<Int> {
        let start = offset(of: number) + Field.name
        let byteCount: UInt16 = load(number, Field.nameByteCount)
        return start..<start + Int(byteCount)
    }

    /// Where the short name of entry `number` is, in UTF-16; empty when it has none.
    func shortNameRange(of number: Int) -> Range<Int> {
        let name = nameRange(of: number)
        let start = name.isEmpty ? name.upperBound : name.upperBound + 2
        let byteCount: UInt16 = load(number, Field.shortNameByteCount)
        return start..<start + Int(byteCount)
    }

    /// The name of entry `number`; halves of surrogates become replacement characters.
    func name(of number: Int) -> String { text(nameRange(of: number)) }

    func text(_ range: Range<Int>) -> String {
        let units = stride(from: range.lowerBound, to: range.upperBound, by: 2).lazy
            .map { UInt16(self.bytes[$0]) | UInt16(self.bytes[$0 + 1]) << 8 }
        return String(decoding: Array(units), as: UTF16.self)
    }

    /// Hands the name and the hash of every stream of entry `number` to `body`: what an entry says itself is of the stream
    /// without a name, or of a reparse point's data.
    func forEachStream(of number: Int, _ body: (_ name: Range<Int>, _ hash: StreamHash) throws -> Void) rethrows {
        let start = offset(of: number)
        if let hash = StreamHash(reader, at: start + Field.hash) { try body(start..<start, hash) }
        let count: UInt16 = load(number, Field.streamCount)
        var position = start + Self.aligned(Int(load(number, 0) as UInt64))
        for _ in 0..<Int(count) {
            guard let hash = StreamHash(reader, at: position + StreamField.hash),
                let nameByteCount: UInt16 = reader.littleEndian(at: position + StreamField.nameByteCount),
                let length: UInt64 = reader.littleEndian(at: position)
            else { return }
            let name = position + StreamField.name
            try body(name..<name + Int(nameByteCount), hash)
            position += Self.aligned(Int(length))
        }
    }
}
