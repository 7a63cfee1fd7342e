// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TaskSequence

/// Requests for new task sequences.
enum RequestFixture {
    /// An installation with nothing but what must be chosen.
    static let smallInstallation = InstallationInput(operatingSystemImageID: "ABC00004", clientPackageID: "ABC00002")

    /// An installation with everything chosen.
    static let fullInstallation = InstallationInput(
        operatingSystemImageID: "abc00004", operatingSystemImageIndex: 3,
        windows: WindowsInput(
            productKey: SequenceSecret("abcde-fghij-klmno-pqrst-uvwx9"), licensing: .perServer(maximumConnections: 25),
            administrator: .enabled(SequenceSecret("administrator secret")), timeZone: "W. Europe Standard Time",
            registeredOrganization: "Example"),
        network: .workgroup("LAB"), clientPackageID: "ABC00002", clientProperties: "SMSMP=mp.example.com",
        updates: .mandatory,
        applications: [
            ApplicationInput(id: "ScopeId_A1/Application_b2", name: "Reader"),
            ApplicationInput(id: "ScopeId_A1/Application_c3"),
        ], continuesOnFailure: true)

    /// A domain to join.
    static let domain = DomainInput(
        name: "example.com", organizationalUnit: "LDAP://OU=Lab,DC=example,DC=com", account: #"EXAMPLE\joiner"#,
        password: SequenceSecret("domain secret"))

    /// A capture with everything chosen.
    static let capture = CaptureInput(
        path: #"\\server\share\reference.wim"#, account: #"EXAMPLE\capture"#,
        password: SequenceSecret("capture secret"), createdBy: "somebody", version: "1.0", description: "an image")

    /// A request for `scenario`.
    static func request(
        _ scenario: SequenceRequest.Scenario, stepNames: SequenceRequest.StepNames = .current
    ) -> SequenceRequest {
        SequenceRequest(
            scenario, name: "New", description: "First line\nsecond <line> & more",
            bootImage: BootImageInput(packageID: "ABC00005"), stepNames: stepNames)
    }

    /// Requests of every kind and with every choice that changes the steps.
    static let all: [(name: String, request: SequenceRequest)] = {
        var inDomain = fullInstallation
        inDomain.network = .domain(domain)
        return [
            ("full", request(.buildAndCapture(fullInstallation, capture))),
            ("full, 2016", request(.buildAndCapture(fullInstallation, capture), stepNames: .of2016)),
            ("small", request(.buildAndCapture(smallInstallation, capture))),
            ("domain", request(.buildAndCapture(inDomain, capture))),
            ("domain, 2016", request(.buildAndCapture(inDomain, capture), stepNames: .of2016)),
            ("capture", request(.capture(capture))),
            ("install", request(.install(fullInstallation, keepsPartitions: false))),
            ("install, small", request(.install(smallInstallation, keepsPartitions: true))),
            ("install, domain", request(.install(inDomain, keepsPartitions: false))),
        ]
    }()
}

extension SequenceRequest {
    /// The task sequence that the program's own template makes.
    func taskSequence() throws -> TaskSequencePackage {
        try taskSequence(from: try SequenceTemplate.builtIn(templateName))
    }
}
