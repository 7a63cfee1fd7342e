// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// Opens an encrypted container without our code: openssl hashes, derives and decrypts (docs/formats/media.md section 1).
enum ContainerOracle {
    /// The text of the container `file` under `password`, or nil when openssl finds the padding or the text wrong.
    static func decrypt(_ file: FilePath, _ password: String) throws -> String? {
        let bytes = try SmallFile.read(file)
        func field(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard Array(bytes.prefix(4)) == [0x00, 0x00, 0xED, 0xEC], field(4) == 20, field(16) == 0x6610 else {
            return nil
        }
        let hash = try sha1(password.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        func half(_ pad: UInt8) throws -> [UInt8] {
            try sha1(hash.map { $0 ^ pad } + [UInt8](repeating: pad, count: 44))
        }
        let key = (try half(0x36) + half(0x5C)).prefix(32)
        let result = try Program.run(
            "openssl",
            ["enc", "-d", "-aes-256-cbc", "-K", key.hexadecimal(.lower), "-iv", String(repeating: "0", count: 32)],
            input: Array(bytes[24..<(24 + field(12))]))
        guard result.status == 0, result.outputBytes.count == field(8) else { return nil }
        let units = stride(from: 0, to: result.outputBytes.count, by: 2).map {
            UInt16(result.outputBytes[$0]) | UInt16(result.outputBytes[$0 + 1]) << 8
        }
        return String(validating: units, as: UTF16.self).flatMap { $0.hasPrefix("<?xml") ? $0 : nil }
    }

    private static func sha1(_ bytes: [UInt8]) throws -> [UInt8] {
        try Program.succeed("openssl", ["dgst", "-sha1", "-binary"], input: bytes).outputBytes
    }
}
