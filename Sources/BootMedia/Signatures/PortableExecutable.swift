// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import WindowsImaging

/// The headers of a portable executable ("PE Format", learn.microsoft.com/windows/win32/debug/pe-format).
public struct PortableExecutable: Sendable {
    private static let dosSignature: UInt16 = 0x5A4D  // "MZ"
    private static let signature: UInt32 = 0x0000_4550  // "PE\0\0"
    private static let headerOffsetField = 0x3C
    private static let coffHeaderLength = 20
    /// Offsets in the optional header: the number of data directories, by the header's magic number.
    private static let directoryCountOffsets: [UInt16: Int] = [0x10B: 92, 0x20B: 108]
    private static let certificateDirectory = 4
    static let sectionHeaderLength = 40
    private static let sectionNameLength = 8
    static let directoryLength = 8
    /// WIN_CERTIFICATE: dwLength, wRevision, wCertificateType, bCertificate; entries start on multiples of 8.
    private static let certificateHeaderLength = 8
    private static let certificateAlignment = 8
    private static let pkcsSignedData: UInt16 = 2  // WIN_CERT_TYPE_PKCS_SIGNED_DATA

    let reader: ByteReader
    /// Where the optional header begins.
    let optionalHeader: Int
    /// The COFF machine number, as 0x8664.
    public let machine: UInt16
    /// Where the certificate table is, or nil without one; the place is as the file says, not checked.
    let certificateTable: (offset: UInt32, length: UInt32)?
    /// Where the headers say where it is; nil when they have no place for that.
    let certificatePlace: Int?
    /// Where the data directories begin, and how many there are.
    private let directories: (offset: Int, count: Int)
    /// Where the section headers begin, and how many there are.
    let sections: (offset: Int, count: Int)

