// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import MediaFormat
import Site
import Support
import WindowsImaging

extension MediaRequest {
    /// The longest label we take; ISO 9660 keeps 32 bytes of it, Joliet 16 characters, MediaLabel.txt all.
    static let maximumLabelLength = 128

    /// Refuses requests that contradict themselves, before anything is looked up.
    ///
    /// - Parameter hasDistributionPoint: false when no distribution point was named.
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the field, or every field that is missing.
    public func validate(hasDistributionPoint: Bool = true) throws(MediaBuilderError) {
        try requireOptions(hasDistributionPoint: hasDistributionPoint)
        if let foreign = ForeignPath(output.string) {
            throw Self.bad(
                "\(.output) \(foreign.shown)", DiagnosticText(foreign.problem), DiagnosticText(foreign.nextStep))
        }
        try format.check(self)
        try checkLabel()
        try kind.rules.check()
        try checkImageLayout()
        try certificate?.check(points: kind.rules.management.points, now: FileIdentity.Instant.now.timestamp)
        try checkRegistration()
        try checkOwnVariables()
        if let mediaGUID, !Self.isGUID(mediaGUID) {
            throw Self.bad(.mediaGUID, "'\(mediaGUID)' is not a GUID", "write it as 8-4-4-4-12 hexadecimal digits")
        }
    }

    /// Tells of all fields that are missing at once.
    private func requireOptions(hasDistributionPoint: Bool) throws(MediaBuilderError) {
        var missing = kind.rules.missing(in: self)
        if hasOutput { missing += format.missing }
        if !hasDistributionPoint, namesPackages {
            missing.append(MissingField(.distributionPoint, "name a content library"))
        }
        if !hasOutput {
            let outputs: DiagnosticText =
                kind.mediaType.isForFactory
                ? "\(.output), \(.diskImage) or \(.usb)" : "\(.output) or \(.usb)"
            missing.append(MissingField(outputs, "say what to write"))
        }
        guard !missing.isEmpty else { return }
        throw Self.bad(
            missing.map(\.name).joined(separator: ", "), missing.count == 1 ? "is missing" : "are missing",
            missing.map(\.nextStep).joined(separator: ", "))
    }

    private var hasOutput: Bool { !output.isEmpty || !format.devices.isEmpty }

    /// Only a certificate that nobody issued has to be registered (docs/formats/media.md section 3).
    private func checkRegistration() throws(MediaBuilderError) {
        guard registersCertificate else { return }
        switch certificate {
        case .selfSigned: return
        case .imported(let identity):
            throw Self.bad(
                .registerCertificate,
                "is for a certificate that is made with the media, and '\(identity.certificate.issuer)' issued this one:"
                    + " whoever trusts that needs no registration", "leave it out")
        case nil:
            throw Self.bad(
                .registerCertificate, "tells the site of the media's certificate, and this media has none",
                "add \(.selfSignedCertificate)")
        }
    }

    /// Refuses values of our own variables that no computer could use.
    private func checkOwnVariables() throws(MediaBuilderError) {
        func value(_ name: String) -> String? {
            variables.last { $0.name.caseFolded == name.caseFolded }.map(\.value)
        }
        // A value with variables in it is known to the running task sequence only.
        if let location = value(MediaVariableName.distributionPoint), !location.isEmpty, !location.contains("%") {
            do throws(DistributionPointError) { try ServedLocation.check(location) } catch {
                throw Self.bad(
                    "\(.variable, MediaVariableName.distributionPoint)", error.problem,
                    "name it as http://server, https://server or \\\\server\\SCCMContentLib$")
            }
        }
        let compressions = WindowsImageCompression.allCases.map(\.rawValue)
        if let name = value(MediaVariableName.captureCompression), !compressions.contains(name.lowercased()) {
            throw Self.bad(
                "\(.variable, MediaVariableName.captureCompression)", "is '\(name.onOneLine)'",
                "choose one of \(compressions.joined(separator: ", "))")
        }
    }

    private func checkImageLayout() throws(MediaBuilderError) {
        guard kind.rules.operatingSystemImageLayout(on: format) == .extracted, !format.holdsImageTrees else { return }
        throw Self.bad(
            .operatingSystemImageLayout, "is extracted, and the content goes to a partition that is not of NTFS",
            "leave it out, or give that partition fileSystem: ntfs")
    }

    private func checkLabel() throws(MediaBuilderError) {
        guard !label.isEmpty, label.count <= Self.maximumLabelLength else {
            throw Self.bad(.label, "has \(label.count) characters", "give 1 to \(Self.maximumLabelLength)")
        }
        if label.onOneLine != label {
            throw Self.bad(.label, "holds control characters", "give one line of text")
        }
    }

    static func isGUID(_ text: String) -> Bool {
        var digits = text[...]
        if digits.first == "{", digits.last == "}" { digits = digits.dropFirst().dropLast() }
        let groups = digits.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && [UInt8](hexadecimal: groups.joined()) != nil
    }

    /// What is wrong with the value of a field.
    static func bad(
        _ field: RequestField, _ problem: DiagnosticText, _ nextStep: DiagnosticText
    ) -> MediaBuilderError {
        bad(DiagnosticText(field), problem, nextStep)
    }

    /// What is wrong with `object`, which is a part of what is asked for.
    static func bad(
        _ object: DiagnosticText, _ problem: DiagnosticText, _ nextStep: DiagnosticText
    ) -> MediaBuilderError {
        MediaBuilderError(.badRequest, object, problem, nextStep: nextStep)
    }
}
