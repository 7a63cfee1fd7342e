// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture

@Suite("what a Windows that does not run says of itself")
struct ReferenceSystemTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let state = "Microsoft\\Windows\\CurrentVersion\\Setup\\State"

    /// A Windows that Sysprep has generalised, in no domain and without a client, with `changes` of its hives.
    private func system(
        files: [String] = [],
        _ change: (_ software: inout HiveBuilder, _ system: inout HiveBuilder) -> Void = { _, _ in }
    ) throws -> ReferenceSystem? {
        var (software, system) = (HiveBuilder(), HiveBuilder())
        software.set("ImageState", of: Self.state, to: .text("IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE"))
        let version = "Microsoft\\Windows NT\\CurrentVersion"
        software.set("EditionID", of: version, to: .text("Enterprise"))
        software.set("InstallationType", of: version, to: .text("Client"))
        software.set("CurrentBuildNumber", of: version, to: .text("26100"))
        software.set("CurrentMajorVersionNumber", of: version, to: .number(10))
        software.set("CurrentMinorVersionNumber", of: version, to: .number(0))
        software.set("UBR", of: version, to: .number(1742))
        system.set("Default", of: "Select", to: .number(2))
        let control = "ControlSet002\\Control"
        system.set("PROCESSOR_ARCHITECTURE", of: "\(control)\\Session Manager\\Environment", to: .text("AMD64"))
        system.set("InstallLanguage", of: "\(control)\\Nls\\Language", to: .text("0407"))
        system.set("ProductType", of: "\(control)\\ProductOptions", to: .text("WinNT"))
        system.set("LCID", of: "\(control)\\MUI\\UILanguages\\en-US", to: .number(0x409))
        system.set("LCID", of: "\(control)\\MUI\\UILanguages\\de-DE", to: .number(0x407))
        system.set("Start", of: "ControlSet002\\Services\\Netlogon", to: .number(3))
        change(&software, &system)
        let root = folder.path
        try TestFolder.write(software.bytes(), to: root.appending("Windows/System32/config/SOFTWARE"))
        try TestFolder.write(system.bytes(), to: root.appending("Windows/System32/config/SYSTEM"))
        for file in files { try TestFolder.write([1], to: root.appending(file)) }
        return try ReferenceSystem { path in
            let place = path.components.reduce(root) { $0.appending($1) }
            return (try? Stat(place)) == nil ? nil : place
        }
    }

    @Test("one that is ready has nothing against it")
    func ready() throws {
        let found = try #require(try system())
        #expect(found.findings.isEmpty)
    }

    @Test("its properties are those that DISM writes")
    func properties() throws {
        let found = try #require(try system())
        let values = Dictionary(uniqueKeysWithValues: found.properties.map { ($0.path, $0.value) })
        #expect(
            values == [
                "WINDOWS/ARCH": "9", "WINDOWS/PRODUCTNAME": "Microsoft® Windows® Operating System",
                "WINDOWS/EDITIONID": "Enterprise", "WINDOWS/INSTALLATIONTYPE": "Client", "WINDOWS/PRODUCTTYPE": "WinNT",
                "WINDOWS/LANGUAGES/LANGUAGE": "de-DE", "WINDOWS/LANGUAGES/LANGUAGE[2]": "en-US",
                "WINDOWS/LANGUAGES/DEFAULT": "de-DE", "WINDOWS/VERSION/MAJOR": "10", "WINDOWS/VERSION/MINOR": "0",
                "WINDOWS/VERSION/BUILD": "26100", "WINDOWS/VERSION/SPBUILD": "1742", "WINDOWS/VERSION/SPLEVEL": "0",
                "WINDOWS/SYSTEMROOT": "WINDOWS", "FLAGS": "Enterprise",
            ])
    }

    @Test(
        "one that Sysprep has not generalised says so, whatever its state is called",
        arguments: ["IMAGE_STATE_COMPLETE", ""])
    func state(_ state: String) throws {
        let found = try #require(
            try system { software, _ in software.set("ImageState", of: Self.state, to: .text(state)) })
        #expect(found.findings.map(\.kind) == [.notGeneralised])
        #expect(found.findings.first?.remedy.description.contains("sysprep /generalize") == true)
    }

    @Test("a member of a domain, and none that only has the name of one for its DNS")
    func domain() throws {
        let parameters = "ControlSet002\\Services\\Tcpip\\Parameters"
        let suffix = try #require(
            try system { _, system in system.set("Domain", of: parameters, to: .text("corp.example")) })
        #expect(suffix.findings.isEmpty)
        let member = try #require(
            try system { _, system in
                system.set("Domain", of: parameters, to: .text("corp.example"))
                system.set("Start", of: "ControlSet002\\Services\\Netlogon", to: .number(2))
            })
        #expect(member.findings.map(\.kind) == [.domainMember])
        #expect(member.findings.first?.problem.description.contains("corp.example") == true)
    }

    @Test("the identity of a client, in its file or in its certificates")
    func client() throws {
        let certificates = try #require(
            try system { software, _ in
                software.set("Blob", of: "Microsoft\\SystemCertificates\\SMS\\Certificates\\AB12", to: .number(1))
            })
        #expect(certificates.findings.map(\.kind) == [.clientIdentity])
        let file = try #require(try system(files: ["Windows/SMSCFG.INI"]))
        #expect(file.findings.map(\.kind) == [.clientIdentity])
    }

    @Test("one that came from an image before")
    func captured() throws {
        let toolkit = try #require(
            try system { software, _ in
                software.set("Capture Timestamp", of: "Microsoft\\Deployment 4", to: .text("20260101"))
            })
        #expect(toolkit.findings.map(\.kind) == [.capturedBefore])
        // What Sysprep has just written says nothing of what was before.
        let prepared = try #require(try system { _, system in system.set("CloneTag", of: "Setup", to: .text("x")) })
        #expect(prepared.findings.isEmpty)
        let used = try #require(
            try system { software, system in
                software.set("ImageState", of: Self.state, to: .text("IMAGE_STATE_COMPLETE"))
                system.set("CloneTag", of: "Setup", to: .text("x"))
            })
        #expect(used.findings.map(\.kind) == [.notGeneralised, .capturedBefore])
    }

    @Test("a volume without hives holds no Windows, and damaged ones are told")
    func hives() throws {
        #expect(try ReferenceSystem { _ in nil } == nil)
        let file = try folder.write([1, 2, 3], to: "damaged")
        #expect(throws: (any Error).self) { try ReferenceSystem { _ in file } }
    }
}
