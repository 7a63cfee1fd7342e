// SPDX-License-Identifier: GPL-3.0-or-later

/// A file system that a disc has.
public enum DiscVolumeFileSystem: Sendable, Equatable {
    /// UDF of a revision in binary coded decimals: 0x0102 is 1.02 (UDF 2.1.5.3).
    case udf(revision: UInt16)
    /// Joliet.
    case joliet
    /// ISO 9660 with the names of Rock Ridge.
    case rockRidge
    /// ISO 9660:1999, whose names may be long.
    case enhanced
    /// ISO 9660.
    case iso9660

    /// What it is called, as `UDF 1.02`.
    public var title: String {
        switch self {
        case .udf(let revision):
            "UDF \(String(revision >> 8, radix: 16)).\(String(revision >> 4 & 0xF, radix: 16))"
                + String(revision & 0xF, radix: 16)
        case .joliet: "Joliet"
        case .rockRidge: "Rock Ridge"
        case .enhanced: "ISO 9660:1999"
        case .iso9660: "ISO 9660"
        }
    }
}
