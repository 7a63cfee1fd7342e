// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Identifiers
import SequenceTools
import TaskSequence

/// What the task sequence is called, and its boot image.
struct SequenceNewIdentityOptions: ParsableArguments {
    @Option(help: "The task sequence's name, at most 50 characters.")
    var name: String

    @Option(help: "Its description, at most 512 characters.")
    var description = ""

    @Option(help: ArgumentHelp("The boot image's package ID.", valueName: "id"))
    var bootImage: String

    @Option(help: "The boot image's architecture: checked against --target-architecture, and stored nowhere.")
    var bootImageArchitecture: Architecture?

    @Option(help: "The architecture of the computers that the task sequence is for.")
    var targetArchitecture: Architecture?

    /// A request with these options.
    func request(
        _ scenario: SequenceRequest.Scenario, stepNames: SequenceRequest.StepNames = .current
    ) throws -> SequenceRequest {
        SequenceRequest(
            scenario, name: name, description: description,
            bootImage: BootImageInput(
                packageID: bootImage, architecture: bootImageArchitecture, targetArchitecture: targetArchitecture),
            stepNames: stepNames)
    }
}

extension Architecture: ExpressibleByArgument {}

/// The operating system image, and how Windows is set up.
struct SequenceNewWindowsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The operating system image's package ID.", valueName: "id"))
    var operatingSystemImage: String

    @Option(help: ArgumentHelp("The number of the image in its WIM, from 1.", valueName: "n"))
    var operatingSystemImageIndex = 1

    @Option(
        help: ArgumentHelp(
            "The product key, XXXXX-XXXXX-XXXXX-XXXXX-XXXXX, or an encoded volume licence key.", valueName: "key"))
    var productKey: String?

    @Option(help: "How a Windows Server is licensed.")
    var licensingMode = WindowsInput.LicensingMode.nonSpecify

    @Option(help: ArgumentHelp("The connections that per-server licensing is for, 5 to 9999.", valueName: "n"))
    var maximumConnections: Int?

    @Flag(help: "Give the local administrator a random password and disable the account (the default).")
    var randomAdministratorPassword = false

    @Option(
        help: ArgumentHelp(
            "File whose first line is the local administrator's password; the account is enabled. - reads standard "
                + "input.", valueName: "file|-"), completion: .file())
    var administratorPasswordFile: String?

    @Option(help: ArgumentHelp("Windows' English name for the time zone.", valueName: "name"))
    var timeZone = "UTC"

    @Option(help: ArgumentHelp("Who Windows is registered to.", valueName: "name"))
    var registeredUser = "User"

    @Option(help: ArgumentHelp("The organisation that Windows is registered to.", valueName: "name"))
    var registeredOrganization = "Org"

    /// What is installed, with the options for the network and for software.
    func installation(
        _ network: SequenceNewNetworkOptions, _ software: SequenceNewSoftwareOptions, _ passwords: SequencePasswords
    ) throws -> InstallationInput {
        InstallationInput(
            operatingSystemImageID: operatingSystemImage, operatingSystemImageIndex: operatingSystemImageIndex,
            windows: WindowsInput(
                productKey: productKey.map { SequenceSecret($0) },
                licensing: try WindowsInput.Licensing(licensingMode, maximumConnections: maximumConnections),
                administrator: try WindowsInput.Administrator(
                    isRandom: randomAdministratorPassword,
                    password: passwords.reader(administratorPasswordFile, .administratorPassword)),
                timeZone: timeZone, registeredUser: registeredUser, registeredOrganization: registeredOrganization),
            network: try network.input(passwords), clientPackageID: software.clientPackage,
            clientProperties: software.clientProperties, updates: software.updates,
            applications: software.applications.map { ApplicationInput(parsing: $0) },
            continuesOnFailure: software.continueOnFailure)
    }
}

extension WindowsInput.LicensingMode: ExpressibleByArgument {
    /// Read in any case and with hyphens too.
    public init?(argument: String) { self.init(named: argument) }
}

/// The workgroup or the domain.
struct SequenceNewNetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The workgroup to join, at most 32 characters (default: \(NetworkInput.defaultWorkgroup)).",
            valueName: "name"))
    var workgroup: String?

    @Option(help: ArgumentHelp("The domain to join.", valueName: "name"))
    var domain: String?

    @Option(
        help: ArgumentHelp("Where in the domain: LDAP://OU=Computers,DC=example,DC=com.", valueName: "path"))
    var organizationalUnit: String?

    @Option(
        help: ArgumentHelp(#"The account that may join the domain: DOMAIN\USER or %VARIABLE%."#, valueName: "account"))
    var domainAccount: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line is this account's password; - reads standard input.", valueName: "file|-"),
        completion: .file())
    var domainPasswordFile: String?

    /// The workgroup or the domain that the options name.
    func input(_ passwords: SequencePasswords) throws -> NetworkInput {
        try NetworkInput(
            workgroup: workgroup, domain: domain, organizationalUnit: organizationalUnit, account: domainAccount,
            password: passwords.reader(domainPasswordFile, .domainPassword))
    }
}

/// The client, updates and applications.
struct SequenceNewSoftwareOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The package ID of the Configuration Manager client.", valueName: "id"))
    var clientPackage: String

    @Option(
        help: ArgumentHelp(
            "Properties for the client's installation, never SMSSITECODE.", valueName: "properties"))
    var clientProperties = ""

    @Option(help: "The software updates to install.")
    var updates: InstallationInput.Updates = .none

    @Option(
        name: .customLong("application"),
        help: ArgumentHelp(
            "An application to install: its model name, with the name to show before it if wanted (repeatable).",
            valueName: "[name=]ScopeId_.../Application_..."))
    var applications: [String] = []

    @Flag(help: "Install the next applications when one fails.")
    var continueOnFailure = false
}

extension InstallationInput.Updates: ExpressibleByArgument {}

/// Where the image goes, and what it says about itself.
struct SequenceNewCaptureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            #"The WIM to write, \\server\share\name.wim; an existing one is overwritten."#, valueName: "path"))
    var capturePath: String

    @Option(
        help: ArgumentHelp(#"The account that may write there: DOMAIN\USER or %VARIABLE%."#, valueName: "account"))
    var captureAccount: String

    @Option(
        help: ArgumentHelp(
            "File whose first line is this account's password; - reads standard input.", valueName: "file|-"),
        completion: .file())
    var capturePasswordFile: String?

    @Option(help: ArgumentHelp("Who made the image, at most 255 characters.", valueName: "name"))
    var createdBy = ""

    @Option(help: ArgumentHelp("The image's version, at most 32 characters.", valueName: "text"))
    var version = ""

    @Option(help: ArgumentHelp("The image's description, at most 255 characters.", valueName: "text"))
    var imageDescription = ""

    /// The capture that the options describe.
    func input(_ passwords: SequencePasswords) throws -> CaptureInput {
        CaptureInput(
            path: capturePath, account: captureAccount,
            password: try passwords.reader(capturePasswordFile, .capturePassword)?(),
            createdBy: createdBy, version: version, description: imageDescription)
    }
}
