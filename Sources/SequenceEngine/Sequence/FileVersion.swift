// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The version of a Windows program: the fixed part of its version resource.
enum FileVersion {
    /// VS_FIXEDFILEINFO begins with it (documented for the structure), in the order of its bytes.
    private static let signature: [UInt8] = [0xBD, 0x04, 0xEF, 0xFE]
    /// The version of the structure that follows: 1.0.
    private static let structureVersion: [UInt8] = [0, 0, 1, 0]
    /// Larger files count as files without a version.
    private static let byteCountLimit = 128 << 20

    /// Four numbers; nil for a file without a version.
    static func read(_ path: FilePath) -> [UInt16]? {
        guard let bytes = try? SmallFile.read(path, limit: byteCountLimit), bytes.starts(with: [0x4D, 0x5A]) else {
            return nil
        }
        let wanted = signature + structureVersion
        var index = 0
        while index + 16 <= bytes.count {
            if bytes[index] == wanted[0], bytes[index..<index + wanted.count].elementsEqual(wanted) {
                func number(_ offset: Int) -> UInt16 {
                    UInt16(bytes[index + offset]) | UInt16(bytes[index + offset + 1]) << 8
                }
                // dwFileVersionMS and dwFileVersionLS: the higher half of each comes first.
                return [number(10), number(8), number(14), number(12)]
            }
            // The resource's structures begin at multiples of four.
            index += 4
        }
        return nil
    }
}