    /// Reads the headers of `bytes`, or returns nil when they are not a portable executable's.
    public init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard reader.littleEndian(at: 0) == Self.dosSignature,
            let start = reader.littleEndian(UInt32.self, at: Self.headerOffsetField).map({ Int($0) }),
            reader.littleEndian(at: start) == Self.signature,
            let machine = reader.littleEndian(UInt16.self, at: start + 4),
            let optionalLength = reader.littleEndian(UInt16.self, at: start + 4 + 16).map({ Int($0) })
        else { return nil }
        self.reader = reader
        self.machine = machine
        let optional = start + 4 + Self.coffHeaderLength
        optionalHeader = optional
        // The whole optional header must be there: a program cut short is not an unsigned one.
        guard reader.slice(at: optional, length: optionalLength) != nil,
            let magic = reader.littleEndian(UInt16.self, at: optional),
            let countOffset = Self.directoryCountOffsets[magic],
            let count = reader.littleEndian(UInt32.self, at: optional + countOffset)
        else { return nil }
        directories = (
            optional + countOffset + 4, min(Int(count), max(0, optionalLength - countOffset - 4) / Self.directoryLength)
        )
        sections = (
            optional + optionalLength, Int(reader.littleEndian(UInt16.self, at: start + 4 + 2) ?? 0)
        )
        let directory = countOffset + 4 + Self.certificateDirectory * Self.directoryLength
        guard count > Self.certificateDirectory, directory + Self.directoryLength <= optionalLength else {
            (certificateTable, certificatePlace) = (nil, nil)
            return
        }
        certificatePlace = optional + directory
        guard let offset = reader.littleEndian(UInt32.self, at: optional + directory),
            let length = reader.littleEndian(UInt32.self, at: optional + directory + 4), offset != 0 || length != 0
        else {
            certificateTable = nil
            return
        }
        certificateTable = (offset, length)
    }

    /// The architecture that ``machine`` stands for, or nil for one that no media is made for.
    public var architecture: Architecture? {
        // IMAGE_FILE_MACHINE_*: PE Format, "Machine Types".
        switch machine {
        case 0x014C: .x86
        case 0x8664: .x64
        case 0xAA64: .arm64
        default: nil
        }
    }

    /// The bytes that data directory `number` stands for; nil when there is none, or it is not all in the file.
    func contents(ofDirectory number: Int) -> ByteReader? {
        guard number < directories.count,
            let address = reader.littleEndian(UInt32.self, at: directories.offset + number * Self.directoryLength),
            let length = reader.littleEndian(UInt32.self, at: directories.offset + number * Self.directoryLength + 4),
            length > 0
        else { return nil }
        return contents(at: address, length: Int(length))
    }

    /// The `length` bytes that lie at `address` when the program is loaded; nil when they are not all in one section of the
    /// file.
    func contents(at address: UInt32, length: Int) -> ByteReader? {
        for number in 0..<sections.count {
            let header = sections.offset + number * Self.sectionHeaderLength
            guard let start = reader.littleEndian(UInt32.self, at: header + 12),
                let stored = reader.littleEndian(UInt32.self, at: header + 16),
                let offset = reader.littleEndian(UInt32.self, at: header + 20)
            else { return nil }
            guard address >= start, Int(address - start) + length <= Int(stored) else { continue }
            return reader.slice(at: Int(offset) + Int(address - start), length: length).map { ByteReader($0) }
        }
        return nil
    }

    /// The bytes of the section called `name`; nil when there is none, or it is not all in the file.
    public func section(_ name: String) -> ArraySlice<UInt8>? {
        for number in 0..<sections.count {
            let header = sections.offset + number * Self.sectionHeaderLength
            guard self.name(ofSectionAt: header)?.elementsEqual(name.utf8) == true else { continue }
            guard let used = reader.littleEndian(UInt32.self, at: header + 8),
                let stored = reader.littleEndian(UInt32.self, at: header + 16),
                let offset = reader.littleEndian(UInt32.self, at: header + 20)
            else { return nil }
            return reader.slice(at: Int(offset), length: Int(min(used, stored)))
        }
        return nil
    }

    /// The name in a section header: up to eight bytes, or a slash and where in the table of strings a longer one begins,
    /// as linkers of GNU write it.
    private func name(ofSectionAt header: Int) -> ArraySlice<UInt8>? {
        guard let short = reader.slice(at: header, length: Self.sectionNameLength)?.prefix(while: { $0 != 0 }) else {
            return nil
        }
        guard short.first == UInt8(ascii: "/"),
            let offset = Int(String(decoding: short.dropFirst(), as: UTF8.self)), offset >= 0,
            let symbols = reader.littleEndian(UInt32.self, at: symbolTablePlace),
            let count = reader.littleEndian(UInt32.self, at: symbolTablePlace + 4)
        else { return short }
        let start = Int(symbols) + Int(count) * Self.symbolLength + offset
        guard let rest = reader.slice(at: start, length: max(0, min(Self.longNameLimit, reader.count - start))) else {
            return short
        }
        return rest.prefix { $0 != 0 }
    }

    /// Where the COFF header says where its symbols are, and how many: the table of strings follows them.
    private var symbolTablePlace: Int { optionalHeader - Self.coffHeaderLength + 8 }
    private static let symbolLength = 18
    private static let longNameLimit = 256

    /// The PKCS #7 structures of the certificate table, in order; empty for an unsigned program.
    ///
    /// The padding after a structure may be part of it. Nil when the table does not lie in the file or its entries do
    /// not fill it.
    var signedData: [ArraySlice<UInt8>]? {
        guard let certificateTable else { return [] }
        guard let table = reader.slice(at: Int(certificateTable.offset), length: Int(certificateTable.length)) else {
            return nil
        }
        let entries = ByteReader(table)
        var found: [ArraySlice<UInt8>] = []
        var offset = 0
        while offset < entries.count {
            guard let length = entries.littleEndian(UInt32.self, at: offset).map({ Int($0) }),
                length >= Self.certificateHeaderLength,
                let type = entries.littleEndian(UInt16.self, at: offset + 6),
                let certificate = entries.slice(
                    at: offset + Self.certificateHeaderLength, length: length - Self.certificateHeaderLength)
            else { return nil }
            if type == Self.pkcsSignedData { found.append(certificate) }
            // At most 2^32 past an offset inside the file.
            offset += (length + Self.certificateAlignment - 1) / Self.certificateAlignment * Self.certificateAlignment
        }
        return found
    }
}
