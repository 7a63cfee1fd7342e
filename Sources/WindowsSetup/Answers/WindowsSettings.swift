// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a task sequence wants Windows to be set up with: Apply Windows Settings and Apply Network Settings.
///
/// What is nil is left as the answer file or the image has it.
public struct WindowsSettings: Sendable, Equatable {
    /// The name of the computer.
    public var computerName: String?
    /// The owner that Windows shows.
    public var registeredOwner: String?
    /// The organization that Windows shows.
    public var registeredOrganization: String?
    /// The product key.
    public var productKey: String?
    /// The time zone, by its name in Windows.
    public var timeZone: String?
    /// The local administrator.
    public var administrator: Administrator?
    /// Languages and formats.
    public var locale = Locale()
    /// The workgroup or domain that the computer joins.
    public var membership: Membership?
    /// Network adapters with settings of their own; the others ask for theirs (DHCP).
    public var adapters: [NetworkAdapter] = []

    /// Nothing wanted.
    public init() {}

    /// The local administrator, whatever the account is called.
    public enum Administrator: Sendable, Equatable {
        /// Its password.
        case enabled(password: String)
        /// A password that nobody knows; the account is disabled when Windows is set up.
        case disabled(password: String)

        /// The password.
        var password: String {
            switch self {
            case .enabled(let password), .disabled(let password): password
            }
        }
    }

    /// Languages and formats, each by its name (`de-DE`) or number.
    public struct Locale: Sendable, Equatable {
        /// The keyboard.
        public var input: String?
        /// Programs without Unicode.
        public var system: String?
        /// What Windows speaks.
        public var userInterface: String?
        /// What it speaks where that is not translated.
        public var userInterfaceFallback: String?
        /// Formats.
        public var user: String?

        /// Nothing wanted.
        public init() {}
    }

    /// What a computer joins.
    public enum Membership: Sendable, Equatable {
        /// A workgroup.
        case workgroup(String)
        /// A domain.
        case domain(Domain)
    }

    /// A domain and who may join computers to it.
    public struct Domain: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// The unit that the computer's account is made in; nil for the domain's own.
        public var organizationalUnit: String?
        /// The account, as `domain\user` or `user@domain`.
        public var account: String
        /// Its password.
        public var password: String

        /// Describes a domain; an organizational unit may have `LDAP://` in front.
        public init(name: String, organizationalUnit: String? = nil, account: String, password: String) {
            let prefix = "LDAP://"
            let unit = organizationalUnit.map { unit in
                unit.caseFolded.hasPrefix(prefix.caseFolded) ? String(unit.dropFirst(prefix.count)) : unit
            }
            self.name = name
            self.organizationalUnit = unit.flatMap { $0.isEmpty ? nil : $0 }
            self.account = account
            self.password = password
        }

        /// Domain and user of the account.
        var accountParts: (domain: String?, user: String) {
            let parts = account.split(separator: "\\", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (nil, account)
        }
    }

    /// A network adapter with fixed addresses.
    public struct NetworkAdapter: Sendable, Equatable {
        /// Its hardware address or the name of its connection.
        public var identifier: String
        /// Addresses with the length of their network: `192.0.2.10/24`; empty for DHCP.
        public var addresses: [String]
        /// Gateways.
        public var gateways: [String]
        /// Servers for names.
        public var nameServers: [String]
        /// The domain of its names.
        public var domain: String?

        /// Describes an adapter.
        public init(
            identifier: String, addresses: [String] = [], gateways: [String] = [], nameServers: [String] = [],
            domain: String? = nil
        ) {
            self.identifier = identifier
            self.addresses = addresses
            self.gateways = gateways
            self.nameServers = nameServers
            self.domain = domain
        }
    }
}
