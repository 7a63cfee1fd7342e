// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import MediaBuilder
import MediaFormat
import Support

/// An inspection in words: one fact a line, names in a column.
struct InspectionReport {
    private let inspection: MediaInspection
    private let name: String
    private static let columnWidth = 16

    init(_ inspection: MediaInspection, name: String) {
        self.inspection = inspection
        self.name = name
    }

    /// The lines.
    var lines: [String] {
        let volume = inspection.volumeCount > 1 ? ", volume \(inspection.volume) of \(inspection.volumeCount)" : ""
        var lines = ["\(name): \(inspection.mediaType.title) (\(inspection.mediaType.rawValue))\(volume)"]
        lines += facts("label", [inspection.label ?? "none"])
        lines += facts("file systems", inspection.fileSystems.map { [$0.joined(separator: ", ")] } ?? [])
        lines += facts("media GUID", [inspection.mediaGuid ?? "only the password tells"])
        lines += facts("password", [inspection.passwordRequired ? "required" : "none"])
        if inspection.unattended { lines += facts("unattended", ["yes"]) }
        lines += facts("boot image", inspection.bootImage.map { [Self.text($0)] } ?? [])
        lines += facts("made of", inspection.openBootImage.map(OpenBootImageReport.summary(of:)) ?? [])
        lines += facts("starts with", inspection.bootEntries.map(Self.text))
        lines += facts("UEFI loaders", inspection.loaders.flatMap(Self.text))
        lines += facts(
            "task sequence", inspection.taskSequence.map { ["\($0.name) (\($0.id.isEmpty ? "no ID" : $0.id))"] } ?? [])
        lines += facts(
            "policies", inspection.policies?.classes.map { "\($0.name)  \($0.policyCount)" } ?? [])
        lines += facts("secrets in them", inspection.policies?.secrets ?? [])
        lines += prestagedFacts
        lines += facts(
            "contents",
            inspection.contents.map { content in
                let left = content.leftOut.isEmpty ? "" : "; left out: \(content.leftOut.joined(separator: ", "))"
                return "\(content.id)  \(Amounts.files(content.files)), \(Amounts.bytes(content.size))\(left)"
            })
        lines += facts(
            "split images",
            inspection.splitImages.map { image in
                let numbers = image.parts.map(String.init).joined(separator: ", ")
                return "\(image.path)  part\(image.parts.count == 1 ? "" : "s") \(numbers) of \(image.partCount),"
                    + " \(Amounts.bytes(image.size))"
            })
        lines += facts("signed by", inspection.signature.map(Self.lines) ?? [])
        lines += facts(
            "to be signed by", inspection.manifestKey.map { ["the key \($0)"] } ?? [])
        lines += facts("works from", inspection.startsAt.map { [$0] } ?? [])
        lines += facts("works until", inspection.expiresAt.map { [$0] } ?? [])
        lines += facts("certificate", inspection.certificate.map(Self.lines) ?? [])
        lines += facts(
            "trusts",
            inspection.rootCertificates?.map { "\($0.subject), until \($0.validUntil), thumbprint \($0.thumbprint)" }
                ?? [])
        lines += facts(
            "variables",
            inspection.variables.map { $0.map { "\($0.name)=\($0.value)" } }
                ?? [inspection.volume > 1 ? "on volume 1" : "only the password tells"])
        lines += facts("warning", inspection.warnings)
        return lines.map(\.onOneLine)
    }

    private var prestagedFacts: [String] {
        let extracted = inspection.operatingSystemImage.map { image in
            "extracted at the root\(image.partition.map { " of partition \($0)" } ?? ""):"
                + " \(Amounts.files(image.fileCount)), \(Amounts.bytes(image.size))"
        }
        guard let prestaged = inspection.prestaged else {
            // Only an archive says more of itself.
            let image = inspection.operatingSystemImage.map { "\($0.id), image \($0.index)" }
            return facts("OS image", [image, extracted].compactMap { $0 })
        }
        let image = prestaged.operatingSystemImageId.map { id in
            id + (prestaged.operatingSystemImageIndex.map { ", image \($0)" } ?? "")
        }
        return facts("OS image", [image, extracted].compactMap { $0 })
            + facts("created by", prestaged.createdBy.map { [$0] } ?? [])
            + facts("version", prestaged.version.map { [$0] } ?? [])
            + facts("comment", prestaged.comment.map { [$0] } ?? [])
    }

    private func facts(_ name: String, _ values: [String]) -> [String] {
        values.enumerated().map { index, value in
            let head = index == 0 ? name : ""
            return "  " + head + String(repeating: " ", count: Self.columnWidth - head.count) + value
        }
    }

    private static func lines(_ signature: MediaInspection.Signature) -> [String] {
        switch signature.status {
        case .unchecked: signature.keys.map { "the key \($0), as it says; verify checks it" }
        case .changed: ["nobody: the manifest is another one than that which was signed"]
        default: ["nobody: the signature cannot be read"]
        }
    }

    private static func lines(_ certificate: MediaInspection.Certificate) -> [String] {
        [
            certificate.subject, certificate.isSelfSigned ? "self-signed" : "issued by \(certificate.issuer)",
            "valid from \(certificate.validFrom) to \(certificate.validUntil)",
            "\(certificate.keyAlgorithm) \(certificate.keyBits), \(certificate.signatureAlgorithm)",
            "thumbprint \(certificate.thumbprint)",
        ]
    }

    private static func text(_ image: MediaManifest.BootImage) -> String {
        "\(image.id)\(image.version.map { " version \($0)" } ?? ""), \(image.architecture)"
    }

    private static func text(_ entry: MediaInspection.BootEntry) -> String {
        let firmware = entry.firmware == "bios" ? "BIOS" : "UEFI"
        return [firmware, entry.architecture, entry.loader].compactMap { $0 }.joined(separator: "  ")
    }

    private static func text(_ loader: LoaderInspection) -> [String] {
        let signature = loader.certificates.signatureText
        return [[loader.path, loader.architecture?.rawValue, signature].compactMap { $0 }.joined(separator: "  ")]
            + loader.facts.map { "  \($0)" }
    }
}
