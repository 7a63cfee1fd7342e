// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TaskSequence
import Testing

@Suite("inputs of new task sequences")
struct SequenceRequestTests {
    /// A change to a request that has everything, and the option that must be named when it is refused.
    struct Change: Sendable, CustomTestStringConvertible {
        let option: String
        let testDescription: String
        let apply: @Sendable (inout Inputs) -> Void

        init(_ option: String, _ description: String, _ apply: @escaping @Sendable (inout Inputs) -> Void) {
            self.option = option
            testDescription = "\(option) \(description)"
            self.apply = apply
        }
    }

    /// The parts of a request, so that each can be changed.
    struct Inputs {
        var installation = RequestFixture.fullInstallation
        var domain = RequestFixture.domain
        var isInDomain = false
        var capture = RequestFixture.capture
        var name = "New"
        var description = ""
        var bootImage = BootImageInput(packageID: "ABC00005")

        var request: SequenceRequest {
            var installation = installation
            if isInDomain { installation.network = .domain(domain) }
            return SequenceRequest(
                .buildAndCapture(installation, capture), name: name, description: description, bootImage: bootImage)
        }
    }

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    private static func path(_ count: Int) -> String { #"\\s\s\"# + text(count - 10) + ".wim" + "" }
    private static func unit(_ count: Int) -> String { "LDAP://OU=" + text(count - 15) + ",DC=x" }

    private static let accepted: [Change] = [
        .init("--name", "of 1 character") { $0.name = "x" },
        .init("--name", "of 50 characters") { $0.name = text(50) },
        .init("--name", "of 50 letters beyond ASCII") { $0.name = String(repeating: "é", count: 50) },
        .init("--name", "with markup") { $0.name = #"<a> & "b" 'c' ]]> %d% {{e}} -- \"# },
        .init("--description", "of 512 characters") { $0.description = text(512) },
        .init("--description", "of several lines") { $0.description = "a\r\n\tb\nc" },
        .init("--boot-image", "in lower case") { $0.bootImage.packageID = "abc0000f" },
        .init("--operating-system-image-index", "1") { $0.installation.operatingSystemImageIndex = 1 },
        .init("--operating-system-image-index", "2147483647") {
            $0.installation.operatingSystemImageIndex = 2_147_483_647
        },
        .init("--product-key", "none") { $0.installation.windows.productKey = nil },
        .init("--product-key", "encoded") { $0.key("AAAAB3NzaC1yc2EAAAADAQAB/+==") },
        .init("--maximum-connections", "5") { $0.installation.windows.licensing = .perServer(maximumConnections: 5) },
        .init("--maximum-connections", "9999") {
            $0.installation.windows.licensing = .perServer(maximumConnections: 9999)
        },
        .init("--administrator-password-file", "of 1 character") {
            $0.installation.windows.administrator = .enabled(SequenceSecret("x"))
        },
        .init("--administrator-password-file", "of 255 characters") {
            $0.installation.windows.administrator = .enabled(SequenceSecret(text(255)))
        },
        .init("--time-zone", "of 255 characters") { $0.installation.windows.timeZone = text(255) },
        .init("--registered-user", "of 255 characters") { $0.installation.windows.registeredUser = text(255) },
        .init("--registered-organization", "of 1 character") { $0.installation.windows.registeredOrganization = "x" },
        .init("--workgroup", "of 1 character") { $0.installation.network = .workgroup("x") },
        .init("--workgroup", "of 32 characters") { $0.installation.network = .workgroup(text(32)) },
        .init("--domain", "of 255 characters") { $0.domain(name: text(255)) },
        .init("--organizational-unit", "of 32767 characters") { $0.domain(unit: unit(32_767)) },
        .init("--organizational-unit", "of several levels") { $0.domain(unit: "ldap://ou=a,OU=b,CN=c,DC=x,dc=y") },
        .init("--organizational-unit", "with an escaped comma") { $0.domain(unit: #"LDAP://OU=a\, b,DC=x"#) },
        .init("--organizational-unit", "of a variable") { $0.domain(unit: "%MyUnit%") },
        .init("--domain-account", "of a variable") { $0.domain(account: "%JoinAccount%") },
        .init("--domain-account", "with a variable in it") { $0.domain(account: #"%Domain%\%User%"#) },
        .init("--client-properties", "none") { $0.installation.clientProperties = "" },
        .init("--client-properties", "with quotes") { $0.installation.clientProperties = #"/x SMSMP="a b" <c>"# },
        .init("--created-by", "of 255 characters") { $0.capture.createdBy = text(255) },
        .init("--version", "of 32 characters") { $0.capture.version = text(32) },
        .init("--image-description", "of 255 characters") { $0.capture.description = text(255) },
        .init("--capture-path", "of 255 characters") { $0.capture.path = path(255) },
        .init("--capture-path", "as short as can be") { $0.capture.path = #"\\s\s\x.WIM"# },
        .init("--capture-path", "with variables") { $0.capture.path = #"\\%Server%\%Share%\%_SMSTSMachineName%.wim"# },
    ]

    @Test("what is within its limits is taken, and stands in the task sequence", arguments: accepted)
    func accepts(change: Change) throws {
        var inputs = Inputs()
        change.apply(&inputs)
        let package = try inputs.request.taskSequence()
        let read = try TaskSequencePackage(
            xml: try #require(try TaskSequenceExport.parts(of: [package]).first { $0.name.hasSuffix("object.xml") })
                .bytes, source: "object.xml", stem: "object")
        #expect(read.name == inputs.name)
        #expect(
            read.description == inputs.description.replacing("\r\n", with: "\n")
                || inputs.description == read.description)
        #expect(read.sequence == package.sequence)
    }

    private static let refused: [Change] = [
        .init("--name", "empty") { $0.name = "" },
        .init("--name", "blank") { $0.name = " \u{3000} " },
        .init("--name", "of 51 characters") { $0.name = text(51) },
        .init("--name", "of 26 characters that take two units each") { $0.name = String(repeating: "😀", count: 26) },
        .init("--name", "of two lines") { $0.name = "a\nb" },
        .init("--name", "with NUL") { $0.name = "a\u{0}b" },
        .init("--name", "with an escape sequence") { $0.name = "a\u{1B}[2Jb" },
        .init("--name", "with a line separator") { $0.name = "a\u{2028}b" },
        .init("--name", "with what XML cannot carry") { $0.name = "a\u{FFFE}b" },
        .init("--name", "of a megabyte") { $0.name = text(1 << 20) },
        .init("--description", "of 513 characters") { $0.description = text(513) },
        .init("--description", "with a bell") { $0.description = "a\u{7}" },
        .init("--boot-image", "of 7 characters") { $0.bootImage.packageID = "ABC0005" },
        .init("--boot-image", "of 9 characters") { $0.bootImage.packageID = "ABC000055" },
        .init("--boot-image", "of other characters") { $0.bootImage.packageID = "ABC-0005" },
        .init("--boot-image", "that means none") { $0.bootImage.packageID = "00000000" },
        .init("--boot-image", "of a path") { $0.bootImage.packageID = "/srv/boot.wim" },
        .init("--boot-image-architecture", "arm64 for x64") {
            $0.bootImage.architecture = .arm64
            $0.bootImage.targetArchitecture = .x64
        },
        .init("--boot-image-architecture", "x64 for x86") {
            $0.bootImage.architecture = .x64
            $0.bootImage.targetArchitecture = .x86
        },
        .init("--boot-image-architecture", "x64 for arm64") {
            $0.bootImage.architecture = .x64
            $0.bootImage.targetArchitecture = .arm64
        },
        .init("--operating-system-image", "empty") { $0.installation.operatingSystemImageID = "" },
        .init("--operating-system-image", "that means none") { $0.installation.operatingSystemImageID = "00000000" },
        .init("--operating-system-image-index", "0") { $0.installation.operatingSystemImageIndex = 0 },
        .init("--operating-system-image-index", "-1") { $0.installation.operatingSystemImageIndex = -1 },
        .init("--operating-system-image-index", "2147483648") {
            $0.installation.operatingSystemImageIndex = 2_147_483_648
        },
        .init("--product-key", "empty") { $0.key("") },
        .init("--product-key", "of four groups") { $0.key("ABCDE-FGHIJ-KLMNO-PQRST") },
        .init("--product-key", "of six groups") { $0.key("ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z1234") },
        .init("--product-key", "with a short group") { $0.key("ABCDE-FGHI-KLMNO-PQRST-UVWXY") },
        .init("--product-key", "with a long group") { $0.key("ABCDE-FGHIJX-KLMNO-PQRST-UVWXY") },
        .init("--product-key", "with another character") { $0.key("ABCDE-FGH!J-KLMNO-PQRST-UVWXY") },
        .init("--product-key", "with a letter beyond ASCII") { $0.key("ABCDE-FGHÄJ-KLMNO-PQRST-UVWXY") },
        .init("--product-key", "with a space") { $0.key(" ABCDE-FGHIJ-KLMNO-PQRST-UVWXY") },
        .init("--product-key", "with a line end") { $0.key("encoded\nkey") },
        .init("--maximum-connections", "4") { $0.installation.windows.licensing = .perServer(maximumConnections: 4) },
        .init("--maximum-connections", "10000") {
            $0.installation.windows.licensing = .perServer(maximumConnections: 10_000)
        },
        .init("--administrator-password-file", "of 256 characters") {
            $0.installation.windows.administrator = .enabled(SequenceSecret(text(256)))
        },
        .init("--administrator-password-file", "with a control character") {
            $0.installation.windows.administrator = .enabled(SequenceSecret("a\u{1}b"))
        },
        .init("--time-zone", "empty") { $0.installation.windows.timeZone = "" },
        .init("--registered-user", "of 256 characters") { $0.installation.windows.registeredUser = text(256) },
        .init("--registered-organization", "empty") { $0.installation.windows.registeredOrganization = "" },
        .init("--workgroup", "empty") { $0.installation.network = .workgroup("") },
        .init("--workgroup", "of 33 characters") { $0.installation.network = .workgroup(text(33)) },
        .init("--domain", "empty") { $0.domain(name: "") },
        .init("--domain", "of 256 characters") { $0.domain(name: text(256)) },
        .init("--organizational-unit", "of 32768 characters") { $0.domain(unit: unit(32_768)) },
        .init("--organizational-unit", "without LDAP") { $0.domain(unit: "OU=a,DC=x") },
        .init("--organizational-unit", "with one slash missing") { $0.domain(unit: "LDAP:/OU=a,DC=x") },
        .init("--organizational-unit", "without a domain") { $0.domain(unit: "LDAP://OU=a") },
        .init("--organizational-unit", "of a domain alone") { $0.domain(unit: "LDAP://DC=x,DC=y") },
        .init("--organizational-unit", "with the unit last") { $0.domain(unit: "LDAP://DC=x,OU=a") },
        .init("--organizational-unit", "with an empty name") { $0.domain(unit: "LDAP://OU=,DC=x") },
        .init("--organizational-unit", "with a comma at its end") { $0.domain(unit: "LDAP://OU=a,DC=x,") },
        .init("--domain-account", "without a domain") { $0.domain(account: "user") },
        .init("--domain-account", "without a user") { $0.domain(account: #"EXAMPLE\"#) },
        .init("--domain-account", "with two separators") { $0.domain(account: #"A\B\C"#) },
        .init("--domain-account", "of another form") { $0.domain(account: "user@example.com") },
        .init("--domain-account", "of an empty variable") { $0.domain(account: "%%") },
        .init("--domain-account", "of half a variable") { $0.domain(account: "%Account") },
        .init("--domain-account", "of two lines") { $0.domain(account: "A\\B\nC") },
        .init("--domain-password-file", "with a control character") {
            $0.isInDomain = true
            $0.domain.password = SequenceSecret("a\u{0}")
        },
        .init("--client-package", "empty") { $0.installation.clientPackageID = "" },
        .init("--client-properties", "with the site code") {
            $0.installation.clientProperties = "SMSMP=a smsSiteCode=ABC"
        },
        .init("--client-properties", "of two lines") { $0.installation.clientProperties = "A=1\nB=2" },
        .init("--application", "without a scope") { $0.application("Application_b2") },
        .init("--application", "with a revision") { $0.application("ScopeId_A1/Application_b2/3") },
        .init("--application", "of another kind") { $0.application("ScopeId_A1/DeploymentType_b2") },
        .init("--application", "with a comma") { $0.application("ScopeId_A1/Application_b2,c3") },
        .init("--application", "without a GUID") { $0.application("ScopeId_/Application_") },
        .init("--application", "twice") {
            $0.installation.applications = [
                ApplicationInput(id: "ScopeId_A1/Application_b2"), ApplicationInput(id: "ScopeId_a1/Application_B2"),
            ]
        },
        .init("--application", "with a blank name") {
            $0.installation.applications = [ApplicationInput(id: "ScopeId_A1/Application_b2", name: " ")]
        },
        .init("--continue-on-failure", "without applications") { $0.installation.applications = [] },
        .init("--created-by", "of 256 characters") { $0.capture.createdBy = text(256) },
        .init("--version", "of 33 characters") { $0.capture.version = text(33) },
        .init("--image-description", "of 256 characters") { $0.capture.description = text(256) },
        .init("--image-description", "of two lines") { $0.capture.description = "a\nb" },
        .init("--capture-path", "empty") { $0.capture.path = "" },
        .init("--capture-path", "of 256 characters") { $0.capture.path = path(256) },
        .init("--capture-path", "on a drive") { $0.capture.path = #"C:\images\x.wim"# },
        .init("--capture-path", "with slashes") { $0.capture.path = "//server/share/x.wim" },
        .init("--capture-path", "of another kind") { $0.capture.path = #"\\server\share\x.iso"# },
        .init("--capture-path", "without a share") { $0.capture.path = #"\\server\x.wim"# },
        .init("--capture-path", "without a server") { $0.capture.path = #"\\\share\x.wim"# },
        .init("--capture-path", "without a name") { $0.capture.path = #"\\server\share\.wim"# },
        .init("--capture-path", "of a folder") { $0.capture.path = #"\\server\share\x.wim\"# },
        .init("--capture-path", "that climbs") { $0.capture.path = #"\\server\share\..\x.wim"# },
        .init("--capture-path", "with a forbidden character") { $0.capture.path = #"\\server\share\a*b.wim"# },
        .init("--capture-account", "empty") { $0.capture.account = "" },
        .init("--capture-password-file", "with a control character") {
            $0.capture.password = SequenceSecret("a\u{8}")
        },
    ]

    @Test(
        "what is out of its limits is refused with 64's class, the option named, on one short line", arguments: refused)
    func refuses(change: Change) throws {
        var inputs = Inputs()
        change.apply(&inputs)
        let error = try #require(throws: TaskSequenceError.self) { try inputs.request.taskSequence() }
        #expect(error.code == .badRequest && error.failureClass == .usage)
        #expect(error.object == change.option, "\(error)")
        #expect(error.nextStep != nil)
        let line = error.description
        #expect(line.utf8.count < 300, "\(line)")
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test("a refused product key or password is never repeated")
    func hidesSecrets() throws {
        var key = Inputs()
        key.key("QWERT-QWERT-QWERT")
        var capture = Inputs()
        capture.capture.password = SequenceSecret("hush\u{1}")
        var administrator = Inputs()
        administrator.installation.windows.administrator = .enabled(
            SequenceSecret(String(repeating: "hush", count: 100)))
        for (inputs, text) in [(key, "QWERT"), (capture, "hush"), (administrator, "hush")] {
            let error = try #require(throws: TaskSequenceError.self) { try inputs.request.validate() }
            #expect(!error.description.contains(text))
        }
        let secret = SequenceSecret("hush")
        var dumped = ""
        dump(RequestFixture.request(.capture(CaptureInput(path: "", account: "", password: secret))), to: &dumped)
        #expect(!("\(secret)" + String(reflecting: secret) + dumped).contains("hush"))
    }

    @Test("an encoded product key, a domain and a 32-bit boot image are warned of, and nothing else is")
    func warns() throws {
        #expect(Inputs().request.warnings == [])
        var encoded = Inputs()
        encoded.key("AAAAB3NzaC1yc2EAAAADAQAB/+==")
        #expect(encoded.request.warnings.count == 1)
        #expect(encoded.request.warnings.first?.hasPrefix("--product-key") == true)
        #expect(encoded.request.warnings.first?.contains("AAAAB3") == false)
        var undashed = Inputs()
        undashed.key("ABCDEFGHIJKLMNOPQRSTUVWXY")
        #expect(undashed.request.warnings.count == 1)
        var old = Inputs()
        old.bootImage.architecture = .x86
        old.bootImage.targetArchitecture = .x64
        #expect(old.request.warnings.first?.hasPrefix("--boot-image-architecture") == true)
        var domain = Inputs()
        domain.isInDomain = true
        #expect(domain.request.warnings.first?.hasPrefix("--domain") == true)
        let install = RequestFixture.request(.install(domain.installation, keepsPartitions: false))
        #expect(install.warnings == [])
    }

    @Test("values are put in once: what looks like a placeholder in a value stays as it is")
    func doesNotFillTwice() throws {
        var inputs = Inputs()
        inputs.capture.createdBy = "{{capture-password}} {{{{ }} %x%"
        inputs.capture.description = #"</variable><variable name="x">&amp;"#
        let package = try inputs.request.taskSequence()
        var values: [String: String] = [:]
        package.sequence.forEachEnabledStep { _, step in
            for name in ["ImageCreator", "ImageDescription"] { values[name] = values[name] ?? step[property: name] }
        }
        #expect(values["ImageCreator"] == inputs.capture.createdBy)
        #expect(values["ImageDescription"] == inputs.capture.description)
    }

    @Test("a task sequence over the 2 MB that the console takes is not made")
    func refusesTooLarge() throws {
        var inputs = Inputs()
        inputs.installation.clientProperties = Self.text(2 << 20)
        let error = try #require(throws: TaskSequenceError.self) { try inputs.request.taskSequence() }
        #expect(error.failureClass == .cannotCreate && error.problem.contains("2097152"))
    }

    @Test("an application is named before its ID, or has the ID for a name")
    func readsApplications() {
        let id = "ScopeId_A1/Application_b2"
        #expect(ApplicationInput(parsing: id) == ApplicationInput(id: id, name: id))
        #expect(ApplicationInput(parsing: "Reader=\(id)") == ApplicationInput(id: id, name: "Reader"))
        #expect(ApplicationInput(parsing: "a=b=\(id)") == ApplicationInput(id: id, name: "a=b"))
        #expect(ApplicationInput(parsing: "a=ScopeId_x=\(id)") == ApplicationInput(id: id, name: "a=ScopeId_x"))
        #expect(ApplicationInput(parsing: "Reader").id == "Reader")
    }
}

extension SequenceRequestTests.Inputs {
    fileprivate mutating func domain(name: String? = nil, unit: String? = nil, account: String? = nil) {
        isInDomain = true
        if let name { domain.name = name }
        if let unit { domain.organizationalUnit = unit }
        if let account { domain.account = account }
    }

    fileprivate mutating func key(_ key: String) { installation.windows.productKey = SequenceSecret(key) }

    fileprivate mutating func application(_ id: String) { installation.applications = [ApplicationInput(id: id)] }
}
