// SPDX-License-Identifier: GPL-3.0-or-later

/// Through which file systems the files of a disc can be seen.
public enum DiscFileSystem: String, Sendable, Codable, CaseIterable {
    /// UDF 1.02, ISO 9660 and Joliet, which lead to the same extents, as on a DVD-ROM that is a UDF bridge (UDF 6.9).
    case bridge
    /// ISO 9660 and Joliet.
    case iso
}
