// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The smallest UEFI program that osslsigncode signs: headers and one section that returns.
struct TinyProgram {
    static let x86: UInt16 = 0x014C
    static let x64: UInt16 = 0x8664
    static let arm64: UInt16 = 0xAA64

    /// Where the PE signature is.
    static let headerOffset = 64
    /// The program for `machine`; `marker` tells one from another.
    static func bytes(machine: UInt16 = x64, marker: String = "") -> [UInt8] {
        let isPE32 = machine == x86
        let optionalLength: UInt16 = isPE32 ? 224 : 240
        var bytes: [UInt8] = Array("MZ".utf8) + Array(repeating: 0, count: 58)
        bytes.append(littleEndian: UInt32(headerOffset))
        bytes += Array("PE\0\0".utf8)
        bytes.append(littleEndian: machine)
        bytes.append(littleEndian: UInt16(1))  // sections
        bytes += Array(repeating: 0, count: 12)
        bytes.append(littleEndian: optionalLength)
        bytes.append(littleEndian: UInt16(0x0022))
        var optional: [UInt8] = []
        optional.append(littleEndian: UInt16(isPE32 ? 0x10B : 0x20B))
        optional += Array(repeating: 0, count: 14)
        for value in [0x1000, 0x1000] as [UInt32] { optional.append(littleEndian: value) }  // entry point, code
        optional += Array(repeating: 0, count: 8)  // PE32: data and image base; PE32+: image base
        for value in [0x1000, 0x200] as [UInt32] { optional.append(littleEndian: value) }  // alignments
        optional += Array(repeating: 0, count: 16)
        for value in [0x2000, 0x200, 0] as [UInt32] { optional.append(littleEndian: value) }  // lengths, checksum
        optional.append(littleEndian: UInt16(10))  // EFI application
        optional += Array(repeating: 0, count: 2 + (isPE32 ? 16 : 32) + 4)
        optional.append(littleEndian: UInt32(16))  // data directories
        optional += Array(repeating: 0, count: 16 * 8)
        precondition(optional.count == Int(optionalLength))
        bytes += optional
        bytes += Array(".text\0\0\0".utf8)
        for value in [0x200, 0x1000, 0x200, 0x200] as [UInt32] { bytes.append(littleEndian: value) }
        bytes += Array(repeating: 0, count: 12)
        bytes.append(littleEndian: UInt32(0x6000_0020))
        bytes += Array(repeating: 0, count: 0x200 - bytes.count)
        let code = [0xC3] + Array(marker.utf8)
        return bytes + code + Array(repeating: 0, count: 0x200 - code.count)
    }

    /// Where the optional header of a PE32+ program ends.
    static let headersEnd = headerOffset + 24 + 240
    /// Where a PE32+ program says where its certificate table is: offset, length.
    static let certificateDirectory = headerOffset + 24 + 112 + 4 * 8

    /// The PE32+ `program` with `table` as its certificate table.
    static func adding(certificateTable table: [UInt8], to program: [UInt8]) -> [UInt8] {
        var directory: [UInt8] = []
        directory.append(littleEndian: UInt32(program.count))
        directory.append(littleEndian: UInt32(table.count))
        var bytes = program + table
        bytes.replaceSubrange(certificateDirectory..<certificateDirectory + 8, with: directory)
        return bytes
    }
}
