// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What is installed: the wizard's pages Install Windows, Configure Network, Install Configuration Manager, Include
/// Updates and Install Applications.
public struct InstallationInput: Sendable {
    /// Which software updates are installed: the property Target of Install Software Updates.
    public enum Updates: String, Sendable, CaseIterable {
        /// All that are deployed to the computer.
        case all
        /// Those that are required.
        case mandatory
        /// None: the step is left out.
        case none
    }

    /// The package ID of the operating system image.
    public var operatingSystemImageID: String
    /// The number of the image in its WIM, from 1.
    public var operatingSystemImageIndex: Int
    /// Windows' own settings.
    public var windows: WindowsInput
    /// The workgroup or domain.
    public var network: NetworkInput
    /// The package ID of the Configuration Manager client.
    public var clientPackageID: String
    /// Properties for the client's installation, separated by spaces.
    public var clientProperties: String
    /// Which software updates are installed.
    public var updates: Updates
    /// The applications to install, in order.
    public var applications: [ApplicationInput]
    /// True when an application that fails does not keep the next ones from being installed.
    public var continuesOnFailure: Bool

    /// Chooses what is installed.
    public init(
        operatingSystemImageID: String, operatingSystemImageIndex: Int = 1, windows: WindowsInput = WindowsInput(),
        network: NetworkInput = .workgroup(NetworkInput.defaultWorkgroup), clientPackageID: String,
        clientProperties: String = "", updates: Updates = .none, applications: [ApplicationInput] = [],
        continuesOnFailure: Bool = false
    ) {
        self.operatingSystemImageID = operatingSystemImageID
        self.operatingSystemImageIndex = operatingSystemImageIndex
        self.windows = windows
        self.network = network
        self.clientPackageID = clientPackageID
        self.clientProperties = clientProperties
        self.updates = updates
        self.applications = applications
        self.continuesOnFailure = continuesOnFailure
    }
}

/// The settings of the new Windows.
public struct WindowsInput: Sendable {
    /// How a Windows Server is licensed: the property ServerLicenseMode of Apply Windows Settings.
    public enum Licensing: Sendable {
        /// Nothing is said.
        case unspecified
        /// For each user or device.
        case perSeat
        /// For a number of connections, 5 to 9999.
        case perServer(maximumConnections: Int)
    }

    /// What becomes of the local administrator.
    public enum Administrator: Sendable {
        /// A random password, and the account is disabled.
        case disabled
        /// The account is enabled and has this password, 1 to 255 characters.
        case enabled(SequenceSecret)
    }

    /// The product key, or an encoded volume licence key; nil for none.
    public var productKey: SequenceSecret?
    /// How a Windows Server is licensed.
    public var licensing: Licensing
    /// What becomes of the local administrator.
    public var administrator: Administrator
    /// Windows' name for the time zone, such as `W. Europe Standard Time`.
    public var timeZone: String
    /// Who Windows is registered to, 1 to 255 characters.
    public var registeredUser: String
    /// The organisation that Windows is registered to, 1 to 255 characters.
    public var registeredOrganization: String

    /// Sets Windows up; the registered names are what the samples have, the time zone is ours.
    public init(
        productKey: SequenceSecret? = nil, licensing: Licensing = .unspecified,
        administrator: Administrator = .disabled,
        timeZone: String = "UTC", registeredUser: String = "User", registeredOrganization: String = "Org"
    ) {
        self.productKey = productKey
        self.licensing = licensing
        self.administrator = administrator
        self.timeZone = timeZone
        self.registeredUser = registeredUser
        self.registeredOrganization = registeredOrganization
    }
}

/// The workgroup or domain that the computer joins.
public enum NetworkInput: Sendable {
    /// A workgroup, 1 to 32 characters.
    case workgroup(String)
    /// A domain.
    case domain(DomainInput)

    /// The workgroup that Windows itself proposes.
    public static let defaultWorkgroup = "WORKGROUP"

    var joinsDomain: Bool { if case .domain = self { true } else { false } }
}

/// A domain and the account that may join computers to it.
public struct DomainInput: Sendable {
    /// The domain's name, 1 to 255 characters.
    public var name: String
    /// Where the computer's account is made: `LDAP://OU=...,DC=...`; nil for the domain's own place.
    public var organizationalUnit: String?
    /// `domain\user`, or `%variable%`.
    public var account: String
    /// The account's password; nil leaves it blank, as an export does.
    public var password: SequenceSecret?

    /// Chooses a domain.
    public init(name: String, organizationalUnit: String? = nil, account: String, password: SequenceSecret? = nil) {
        self.name = name
        self.organizationalUnit = organizationalUnit
        self.account = account
        self.password = password
    }
}

/// An application to install.
public struct ApplicationInput: Sendable, Equatable {
    /// The model name, `ScopeId_.../Application_...`.
    public var id: String
    /// The name that the editor shows.
    public var name: String

    /// Chooses an application; without a name the editor shows its ID.
    public init(id: String, name: String? = nil) {
        self.id = id
        self.name = name ?? id
    }

    /// Reads `ScopeId_.../Application_...`, or `NAME=ScopeId_.../Application_...`.
    public init(parsing text: String) {
        let start = "ScopeId_"
        // The last one: a name may hold anything.
        guard !text.hasPrefix(start), let separator = text.lastRange(of: "=" + start) else {
            self.init(id: text)
            return
        }
        let id = text[text.index(after: separator)...]
        self.init(id: String(id), name: String(text[..<separator]))
    }
}

extension String {
    /// Where the last occurrence of `part` begins.
    fileprivate func lastRange(of part: String) -> Index? {
        var found: Index?
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            found = range.lowerBound
            rest = rest[index(after: range.lowerBound)...]
        }
        return found
    }
}
