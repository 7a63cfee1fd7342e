// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support

/// What a boot image was made of, as `bootimage build` reports it (docs/schema/bootimage-build.schema.json).
struct OpenBootImageReport: Encodable {
    /// The WIM; nil when none was written.
    let output: String?
    /// Its size in bytes.
    let size: Int64?
    /// What it was made of.
    let openBootImage: OpenBootImageFacts

    /// Packages that people ask about: those whose versions decide whether firmware starts them, and the tools.
    private static let namedPackages = [
        "shim-signed", "grub-efi-amd64-signed", "grub-efi-arm64-signed", "grub-pc-bin", "busybox-static", "ntfs-3g",
    ]

    /// The lines for people: the kernel, what it was made of, and what the loaders state.
    static func lines(of facts: OpenBootImageFacts) -> [String] {
        let named = namedPackages.compactMap { name in
            facts.packages.first { $0.name.isExactly(name) }.map { "\($0.name) \($0.version)" }
        }
        return summary(of: facts)
            + [
                "\(facts.packages.count) packages: \(named.joined(separator: ", "))",
                "tsengine with SHA-256 \(facts.engine)",
            ]
            .map(\.onOneLine)
    }

    /// The most important of them.
    static func summary(of facts: OpenBootImageFacts) -> [String] {
        let levels = facts.securityLevels.map { "\($0.component) \($0.generation)" }
        return [
            "Linux \(facts.kernel), \(facts.moduleCount) drivers (\(facts.hardware)), keyboard \(facts.keyboard ?? "us")",
            "SBAT: \(levels.joined(separator: ", "))",
        ].map(\.onOneLine)
    }
}

extension [String] {
    /// The authorities of a loader's signatures in words.
    var signatureText: String { isEmpty ? "not signed" : "signed under \(joined(separator: " and "))" }
}
