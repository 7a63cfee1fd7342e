// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Fields of descriptors that are read.
enum UDFField {
    /// UDF 2.1.1: a compression identifier, 8 or 16 bits a character, then the characters.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        switch bytes.first {
        case UDFText.eightBits: VolumeDescriptors.decode(bytes.dropFirst(), .singleByte)
        case UDFText.sixteenBits: VolumeDescriptors.decode(bytes.dropFirst(), .utf16BigEndian)
        default: ""
        }
    }

    /// 1/7.2.12: a text in a field of fixed length, whose last byte is the length used.
    static func fixedText(_ bytes: ArraySlice<UInt8>) -> String { text(bytes.prefix(Int(bytes.last ?? 0))) }

    /// 1/7.3: type and zone, year, month, day, hour, minute, second, and parts of one; the zone in minutes when the type
    /// is 1.
    static func time(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let reader = ByteReader(bytes)
        let zoneAndType = reader.littleEndian(UInt16.self, at: 0) ?? 0
        // Twelve bits with a sign; -2047 means no zone.
        let zone = Int64(Int16(bitPattern: zoneAndType << 4) >> 4)
        let fields = (4..<12).map { Int64(reader.littleEndian(UInt8.self, at: $0) ?? 0) }
        let seconds = CivilTime.unixSeconds(
            year: Int64(reader.littleEndian(UInt16.self, at: 2) ?? 1970), month: fields[0], day: fields[1],
            hour: fields[2], minute: fields[3], second: fields[4])
        // Hundredths of a second, of those, and of those again; above 99 they are none.
        let parts = fields[5...].map { min($0, 99) }
        return Timestamp(
            unixSeconds: zoneAndType >> 12 == 1 && zone > -1441 ? seconds - zone * 60 : seconds,
            nanoseconds: parts.reduce(0) { $0 * 100 + $1 } * 1000)
    }
}
