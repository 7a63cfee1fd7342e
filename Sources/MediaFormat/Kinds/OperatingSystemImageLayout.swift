// SPDX-License-Identifier: GPL-3.0-or-later

/// How an operating system image lies on prestaged media (docs/decisions/prestaged-layouts.md).
public enum OperatingSystemImageLayout: String, Sendable, Codable, CaseIterable {
    /// Its files lie at the root, as if it had been applied.
    case extracted
    /// Its package lies in the client's cache, as the distribution point has it.
    case package
}
