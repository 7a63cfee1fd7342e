// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support

/// The generations that a UEFI program states in its section `.sbat` (github.com/rhboot/shim, SBAT.md).
enum SecurityLevels {
    private static let byteCountLimit = 1 << 16

    /// The components of `program` with their generations, but for the line about the format itself.
    static func levels(of program: [UInt8]) -> [(component: String, generation: Int)] {
        guard let section = PortableExecutable(program)?.section(".sbat") else { return [] }
        let text = String(decoding: section.prefix(byteCountLimit).prefix { $0 != 0 }, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 2, fields[0] != "sbat", let generation = Int(fields[1]) else { return nil }
            return (String(fields[0]).onOneLine, generation)
        }
    }
}
