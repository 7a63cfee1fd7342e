// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Damage at random in a file of any size, where its structures lie more often than elsewhere.
enum FileDamage {
    /// Where structures begin: sectors of boot records and volumes, and where headers of WIMs and INIs are.
    private static let headByteCount = 64 << 10
    /// Numbers at which arithmetic breaks.
    private static let numbers: [UInt64] = [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 62,
        .max >> 1, 1 << 63, .max,
    ]

    /// Changes the file at `path` in one to eight places, or cuts it short.
    static func apply(to path: FilePath, _ random: inout SeededGenerator) throws {
        let file = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
        try file.closeAfter {
            let byteCount = try file.seek(offset: 0, from: .end)
            guard byteCount > 0 else { return }
            if Int.random(in: 0..<16, using: &random) == 0 {
                try file.resize(to: Int64.random(in: 0..<byteCount, using: &random))
                return
            }
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = place(in: byteCount, &random)
                let patch = try patch(file, byteCount, &random).prefix(Int(min(byteCount - place, 4096)))
                _ = try file.writeAll(toAbsoluteOffset: place, patch)
            }
        }
    }

    private static func place(in byteCount: Int64, _ random: inout SeededGenerator) -> Int64 {
        let head = Int64(headByteCount)
        let ranges: [Range<Int64>] = [
            0..<min(byteCount, 4096), 0..<min(byteCount, head),
            min(byteCount - 1, 32 << 10)..<min(byteCount, 600 << 10),
            max(0, byteCount - head)..<byteCount, 0..<byteCount, min(byteCount - 1, 1 << 20)..<min(byteCount, 3 << 20),
        ]
        let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
        return Int64.random(in: range.isEmpty ? 0..<byteCount : range, using: &random)
    }

    private static func patch(
        _ file: FileDescriptor, _ byteCount: Int64, _ random: inout SeededGenerator
    ) throws -> [UInt8] {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return [.random(in: 0...255, using: &random)]
        case 1:
            let number = numbers[Int.random(in: 0..<numbers.count, using: &random)]
            let width = 1 << Int.random(in: 0..<4, using: &random)
            let bytes = withUnsafeBytes(of: number.littleEndian) { Array($0.prefix(width)) }
            return Bool.random(using: &random) ? bytes : bytes.reversed()
        case 2: return [UInt8](repeating: .random(in: 0...255, using: &random), count: 512)
        case 3: return (0..<Int.random(in: 1...64, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        default:
            // Other parts of the same file are sound where they do not belong.
            var bytes = [UInt8](repeating: 0, count: 512)
            let count = try bytes.withUnsafeMutableBytes {
                try file.read(fromAbsoluteOffset: .random(in: 0..<byteCount, using: &random), into: $0)
            }
            return Array(bytes.prefix(count))
        }
    }
}
