// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The sections of an ELF file for 64-bit little-endian machines (System V ABI, "Object Files").
struct ELFFile {
    private static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1]  // "\u{7F}ELF", ELFCLASS64, ELFDATA2LSB
    private static let sectionHeaderByteCount = 64
    private static let dynamicSection: UInt32 = 6  // SHT_DYNAMIC
    private static let neededTag: UInt64 = 1  // DT_NEEDED
    private static let dynamicEntryByteCount = 16
    private static let sectionLimit = 4_096

    private struct Section {
        let name: Int
        let type: UInt32
        let offset: Int
        let byteCount: Int
        let link: Int
    }

    private let reader: ByteReader
    private let sections: [Section]
    private let names: ArraySlice<UInt8>
    /// The machine it is for, as 62 for x86-64.
    let machine: UInt16

    /// Reads the sections of `bytes`; nil when they are no such file.
    init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard bytes.starts(with: Self.magic), let machine = reader.littleEndian(UInt16.self, at: 18),
            let start = reader.littleEndian(UInt64.self, at: 40).flatMap({ Int(exactly: $0) }),
            let count = reader.littleEndian(UInt16.self, at: 60).map({ Int($0) }), count <= Self.sectionLimit,
            let nameSection = reader.littleEndian(UInt16.self, at: 62).map({ Int($0) })
        else { return nil }
        var sections: [Section] = []
        for number in 0..<count {
            guard
                let header = start.addingChecked(number * Self.sectionHeaderByteCount)
                    .flatMap({ reader.slice(at: $0, length: Self.sectionHeaderByteCount) })
                    .map({ ByteReader($0) }),
                let name = header.littleEndian(UInt32.self, at: 0), let type = header.littleEndian(UInt32.self, at: 4),
                let offset = header.littleEndian(UInt64.self, at: 24).flatMap({ Int(exactly: $0) }),
                let byteCount = header.littleEndian(UInt64.self, at: 32).flatMap({ Int(exactly: $0) }),
                let link = header.littleEndian(UInt32.self, at: 40)
            else { return nil }
            sections.append(
                Section(name: Int(name), type: type, offset: offset, byteCount: byteCount, link: Int(link)))
        }
        self.reader = reader
        self.sections = sections
        self.machine = machine
        names =
            sections.indices.contains(nameSection)
            ? reader.slice(at: sections[nameSection].offset, length: sections[nameSection].byteCount) ?? [] : []
    }

    /// The bytes of the section `name`; nil when there is none.
    func section(_ name: String) -> ArraySlice<UInt8>? {
        guard let section = sections.first(where: { Self.text(names, at: $0.name) == name }) else { return nil }
        return reader.slice(at: section.offset, length: section.byteCount)
    }

    /// The shared libraries that it is linked with.
    var neededLibraries: [String] {
        guard let section = sections.first(where: { $0.type == Self.dynamicSection }),
            let entries = reader.slice(at: section.offset, length: section.byteCount).map({ ByteReader($0) }),
            sections.indices.contains(section.link),
            let texts = reader.slice(
                at: sections[section.link].offset, length: sections[section.link].byteCount)
        else { return [] }
        return stride(from: 0, to: entries.count, by: Self.dynamicEntryByteCount).compactMap { offset in
            guard entries.littleEndian(UInt64.self, at: offset) == Self.neededTag,
                let place = entries.littleEndian(UInt64.self, at: offset + 8).flatMap({ Int(exactly: $0) })
            else { return nil }
            return Self.text(texts, at: place)
        }
    }

    private static func text(_ table: ArraySlice<UInt8>, at offset: Int) -> String? {
        guard offset >= 0, offset < table.count else { return nil }
        return String(decoding: table.dropFirst(offset).prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension Int {
    /// The sum; nil when it does not fit.
    fileprivate func addingChecked(_ other: Int) -> Int? {
        let sum = addingReportingOverflow(other)
        return sum.overflow ? nil : sum.partialValue
    }
}
