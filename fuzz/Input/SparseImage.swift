// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A disc or a drive as an input: only the sectors that are not empty, so that damage meets structures, not emptiness.
///
/// The form: how many sectors there are (4 bytes, little-endian), then for each piece its sector (4 bytes), how many
/// sectors it has (1 byte, as many more as it says), and their bytes; a last piece may be cut short.
struct SparseImage {
    /// Bytes of a sector of the form.
    static let sectorByteCount = 512
    /// A longer image is none that is read: 256 MiB, which take no memory.
    static let sectorLimit: UInt32 = 1 << 19
    private static let headByteCount = 5

    /// Bytes at their place.
    struct Piece {
        let offset: Int64
        let bytes: ArraySlice<UInt8>
    }

    let byteCount: Int64
    private(set) var pieces: [Piece] = []

    /// Takes an input apart; any input is one.
    init(_ input: [UInt8]) {
        let reader = ByteReader(input)
        let sectorCount = (reader.littleEndian(UInt32.self, at: 0) ?? 0) % (Self.sectorLimit + 1)
        byteCount = Int64(sectorCount) * Int64(Self.sectorByteCount)
        var place = 4
        while let sector = reader.littleEndian(UInt32.self, at: place), input.count > place + Self.headByteCount {
            let length = (Int(input[place + 4]) + 1) * Self.sectorByteCount
            let start = place + Self.headByteCount
            let end = min(start + length, input.count)
            let offset = Int64(sector % max(1, sectorCount)) * Int64(Self.sectorByteCount)
            // The image keeps its length.
            let room = Int(min(Int64(end - start), byteCount - offset))
            if room > 0 { pieces.append(Piece(offset: offset, bytes: input[start..<start + room])) }
            place = end
        }
    }

    /// The input of which `image` comes; pieces behind `limit` bytes of input are left out.
    static func input(of image: [UInt8], limit: Int = 256 << 10) -> [UInt8] {
        let sectorCount = image.count / sectorByteCount
        var input: [UInt8] = []
        input.append(littleEndian: UInt32(min(sectorCount, Int(sectorLimit))))
        func isEmpty(_ sector: Int) -> Bool {
            image[sector * sectorByteCount..<(sector + 1) * sectorByteCount].allSatisfy { $0 == 0 }
        }
        var sector = 0
        while sector < sectorCount, input.count < limit {
            guard !isEmpty(sector) else {
                sector += 1
                continue
            }
            var end = sector + 1
            while end < sectorCount, end - sector < 256, !isEmpty(end) { end += 1 }
            input.append(littleEndian: UInt32(sector))
            input.append(UInt8(end - sector - 1))
            input += image[sector * sectorByteCount..<end * sectorByteCount]
            sector = end
        }
        return input
    }
}
