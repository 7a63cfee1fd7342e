// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The generations that a UEFI program states in its section `.sbat` (github.com/rhboot/shim, SBAT.md).
enum SecurityLevels {
    private static let byteCountLimit = 1 << 16

    /// The components of `program` with their generations, but for the line about the format itself.
    static func levels(of program: [UInt8]) -> [(component: String, generation: Int)] {
        guard let section = PESections(program)?.section(".sbat") else { return [] }
        let text = String(decoding: section.prefix(byteCountLimit).prefix { $0 != 0 }, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 2, fields[0] != "sbat", let generation = Int(fields[1]) else { return nil }
            return (String(fields[0]).onOneLine, generation)
        }
    }
}

/// The sections of a UEFI program by name ("PE Format", learn.microsoft.com/windows/win32/debug/pe-format).
struct PESections {
    private static let headerByteCount = 40
    private static let nameByteCount = 8

    private let reader: ByteReader
    private let sections: Range<Int>
    private let start: Int

    /// Reads the headers of `bytes`; nil when they are no program.
    init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard reader.littleEndian(UInt16.self, at: 0) == 0x5A4D,
            let header = reader.littleEndian(UInt32.self, at: 0x3C).map({ Int($0) }),
            reader.littleEndian(UInt32.self, at: header) == 0x4550,
            let count = reader.littleEndian(UInt16.self, at: header + 6),
            let optional = reader.littleEndian(UInt16.self, at: header + 20)
        else { return nil }
        self.reader = reader
        sections = 0..<Int(count)
        start = header + 24 + Int(optional)
    }

    /// The bytes of the section `name`; nil when there is none.
    func section(_ name: String) -> ArraySlice<UInt8>? {
        let wanted = Array(name.utf8) + [UInt8](repeating: 0, count: max(0, Self.nameByteCount - name.utf8.count))
        for number in sections {
            let header = start + number * Self.headerByteCount
            guard let found = reader.slice(at: header, length: Self.nameByteCount), found.elementsEqual(wanted) else {
                continue
            }
            guard let used = reader.littleEndian(UInt32.self, at: header + 8),
                let stored = reader.littleEndian(UInt32.self, at: header + 16),
                let offset = reader.littleEndian(UInt32.self, at: header + 20)
            else { return nil }
            return reader.slice(at: Int(offset), length: Int(min(used, stored)))
        }
        return nil
    }
}
