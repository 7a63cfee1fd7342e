// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Zstandard")
struct ZstandardWriterTests {
    /// What is compressed: bytes, or zeros.
    private enum Piece {
        case bytes([UInt8])
        case zeros(Int64)
    }

    private func compressed(_ pieces: [Piece], workerCount: Int) throws -> [UInt8] {
        var packed: [UInt8] = []
        let writer = try ZstandardWriter(workerCount: workerCount) { packed += $0 }
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): try bytes.withUnsafeBytes { try writer.write($0) }
            case .zeros(let count): try writer.writeZeros(count)
            }
        }
        try writer.finish()
        return packed
    }

    @Test("zstd finds what was compressed, zeros of any length too, and it is the same on any number of threads")
    func roundTrips() throws {
        var generator = SeededGenerator(seed: 19)
        let folder = try TestFolder()
        for number in 0..<4 {
            let pieces = (0..<6).map { index -> Piece in
                guard index.isMultiple(of: 2) else {
                    return .zeros(
                        Int64.random(in: 0...2 * Int64(ZstandardWriter.zeroFrameByteCount), using: &generator))
                }
                let count = Int.random(in: 0...300_000, using: &generator)
                return .bytes(
                    (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) ^ UInt8.random(in: 0...3, using: &generator) })
            }
            let packed = try compressed(pieces, workerCount: 1)
            #expect(try compressed(pieces, workerCount: 4) == packed)
            try folder.write(packed, to: "\(number).zst")
            let plain = try Program.succeed("zstd", ["--decompress", "--stdout", "\(number).zst"], in: folder.path)
                .outputBytes
            var expected: [UInt8] = []
            for piece in pieces {
                switch piece {
                case .bytes(let bytes): expected += bytes
                case .zeros(let count): expected += [UInt8](repeating: 0, count: Int(count))
                }
            }
            #expect(plain == expected, "\(number)")
        }
    }

    @Test("a flipped bit anywhere is found by the checksums")
    func checksums() throws {
        let packed = try compressed(
            [.bytes(Array("content".utf8)), .zeros(40 << 20), .bytes([1, 2, 3])], workerCount: 1)
        let folder = try TestFolder()
        for place in stride(from: 0, to: packed.count, by: max(1, packed.count / 40)) {
            var damaged = packed
            damaged[place] ^= 1
            try folder.write(damaged, to: "damaged.zst")
            let tested = try Program.run("zstd", ["--test", "--quiet", "damaged.zst"], in: folder.path)
            #expect(tested.status != 0, "byte \(place) of \(packed.count)")
        }
    }

    @Test("an error of the sink comes out")
    func sink() throws {
        struct Full: Error {}
        let writer = try ZstandardWriter(workerCount: 1) { _ in throw Full() }
        #expect(throws: Full.self) {
            try [UInt8](repeating: 1, count: 1 << 20).withUnsafeBytes { try writer.write($0) }
            try writer.finish()
        }
    }
}
