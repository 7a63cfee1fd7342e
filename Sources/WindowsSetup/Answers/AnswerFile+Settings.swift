// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// The components of Windows that are set (Windows' documentation, "Unattended Windows Setup Reference").
private enum Component {
    static let shell = "Microsoft-Windows-Shell-Setup"
    static let international = "Microsoft-Windows-International-Core"
    static let join = "Microsoft-Windows-UnattendedJoin"
    static let deployment = "Microsoft-Windows-Deployment"
    static let addresses = "Microsoft-Windows-TCPIP"
    static let names = "Microsoft-Windows-DNS-Client"
}

extension AnswerFile {
    /// Sets what `settings` want.
    public mutating func apply(_ settings: WindowsSettings) {
        let shell: [(String, String?)] = [
            ("ComputerName", settings.computerName), ("ProductKey", settings.productKey),
            ("RegisteredOrganization", settings.registeredOrganization),
            ("RegisteredOwner", settings.registeredOwner), ("TimeZone", settings.timeZone),
        ]
        for case (let name, let value?) in shell { set([name], of: Component.shell, in: .specialize, to: value) }
        let locale: [(String, String?)] = [
            ("InputLocale", settings.locale.input), ("SystemLocale", settings.locale.system),
            ("UILanguage", settings.locale.userInterface),
            ("UILanguageFallback", settings.locale.userInterfaceFallback), ("UserLocale", settings.locale.user),
        ]
        for case (let name, let value?) in locale {
            set([name], of: Component.international, in: .oobeSystem, to: value)
        }
        if let administrator = settings.administrator { apply(administrator) }
        if let membership = settings.membership { apply(membership) }
        for adapter in settings.adapters { apply(adapter) }
    }

    /// Keeps Windows from asking the first user, where the file does not say otherwise.
    public mutating func answerFirstQuestions() {
        let answers = [
            ("HideEULAPage", "true"), ("HideOEMRegistrationScreen", "true"), ("HideOnlineAccountScreens", "true"),
            ("HideLocalAccountScreen", "true"), ("HideWirelessSetupInOOBE", "true"), ("ProtectYourPC", "1"),
        ]
        for (name, value) in answers where self.value(["OOBE", name], of: Component.shell, in: .oobeSystem) == nil {
            set(["OOBE", name], of: Component.shell, in: .oobeSystem, to: value)
        }
    }

    /// Has Windows run `command` once in the specialize pass, behind what the file runs there already.
    public mutating func run(_ command: String, described description: String) {
        let path = ["RunSynchronous", "RunSynchronousCommand"]
        let orders = items(path, of: Component.deployment, in: .specialize).compactMap {
            $0.children(named: "Order").first.flatMap { Int($0.text) }
        }
        // More commands than any file has, and far below the limit of a number.
        let order = min(max(0, orders.max() ?? 0), 1 << 20) + 1
        add(
            XMLElement(
                "RunSynchronousCommand", attributes: [XMLAttribute("wcm:action", "add")],
                children: [.leaf("Description", description), .leaf("Order", String(order)), .leaf("Path", command)]),
            to: ["RunSynchronous"], of: Component.deployment, in: .specialize)
    }

    private mutating func apply(_ administrator: WindowsSettings.Administrator) {
        let path = ["UserAccounts", "AdministratorPassword"]
        set(path + ["Value"], of: Component.shell, in: .oobeSystem, to: administrator.password)
        set(path + ["PlainText"], of: Component.shell, in: .oobeSystem, to: "true")
    }

    private mutating func apply(_ membership: WindowsSettings.Membership) {
        let path = ["Identification"]
        // A computer is in one of both.
        remove(path, of: Component.join, in: .specialize)
        func set(_ names: [String], _ value: String) {
            self.set(path + names, of: Component.join, in: .specialize, to: value)
        }
        switch membership {
        case .workgroup(let name): set(["JoinWorkgroup"], name)
        case .domain(let domain):
            let (accountDomain, user) = domain.accountParts
            if let accountDomain { set(["Credentials", "Domain"], accountDomain) }
            set(["Credentials", "Password"], domain.password)
            set(["Credentials", "Username"], user)
            set(["JoinDomain"], domain.name)
            if let unit = domain.organizationalUnit { set(["MachineObjectOU"], unit) }
        }
    }

    private mutating func apply(_ adapter: WindowsSettings.NetworkAdapter) {
        if !adapter.addresses.isEmpty {
            var children: [XMLNode] = [
                .element(XMLElement("Ipv4Settings", children: [.leaf("DhcpEnabled", "false")])),
                .leaf("Identifier", adapter.identifier), .list("UnicastIpAddresses", adapter.addresses),
            ]
            if !adapter.gateways.isEmpty {
                let routes = adapter.gateways.enumerated().map { number, gateway -> XMLNode in
                    .element(
                        XMLElement(
                            "Route", attributes: [XMLAttribute("wcm:action", "add")],
                            children: [
                                .leaf("Identifier", String(number)), .leaf("NextHopAddress", gateway),
                                .leaf("Prefix", "0.0.0.0/0"),
                            ]))
                }
                children.append(.element(XMLElement("Routes", children: routes)))
            }
            add(.interface(children), to: ["Interfaces"], of: Component.addresses, in: .specialize)
        }
        guard !adapter.nameServers.isEmpty || adapter.domain != nil else { return }
        var children: [XMLNode] = [.leaf("Identifier", adapter.identifier)]
        if let domain = adapter.domain { children.append(.leaf("DNSDomain", domain)) }
        if !adapter.nameServers.isEmpty { children.append(.list("DNSServerSearchOrder", adapter.nameServers)) }
        add(.interface(children), to: ["Interfaces"], of: Component.names, in: .specialize)
    }
}

extension XMLElement {
    fileprivate static func interface(_ children: [XMLNode]) -> XMLElement {
        XMLElement("Interface", attributes: [XMLAttribute("wcm:action", "add")], children: children)
    }
}

extension XMLNode {
    fileprivate static func leaf(_ name: String, _ value: String) -> XMLNode {
        .element(XMLElement(name, children: [.text(value)]))
    }

    /// A list of addresses, numbered from 1.
    fileprivate static func list(_ name: String, _ addresses: [String]) -> XMLNode {
        let items = addresses.enumerated().map { number, address -> XMLNode in
            .element(
                XMLElement(
                    "IpAddress",
                    attributes: [XMLAttribute("wcm:action", "add"), XMLAttribute("wcm:keyValue", String(number + 1))],
                    children: [.text(address)]))
        }
        return .element(XMLElement(name, children: items))
    }
}
