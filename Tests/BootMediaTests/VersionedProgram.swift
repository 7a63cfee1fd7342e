// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A program with a version resource ("PE Format", "The .rsrc Section"; VS_VERSIONINFO of verrsrc.h).
enum VersionedProgram {
    /// The program, whose file has the version of these four numbers.
    static func bytes(_ version: [UInt16]) -> [UInt8] {
        var program = TinyProgram.bytes()
        let resources = resources(version)
        // The one section is followed by that of the resources, which lies at 0x3000 in memory.
        let address: UInt32 = 0x3000
        let offset = UInt32(program.count)
        func put(_ value: UInt32, at place: Int) {
            var bytes: [UInt8] = []
            bytes.append(littleEndian: value)
            program.replaceSubrange(place..<place + 4, with: bytes)
        }
        program[TinyProgram.headerOffset + 6] = 2  // sections
        put(0x4000, at: TinyProgram.headerOffset + 24 + 56)  // SizeOfImage
        let directory = TinyProgram.headerOffset + 24 + 112 + 2 * 8
        put(address, at: directory)
        put(UInt32(resources.count), at: directory + 4)
        let header = TinyProgram.headersEnd + 40
        program.replaceSubrange(header..<header + 8, with: Array(".rsrc\0\0\0".utf8))
        let length = UInt32((resources.count + 0x1FF) / 0x200 * 0x200)
        for (place, value) in [UInt32(resources.count), address, length, offset].enumerated() {
            put(value, at: header + 8 + place * 4)
        }
        put(0x4000_0040, at: header + 36)
        return program + resources + [UInt8](repeating: 0, count: Int(length) - resources.count)
    }

    private static func resources(_ version: [UInt16]) -> [UInt8] {
        var bytes: [UInt8] = []
        func directory(id: UInt32, offset: UInt32) {
            for value in [0, 0, 0] as [UInt32] { bytes.append(littleEndian: value) }
            bytes.append(littleEndian: UInt16(0))
            bytes.append(littleEndian: UInt16(1))
            bytes.append(littleEndian: id)
            bytes.append(littleEndian: offset)
        }
        directory(id: 16, offset: 0x8000_0000 | 24)
        directory(id: 1, offset: 0x8000_0000 | 48)
        directory(id: 1033, offset: 72)
        let information = information(version)
        for value in [UInt32(0x3000 + 88), UInt32(information.count), 0, 0] { bytes.append(littleEndian: value) }
        return bytes + information
    }

    private static func information(_ version: [UInt16]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in [92, 52, 0] as [UInt16] { bytes.append(littleEndian: value) }
        bytes += Text.encodeUTF16LittleEndian("VS_VERSION_INFO\u{0}") + [0, 0]
        let numbers = [
            0xFEEF_04BD, 0x1_0000, UInt32(version[0]) << 16 | UInt32(version[1]),
            UInt32(version[2]) << 16 | UInt32(version[3]), 0, 0, 0x3F, 0, 0x4_0004, 1, 0, 0, 0,
        ]
        for number in numbers { bytes.append(littleEndian: number) }
        return bytes
    }
}
