// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension PortableExecutable {
    /// Where the checksum is in the optional header, of PE32 and of PE32+.
    private static let checksumOffset = 64
    private static let checksumLength = 4
    /// Where the optional header says how many bytes all headers have (SizeOfHeaders).
    private static let headersLengthOffset = 60

    /// The digest that a signature of the program is made over ("Windows Authenticode Portable Executable Signature
    /// Format", 2008, "Calculating the PE Image Hash"); nil when headers and sections do not lie in the file.
    ///
    /// It is what UEFI firmware computes: all headers without the checksum and the place of the certificate table, the
    /// sections in the order in which they lie in the file, and what follows them before that table.
    func signatureDigest(_ algorithm: HashAlgorithm) -> [UInt8]? { hashedParts.map { algorithm.digest(of: $0) } }

    private var hashedParts: [ArraySlice<UInt8>]? {
        let checksum = optionalHeader + Self.checksumOffset
        guard let length = reader.littleEndian(UInt32.self, at: optionalHeader + Self.headersLengthOffset),
            case let headersLength = Int(length), let start = reader.slice(at: 0, length: checksum),
            let headers = headers(from: checksum + Self.checksumLength, to: headersLength),
            let sections = storedSections
        else { return nil }
        let tableLength = certificateTable.map { Int($0.length) } ?? 0
        // No more than the file has, however often its sections name the same bytes.
        let hashed = sections.reduce(headersLength) { $0 + $1.count }
        guard hashed <= reader.count - tableLength,
            let rest = reader.slice(at: hashed, length: reader.count - tableLength - hashed)
        else { return nil }
        return [start] + headers + sections + [rest]
    }

    /// The headers from `start` to `end` without the place of the certificate table.
    private func headers(from start: Int, to end: Int) -> [ArraySlice<UInt8>]? {
        guard let place = certificatePlace else { return reader.slice(at: start, length: end - start).map { [$0] } }
        guard let before = reader.slice(at: start, length: place - start),
            let after = reader.slice(at: place + Self.directoryLength, length: end - place - Self.directoryLength)
        else { return nil }
        return [before, after]
    }

    /// The sections that have bytes in the file, in the order in which these lie there; nil when one is not all there.
    private var storedSections: [ArraySlice<UInt8>]? {
        var stored: [(offset: Int, bytes: ArraySlice<UInt8>)] = []
        for number in 0..<sections.count {
            let header = sections.offset + number * Self.sectionHeaderLength
            guard let length = reader.littleEndian(UInt32.self, at: header + 16),
                let offset = reader.littleEndian(UInt32.self, at: header + 20)
            else { return nil }
            guard length > 0 else { continue }
            guard let bytes = reader.slice(at: Int(offset), length: Int(length)) else { return nil }
            stored.append((Int(offset), bytes))
        }
        return stored.sorted { $0.offset < $1.offset }.map(\.bytes)
    }
}
