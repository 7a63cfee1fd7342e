// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

// The limits are those of task-sequence.md section 4; where it has none, those that Microsoft documents for the
// properties of the SMS_TaskSequence_...Action classes: AllowedLen and ValueRange.

extension SequenceRequest {
    /// Refuses what the console's wizard would refuse, naming the field.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest`.
    public func validate() throws(TaskSequenceError) {
        try InputCheck.text(name, .name, length: 1...50)
        try InputCheck.text(description, .description, length: 0...512, hasLines: true)
        try bootImage.validate()
        try installation?.validate()
        try capture?.validate()
    }

    /// What is allowed and may still not be meant.
    public var warnings: [DiagnosticText] {
        var warnings: [DiagnosticText] = []
        if bootImage.architecture == .x86, bootImage.targetArchitecture == .x64 {
            warnings.append(
                "\(.bootImageArchitecture, "x86") starts x64 computers through BIOS only: 64-bit UEFI needs an x64 boot image"
            )
        }
        if let key = installation?.windows.productKey, ProductKeyShape(key.text) == .encoded {
            warnings.append(
                "\(.productKey) is not five groups of five, and is taken for an encoded volume licence key as it is; "
                    + "check that it is one")
        }
        if case .buildAndCapture(let installation, _) = scenario, installation.network.joinsDomain {
            warnings.append(
                "\(.domain): a computer in a domain cannot be captured, so a step Join Workgroup is put before the capture"
            )
        }
        return warnings
    }

    /// What the author has to know of the secrets in the result.
    public var notes: [DiagnosticText] {
        var notes: [DiagnosticText] = []
        if case .domain(let domain) = installation?.network, domain.password == nil {
            notes.append("there is no \(.domainPassword): the password of \(domain.account) is left blank")
        }
        if let capture, capture.password == nil {
            notes.append("there is no \(.capturePassword): the password of \(capture.account) is left blank")
        }
        if hasSecrets {
            notes.append("the task sequence holds passwords in clear text, as genuine ones do: keep it safe")
        }
        return notes
    }

    /// True when a password becomes part of the task sequence.
    public var hasSecrets: Bool {
        if case .enabled = installation?.windows.administrator { return true }
        if case .domain(let domain) = installation?.network, domain.password != nil { return true }
        return capture?.password != nil
    }
}

extension BootImageInput {
    fileprivate func validate() throws(TaskSequenceError) {
        _ = try InputCheck.packageID(packageID, .bootImage)
        guard let architecture, let targetArchitecture else { return }
        // An x86 processor runs x86 only, an x64 one both, an ARM one neither.
        let fits: Bool =
            switch targetArchitecture {
            case .x64: architecture != .arm64
            case .x86: architecture == .x86
            case .arm64: architecture == .arm64
            }
        guard fits else {
            throw .badRequest(
                .bootImageArchitecture, "\(architecture) does not start \(targetArchitecture) computers",
                "choose a boot image for \(targetArchitecture)")
        }
    }
}

extension InstallationInput {
    /// ValueRange of ImageIndex in SMS_TaskSequence_ApplyOperatingSystemAction.
    private static let imageIndices = 1...Int(Int32.max)

    fileprivate func validate() throws(TaskSequenceError) {
        _ = try InputCheck.packageID(operatingSystemImageID, .operatingSystemImage)
        guard Self.imageIndices.contains(operatingSystemImageIndex) else {
            throw .badRequest(
                .operatingSystemImageIndex, "\(operatingSystemImageIndex) is no number of an image",
                "give 1 to \(Self.imageIndices.upperBound)")
        }
        try windows.validate()
        switch network {
        case .workgroup(let name): try InputCheck.text(name, .workgroup, length: 1...32)
        case .domain(let domain): try domain.validate()
        }
        _ = try InputCheck.packageID(clientPackageID, .clientPackage)
        try InputCheck.characters(clientProperties, .clientProperties)
        if clientProperties.uppercased().contains("SMSSITECODE") {
            throw .badRequest(
                .clientProperties, "sets SMSSITECODE, which the task sequence sets itself", "leave it out")
        }
        try checkApplications()
    }

    private func checkApplications() throws(TaskSequenceError) {
        var seen: Set<String> = []
        for application in applications {
            try application.validate()
            guard seen.insert(application.id.uppercased()).inserted else {
                throw .badRequest(.application, "names \(application.id) twice", "name it once")
            }
        }
        if continuesOnFailure, applications.isEmpty {
            throw .badRequest(
                .continueOnFailure, "is about applications, and there are none",
                "add \(.application), or leave it out"
            )
        }
    }
}

