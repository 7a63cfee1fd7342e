// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsSetup

/// Apply Network Settings.
struct ApplyNetworkSettings: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ApplyNetworkSettingsAction"]
    static let changesTarget = false

    /// What NetworkJoinType says for a domain, as documented for OSDNetworkJoinType; 1 is a workgroup.
    private static let domainType = "0"
    private static let adapterLimit = 32

    private let values: StepValues

    init(_ values: StepValues) throws { self.values = values }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        _ = try settings(session)
        return [session.missingWindows].compactMap { $0 }
    }

    func restore(_ session: EngineSession) throws { _ = try run(session) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        guard session.installation.windows != nil else { throw session.missingWindowsError }
        let (membership, adapters) = try settings(session)
        session.installation.configuration.settings.membership = membership
        session.installation.configuration.settings.adapters = adapters
        switch membership {
        case .domain(let domain): session.log.note("the computer will join the domain \(domain.name)")
        case .workgroup(let name): session.log.note("the computer will join the workgroup \(name)")
        }
        for adapter in adapters {
            session.log.note("adapter \(adapter.identifier) gets \(adapter.addresses.joined(separator: ", "))")
        }
        return .done
    }

    private func settings(
        _ session: EngineSession
    ) throws -> (WindowsSettings.Membership, [WindowsSettings.NetworkAdapter]) {
        let count = min(max(named("OSDAdapterCount").flatMap { Int($0) } ?? 0, 0), Self.adapterLimit)
        return (try membership(), try (0..<count).compactMap { try adapter($0, session) })
    }

    private func membership() throws -> WindowsSettings.Membership {
        guard values["NetworkJoinType"] == Self.domainType else {
            return .workgroup(values.optional("WorkgroupName") ?? "WORKGROUP")
        }
        guard let name = values.optional("DomainName") else {
            throw EngineError(.step, "the step", "joins a domain and names none", nextStep: "name it, or OSDDomainName")
        }
        guard let account = values.optional("DomainUsername"), let password = values.optional("DomainPassword") else {
            throw EngineError(
                .step, "the step", "joins domain \(name.onOneLine) without an account or its password",
                nextStep:
                    "set both in the step, or OSDJoinAccount and OSDJoinPassword: exports of task sequences have no"
                    + " passwords")
        }
        return .domain(
            WindowsSettings.Domain(
                name: name, organizationalUnit: values.optional("DomainOUName"), account: account, password: password))
    }

    /// The value of the variable `name`, or of the step's property that is tied to it.
    private func named(_ name: String) -> String? {
        if let value = values.variables[name] { return value }
        let own = values.step.variables?.variables.first { $0.name.caseFolded == name.caseFolded }
        return own.map { values.variables.expand($0.value) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func adapter(_ number: Int, _ session: EngineSession) throws -> WindowsSettings.NetworkAdapter? {
        func value(_ name: String) -> String? { named("OSDAdapter\(number)\(name)") }
        func list(_ name: String) -> [String] {
            (value(name) ?? "").split { ",; ".contains($0) }.map(String.init)
        }
        let usesDHCP = value("EnableDHCP")?.lowercased() != "false"
        let present = session.computer.networkAdapters
        let own = present.indices.contains(number) ? present[number].address : nil
        guard
            let identifier = value("MACAddress").map({ $0.replacing(":", with: "-") }) ?? value("Name")
                ?? own?.replacing(":", with: "-")
        else {
            throw EngineError(
                .step, "network adapter \(number)", "is not in this computer",
                nextStep: "set OSDAdapter\(number)MACAddress")
        }
        let masks = list("SubnetMask")
        let wanted = usesDHCP ? [] : list("IPAddressList")
        let addresses = try wanted.enumerated().map { index, address -> String in
            guard let mask = masks.indices.contains(index) ? masks[index] : masks.last,
                let length = Self.prefixLength(mask)
            else {
                throw EngineError(
                    .step, "address \(address.onOneLine)", "has no subnet mask", nextStep: "correct it in the step")
            }
            return "\(address)/\(length)"
        }
        let domain = value("DNSDomain") ?? value("DNSSuffix")
        guard !addresses.isEmpty || !list("DNSServerList").isEmpty || domain != nil else { return nil }
        return WindowsSettings.NetworkAdapter(
            identifier: identifier, addresses: addresses, gateways: usesDHCP ? [] : list("Gateways"),
            nameServers: list("DNSServerList"), domain: domain)
    }

    /// The length of the network in bits that a mask stands for; nil for what is none.
    private static func prefixLength(_ mask: String) -> Int? {
        let parts = mask.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard parts.count == 4 else { return nil }
        let bits = parts.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (~bits).leadingZeroBitCount == bits.nonzeroBitCount ? bits.nonzeroBitCount : nil
    }
}

extension String {
    /// The text with `other` where `part` stands.
    fileprivate func replacing(_ part: Character, with other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
