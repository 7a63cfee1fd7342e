// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia

/// What a boot image was made of, as `bootimage build` reports it (docs/schema/bootimage-build.schema.json).
struct OpenBootImageReport: Encodable {
    /// The WIM; nil when none was written.
    let output: String?
    /// Its size in bytes.
    let size: Int64?
    let facts: OpenBootImageFacts

    /// The lines for people.
    var lines: [String] { Self.lines(of: facts) }

    static func lines(of facts: OpenBootImageFacts) -> [String] {
        let names = ["shim-signed", "grub-efi-amd64-signed", "grub-pc-bin", "busybox-static", "ntfs-3g"]
        let versions = names.compactMap { name in
            facts.packages.first { $0.name == name }.map { "\(name) \($0.version)" }
        }
        let levels = facts.securityLevels.map { "\($0.component) \($0.generation)" }
        return [
            "kernel      \(facts.kernel), \(facts.moduleCount) drivers (\(facts.hardware))",
            "keyboard    \(facts.keyboard ?? "us")",
            "packages    \(facts.packages.count): \(versions.joined(separator: ", "))",
            "SBAT        \(levels.joined(separator: ", "))",
            "engine      SHA-256 \(facts.engine)",
        ].map(\.onOneLine)
    }
}