extension WindowsInput {
    fileprivate func validate() throws(TaskSequenceError) {
        if let productKey {
            try InputCheck.text(productKey.text, .productKey, length: 1...Self.longestEncodedKey)
            // The key itself is never repeated.
            guard ProductKeyShape(productKey.text) != .mistyped else {
                throw .badRequest(
                    .productKey, "is not five groups of five letters and digits",
                    "write it as XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
            }
        }
        if case .perServer(let connections) = licensing, !(5...9999).contains(connections) {
            throw .badRequest(.maximumConnections, "\(connections) is out of range", "give 5 to 9999")
        }
        if case .enabled(let password) = administrator {
            try InputCheck.text(password.text, .administratorPassword, length: 1...255)
        }
        try InputCheck.text(timeZone, .timeZone, length: 1...255)
        try InputCheck.text(registeredUser, .registeredUser, length: 1...255)
        try InputCheck.text(registeredOrganization, .registeredOrganization, length: 1...255)
    }

    /// Ours: nothing is documented about the length of encoded keys.
    private static let longestEncodedKey = 4096
}

extension DomainInput {
    fileprivate func validate() throws(TaskSequenceError) {
        try InputCheck.text(name, .domain, length: 1...255)
        if let organizationalUnit {
            try InputCheck.text(organizationalUnit, .organizationalUnit, length: 1...32_767)
            guard Self.isPath(organizationalUnit) || InputCheck.isVariable(organizationalUnit) else {
                throw .badRequest(
                    .organizationalUnit, "is not the LDAP path of an organisational unit",
                    "write it as LDAP://OU=Computers,DC=example,DC=com")
            }
        }
        try InputCheck.account(account, .domainAccount)
        if let password {
            try InputCheck.characters(password.text, .domainPassword)
        }
    }

    /// `LDAP://OU=...,DC=...`: organisational units or containers, then the domain.
    private static func isPath(_ text: String) -> Bool {
        let scheme = "LDAP://"
        guard text.uppercased().hasPrefix(scheme) else { return false }
        // A comma in a name is escaped (RFC 4514 section 2.4).
        var names = [""]
        var isEscaped = false
        for character in text.dropFirst(scheme.count) {
            if character == ",", !isEscaped {
                names.append("")
            } else {
                names[names.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        var isInDomain = false
        for (number, name) in names.enumerated() {
            let parts = name.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else { return false }
            switch parts[0].trimming({ $0 == " " }).uppercased() {
            case "DC" where number > 0: isInDomain = true
            case "OU", "CN": if isInDomain { return false }
            default: return false
            }
        }
        return isInDomain
    }
}

extension CaptureInput {
    /// What no Windows file name has (naming conventions of Win32), the separator aside.
    private static let forbidden = Set("<>:\"/|?*")

    fileprivate func validate() throws(TaskSequenceError) {
        try InputCheck.text(path, .capturePath, length: 1...255)
        guard Self.isImageOnShare(path) else {
            throw .badRequest(
                .capturePath, "is not the path of a .wim file on a share", #"write it as \\server\share\name.wim"#)
        }
        try InputCheck.account(account, .captureAccount)
        if let password {
            try InputCheck.characters(password.text, .capturePassword)
        }
        try InputCheck.text(createdBy, .createdBy, length: 0...255)
        try InputCheck.text(version, .version, length: 0...32)
        try InputCheck.text(description, .imageDescription, length: 0...255)
    }

    private static func isImageOnShare(_ path: String) -> Bool {
        guard path.hasPrefix(#"\\"#), !path.contains(where: forbidden.contains) else { return false }
        let names = path.dropFirst(2).split(separator: "\\", omittingEmptySubsequences: false)
        // The server, the share and the file.
        guard names.count >= 3, let file = names.last else { return false }
        return names.allSatisfy { !$0.allSatisfy(\.isWhitespace) && $0 != "." && $0 != ".." }
            && file.lowercased().hasSuffix(".wim") && file.count > ".wim".count
    }
}

extension ApplicationInput {
    /// Ours: the format notes have no limit.
    private static let longestName = 512

    fileprivate func validate() throws(TaskSequenceError) {
        try InputCheck.text(name, .application, length: 1...Self.longestName)
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        let isModelName =
            parts.count == 2 && Self.isPart(parts[0], after: "ScopeId_") && Self.isPart(parts[1], after: "Application_")
        guard isModelName else {
            try InputCheck.characters(id, .application)
            let shown = id.utf8.count <= 160 ? "'\(id)' " : ""
            throw .badRequest(
                .application, "\(shown)is not the model name of an application",
                "write it as ScopeId_.../Application_..., or as NAME=ScopeId_.../Application_...")
        }
    }

    private static func isPart(_ part: Substring, after start: String) -> Bool {
        part.hasPrefix(start) && part.count > start.count
            && part.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
