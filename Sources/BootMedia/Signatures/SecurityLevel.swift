// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The generation of a component of a UEFI program, which goes up when a hole in it is mended.
///
/// Programs state them in their section `.sbat` (github.com/rhboot/shim, SBAT.md).
public struct SecurityLevel: Sendable, Hashable, Encodable {
    /// The component, as `shim` or `grub.debian`.
    public let component: String
    /// Its generation, which whoever starts it may refuse when it is too old.
    public let generation: Int

    /// Genuine sections have less than 4 KiB.
    static let byteCountLimit = 1 << 16
    /// What the first line is about: the format itself.
    static let formatName = "sbat"

    /// The components of `program` with their generations, but for the line about the format itself.
    public static func levels(of program: [UInt8]) -> [SecurityLevel] {
        PortableExecutable(program).map(levels) ?? []
    }

    static func levels(of program: PortableExecutable) -> [SecurityLevel] {
        guard let section = program.section(".sbat") else { return [] }
        return levels(inLines: section.prefix(byteCountLimit).prefix { $0 != 0 })
    }

    /// The components of lines as `shim,4,...`.
    static func levels(inLines bytes: ArraySlice<UInt8>) -> [SecurityLevel] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 2, fields[0] != formatName, let generation = Int(fields[1]) else { return nil }
            return SecurityLevel(component: String(fields[0]).onOneLine, generation: generation)
        }
    }
}
