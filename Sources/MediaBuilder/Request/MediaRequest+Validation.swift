// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension MediaRequest {
    /// The longest label we take; ISO 9660 keeps 32 bytes of it, Joliet 16 characters, MediaLabel.txt all.
    static let maximumLabelLength = 128

    /// Refuses requests that contradict themselves, before anything is looked up.
    ///
    /// - Parameter hasDistributionPoint: false when no distribution point was named.
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the option, or every option that is missing.
    public func validate(hasDistributionPoint: Bool = true) throws(MediaBuilderError) {
        try requireOptions(hasDistributionPoint: hasDistributionPoint)
        try checkOutput()
        try checkLabel()
        try checkManagementPoints()
        if let siteCode, !Self.isSiteCode(siteCode) {
            throw Self.bad(
                "--site-code", "'\(siteCode)' is not three letters or digits", "give the site's code, as ABC")
        }
        if let mediaGUID, !Self.isGUID(mediaGUID) {
            throw Self.bad("--media-guid", "'\(mediaGUID)' is not a GUID", "write it as 8-4-4-4-12 hexadecimal digits")
        }
        if mediaType == .standalone, includesApplicationDependencies, catalog == nil {
            throw Self.bad(
                "--include-application-dependencies", "needs a catalog: an export does not tell dependencies",
                "add --catalog")
        }
    }

    /// An option that is missing, and what to do about it.
    private typealias MissingOption = (name: String, nextStep: String)

    /// Tells of all options that are missing at once.
    private func requireOptions(hasDistributionPoint: Bool) throws(MediaBuilderError) {
        let missing = missingOptions(hasDistributionPoint: hasDistributionPoint)
        guard !missing.isEmpty else { return }
        throw Self.bad(
            missing.map(\.name).joined(separator: ", "), missing.count == 1 ? "is missing" : "are missing",
            missing.map(\.nextStep).joined(separator: ", "))
    }

    private func missingOptions(hasDistributionPoint: Bool) -> [MissingOption] {
        var missing: [MissingOption] = []
        func require(_ isThere: Bool, _ name: String, _ nextStep: String) {
            if !isThere { missing.append((name, nextStep)) }
        }
        let hasOutput = !output.isEmpty || !drive.devices.isEmpty
        switch mediaType {
        case .standalone: require(taskSequence != nil, "--task-sequence", "name the exported task sequence")
        case .bootable, .capture, .prestaged:
            require(bootImage != nil, "--boot-image", "name a package ID or a WIM file")
        }
        if mediaType == .prestaged {
            require(
                prestaged.operatingSystemImage != nil, "--operating-system-image",
                "name the package of an operating system image")
            require(
                !hasOutput || format != .drive || !drive.devices.isEmpty || prestaged.diskByteCount != nil,
                "--disk-size", "give the size of the line's smallest disk, as 256GB")
        }
        if mediaType == .bootable || mediaType == .prestaged {
            require(!managementPoints.isEmpty, "--management-point", "give the URL of a management point")
        }
        require(hasDistributionPoint || !namesPackages, "--distribution-point", "name a content library")
        require(
            hasOutput, mediaType == .prestaged ? "--output, --disk-image or --usb" : "--output or --usb",
            "say what to write")
        return missing
    }

    /// Whether it names a package, which only a distribution point has.
    private var namesPackages: Bool {
        if case .package = bootImage { return true }
        return prestaged.operatingSystemImage != nil || !additionalPackages.isEmpty
    }

    private func checkOutput() throws(MediaBuilderError) {
        if mediaType == .prestaged { return try checkPrestaged() }
        if ["wim", "swm"].contains(output.extension?.lowercased()) {
            throw Self.bad(
                "--output", "\(output) is a WIM, which is prestaged media", "name an .iso or .img file or a folder")
        }
        if drive.dataPartition == .requested, format != .drive {
            throw Self.bad("--data-partition", "is for drives, and \(output) is none", "leave it out")
        }
        if !drive.devices.isEmpty, capacity != .unlimited {
            throw Self.bad("--media-size", "does not go with --usb: a drive has the size that it has", "leave it out")
        }
    }

    private func checkLabel() throws(MediaBuilderError) {
        guard !label.isEmpty, label.count <= Self.maximumLabelLength else {
            throw Self.bad("--label", "has \(label.count) characters", "give 1 to \(Self.maximumLabelLength)")
        }
        if label.onOneLine != label {
            throw Self.bad("--label", "holds control characters", "give one line of text")
        }
    }

    private func checkManagementPoints() throws(MediaBuilderError) {
        guard mediaType == .bootable || mediaType == .prestaged else { return }
        if mediaMode == .siteBased, managementPoints.count > 1 {
            throw Self.bad(
                "--management-point", "was given \(managementPoints.count) times, and site-based media knows one",
                "give one, or use --media-mode dynamic")
        }
        for url in managementPoints where ManagementPointURL(url) == nil {
            throw Self.bad(
                "--management-point", "'\(ManagementPointURL.shown(url))' is not the URL of a management point",
                "write it as http://server.example.com or https://server.example.com")
        }
    }

    private static func isSiteCode(_ text: String) -> Bool {
        text.utf8.count == 3
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            }
    }

    private static func isGUID(_ text: String) -> Bool {
        var digits = text[...]
        if digits.first == "{", digits.last == "}" { digits = digits.dropFirst().dropLast() }
        let groups = digits.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && [UInt8](hexadecimal: groups.joined()) != nil
    }

    static func bad(_ option: String, _ problem: String, _ nextStep: String) -> MediaBuilderError {
        MediaBuilderError(.badRequest, option, problem, nextStep: nextStep)
    }
}
