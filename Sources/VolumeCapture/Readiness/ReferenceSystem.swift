// SPDX-License-Identifier: GPL-3.0-or-later

import Registry
import Support
import SystemPackage
import WindowsImaging

/// What a Windows that does not run says of itself: whether its image can be installed on other computers.
///
/// What is inferred of the places in the registry is marked in docs/capturing.md.
public struct ReferenceSystem: Sendable {
    /// Something that speaks against an image.
    public struct Finding: Sendable, Equatable {
        /// What it is.
        public enum Kind: String, Sendable, CaseIterable {
            /// Sysprep has not generalised it.
            case notGeneralised
            /// It is a member of a domain.
            case domainMember
            /// It has the identity of a client.
            case clientIdentity
            /// It came from an image itself.
            case capturedBefore
        }

        /// What it is.
        public let kind: Kind
        /// What is wrong, as the predicate of a sentence about the Windows.
        public let problem: DiagnosticText
        /// What to do, in the imperative.
        public let remedy: DiagnosticText
    }

    /// States of an image that Sysprep has generalised ("Windows Setup States", Microsoft).
    private static let generalisedStates: Set<CaseFoldedName> = [
        "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", "IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT",
    ]

    /// What speaks against an image of it.
    public let findings: [Finding]
    /// What the XML of its image says of it.
    public let properties: [WindowsImageDescription.Property]

    /// Looks at the Windows whose hives and files are found by `file`: given a path on its volume, as `Windows\System32`, it
    /// tells where that file lies; nil when there are no hives.
    ///
    /// - Throws: `RegistryError` for hives that are damaged or cannot be read; what `file` throws.
    public init?(_ file: (MediaPath) throws -> FilePath?) throws {
        func hive(_ name: String) throws -> HiveFile? {
            let path = try MediaPath(components: ["Windows", "System32", "config", name])
            return try file(path).map { try HiveFile(path: $0, name: name) }
        }
        guard let software = try hive("SOFTWARE"), let system = try hive("SYSTEM") else { return nil }
        var findings: [Finding] = []
        let state = Self.text(software, "ImageState", ["Microsoft", "Windows", "CurrentVersion", "Setup", "State"])
        let isGeneralised = state.map { Self.generalisedStates.contains($0.caseFolded) } ?? false
        if !isGeneralised {
            findings.append(
                Finding(
                    kind: .notGeneralised,
                    problem:
                        "was not generalised by Sysprep\(state.map { " (its state is \($0.onOneLine))" } ?? "")",
                    remedy:
                        "run 'sysprep /generalize /oobe /shutdown' in it, and capture without starting it in between"))
        }
        if let domain = Self.domain(system) {
            findings.append(
                Finding(
                    kind: .domainMember, problem: "is a member of the domain \(domain.onOneLine)",
                    remedy: "take it out of the domain, and run Sysprep again"))
        }
        let hasClientFile = try file(try MediaPath(components: ["Windows", "SMSCFG.INI"])) != nil
        let hasCertificates = !software.subkeys(["Microsoft", "SystemCertificates", "SMS", "Certificates"]).isEmpty
        if hasClientFile || hasCertificates {
            findings.append(
                Finding(
                    kind: .clientIdentity,
                    problem:
                        "has the identity of a client of Configuration Manager (\(hasClientFile ? "SMSCFG.INI" : "certificates of the store SMS"))",
                    remedy:
                        "stop the service CcmExec in it, delete Windows\\SMSCFG.INI and the certificates of the store SMS, and run Sysprep again"
                ))
        }
        if let mark = Self.captureMark(software, system, isGeneralised: isGeneralised) {
            findings.append(
                Finding(
                    kind: .capturedBefore, problem: "came from an image that was captured before (\(mark))",
                    remedy:
                        "install the reference computer from Microsoft's files rather than from an image of your own"))
        }
        self.findings = findings
        properties = WindowsProperties(software: software, system: system, controlSet: Self.controlSet(system)).all
    }

    private static func text(_ hive: HiveFile, _ name: String, _ key: [String]) -> String? {
        guard case .text(let text)? = hive.value(name, of: key), !text.isEmpty else { return nil }
        return text
    }

    /// The control set that starts (documented for HKLM\SYSTEM\Select).
    private static func controlSet(_ system: HiveFile) -> String? {
        guard case .number(let number)? = system.value("Default", of: ["Select"]), number <= 999 else { return nil }
        let digits = String(number)
        return "ControlSet" + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// The domain that it is a member of: the service Netlogon starts by itself on members alone, and the TCP/IP parameters name the
    /// domain.
    private static func domain(_ system: HiveFile) -> String? {
        guard let set = controlSet(system),
            case .number(2)? = system.value("Start", of: [set, "Services", "Netlogon"])
        else { return nil }
        let parameters = [set, "Services", "Tcpip", "Parameters"]
        return text(system, "NV Domain", parameters) ?? text(system, "Domain", parameters)
    }

    /// What shows that it came from an image: the mark of the Deployment Toolkit, or on a system that is in use that of Sysprep.
    private static func captureMark(_ software: HiveFile, _ system: HiveFile, isGeneralised: Bool) -> String? {
        let toolkit = ["Microsoft", "Deployment 4"]
        if software.hasValue("Capture Timestamp", of: toolkit) { return "the Deployment Toolkit says so" }
        if !isGeneralised, system.hasValue("CloneTag", of: ["Setup"]) { return "Sysprep's CloneTag" }
        return nil
    }
}
