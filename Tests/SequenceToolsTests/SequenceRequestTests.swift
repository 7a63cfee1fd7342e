// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("inputs of new task sequences")
struct SequenceRequestTests {
    /// A change to a request that has everything, and the field that must be named when it is refused.
    struct Change: Sendable, CustomTestStringConvertible {
        let field: RequestField
        let testDescription: String
        let apply: @Sendable (inout Inputs) -> Void

        init(_ field: RequestField, _ description: String, _ apply: @escaping @Sendable (inout Inputs) -> Void) {
            self.field = field
            testDescription = "\(field.words) \(description)"
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
        .init(.name, "of 1 character") { $0.name = "x" },
        .init(.name, "of 50 characters") { $0.name = text(50) },
        .init(.name, "of 50 letters beyond ASCII") { $0.name = String(repeating: "é", count: 50) },
        .init(.name, "with markup") { $0.name = #"<a> & "b" 'c' ]]> %d% {{e}} -- \"# },
        .init(.description, "of 512 characters") { $0.description = text(512) },
        .init(.description, "of several lines") { $0.description = "a\r\n\tb\nc" },
        .init(.bootImage, "in lower case") { $0.bootImage.packageID = "abc0000f" },
        .init(.operatingSystemImageIndex, "1") { $0.installation.operatingSystemImageIndex = 1 },
        .init(.operatingSystemImageIndex, "2147483647") {
            $0.installation.operatingSystemImageIndex = 2_147_483_647
        },
        .init(.productKey, "none") { $0.installation.windows.productKey = nil },
        .init(.productKey, "encoded") { $0.key("AAAAB3NzaC1yc2EAAAADAQAB/+==") },
        .init(.maximumConnections, "5") { $0.installation.windows.licensing = .perServer(maximumConnections: 5) },
        .init(.maximumConnections, "9999") {
            $0.installation.windows.licensing = .perServer(maximumConnections: 9999)
        },
        .init(.administratorPassword, "of 1 character") {
            $0.installation.windows.administrator = .enabled(SequenceSecret("x"))
        },
        .init(.administratorPassword, "of 255 characters") {
            $0.installation.windows.administrator = .enabled(SequenceSecret(text(255)))
        },
        .init(.timeZone, "of 255 characters") { $0.installation.windows.timeZone = text(255) },
        .init(.registeredUser, "of 255 characters") { $0.installation.windows.registeredUser = text(255) },
        .init(.registeredOrganization, "of 1 character") { $0.installation.windows.registeredOrganization = "x" },
        .init(.workgroup, "of 1 character") { $0.installation.network = .workgroup("x") },
        .init(.workgroup, "of 32 characters") { $0.installation.network = .workgroup(text(32)) },
        .init(.domain, "of 255 characters") { $0.domain(name: text(255)) },
        .init(.organizationalUnit, "of 32767 characters") { $0.domain(unit: unit(32_767)) },
        .init(.organizationalUnit, "of several levels") { $0.domain(unit: "ldap://ou=a,OU=b,CN=c,DC=x,dc=y") },
        .init(.organizationalUnit, "with an escaped comma") { $0.domain(unit: #"LDAP://OU=a\, b,DC=x"#) },
        .init(.organizationalUnit, "of a variable") { $0.domain(unit: "%MyUnit%") },
        .init(.domainAccount, "of a variable") { $0.domain(account: "%JoinAccount%") },
        .init(.domainAccount, "with a variable in it") { $0.domain(account: #"%Domain%\%User%"#) },
        .init(.clientProperties, "none") { $0.installation.clientProperties = "" },
        .init(.clientProperties, "with quotes") { $0.installation.clientProperties = #"/x SMSMP="a b" <c>"# },
        .init(.createdBy, "of 255 characters") { $0.capture.createdBy = text(255) },
        .init(.version, "of 32 characters") { $0.capture.version = text(32) },
        .init(.imageDescription, "of 255 characters") { $0.capture.description = text(255) },
        .init(.capturePath, "of 255 characters") { $0.capture.path = path(255) },
        .init(.capturePath, "as short as can be") { $0.capture.path = #"\\s\s\x.WIM"# },
        .init(.capturePath, "with variables") { $0.capture.path = #"\\%Server%\%Share%\%_SMSTSMachineName%.wim"# },
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
        .init(.name, "empty") { $0.name = "" },
        .init(.name, "blank") { $0.name = " \u{3000} " },
        .init(.name, "of 51 characters") { $0.name = text(51) },
        .init(.name, "of 26 characters that take two units each") { $0.name = String(repeating: "😀", count: 26) },
        .init(.name, "of two lines") { $0.name = "a\nb" },
        .init(.name, "with NUL") { $0.name = "a\u{0}b" },
        .init(.name, "with an escape sequence") { $0.name = "a\u{1B}[2Jb" },
        .init(.name, "with a line separator") { $0.name = "a\u{2028}b" },
        .init(.name, "with what XML cannot carry") { $0.name = "a\u{FFFE}b" },
        .init(.name, "of a megabyte") { $0.name = text(1 << 20) },
        .init(.description, "of 513 characters") { $0.description = text(513) },
        .init(.description, "with a bell") { $0.description = "a\u{7}" },
        .init(.bootImage, "of 7 characters") { $0.bootImage.packageID = "ABC0005" },
        .init(.bootImage, "of 9 characters") { $0.bootImage.packageID = "ABC000055" },
        .init(.bootImage, "of other characters") { $0.bootImage.packageID = "ABC-0005" },
        .init(.bootImage, "that means none") { $0.bootImage.packageID = "00000000" },
        .init(.bootImage, "of a path") { $0.bootImage.packageID = "/srv/boot.wim" },
        .init(.bootImageArchitecture, "arm64 for x64") {
            $0.bootImage.architecture = .arm64
            $0.bootImage.targetArchitecture = .x64
        },
        .init(.bootImageArchitecture, "x64 for x86") {
            $0.bootImage.architecture = .x64
            $0.bootImage.targetArchitecture = .x86
        },
        .init(.bootImageArchitecture, "x64 for arm64") {
            $0.bootImage.architecture = .x64
            $0.bootImage.targetArchitecture = .arm64
        },
        .init(.operatingSystemImage, "empty") { $0.installation.operatingSystemImageID = "" },
        .init(.operatingSystemImage, "that means none") { $0.installation.operatingSystemImageID = "00000000" },
        .init(.operatingSystemImageIndex, "0") { $0.installation.operatingSystemImageIndex = 0 },
        .init(.operatingSystemImageIndex, "-1") { $0.installation.operatingSystemImageIndex = -1 },
        .init(.operatingSystemImageIndex, "2147483648") {
            $0.installation.operatingSystemImageIndex = 2_147_483_648
        },
        .init(.productKey, "empty") { $0.key("") },
        .init(.productKey, "of four groups") { $0.key("ABCDE-FGHIJ-KLMNO-PQRST") },
        .init(.productKey, "of six groups") { $0.key("ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z1234") },
        .init(.productKey, "with a short group") { $0.key("ABCDE-FGHI-KLMNO-PQRST-UVWXY") },
        .init(.productKey, "with a long group") { $0.key("ABCDE-FGHIJX-KLMNO-PQRST-UVWXY") },
        .init(.productKey, "with another character") { $0.key("ABCDE-FGH!J-KLMNO-PQRST-UVWXY") },
        .init(.productKey, "with a letter beyond ASCII") { $0.key("ABCDE-FGHÄJ-KLMNO-PQRST-UVWXY") },
        .init(.productKey, "with a space") { $0.key(" ABCDE-FGHIJ-KLMNO-PQRST-UVWXY") },
        .init(.productKey, "with a line end") { $0.key("encoded\nkey") },
        .init(.maximumConnections, "4") { $0.installation.windows.licensing = .perServer(maximumConnections: 4) },
        .init(.maximumConnections, "10000") {
            $0.installation.windows.licensing = .perServer(maximumConnections: 10_000)
        },
        .init(.administratorPassword, "of 256 characters") {
            $0.installation.windows.administrator = .enabled(SequenceSecret(text(256)))
        },
        .init(.administratorPassword, "with a control character") {
            $0.installation.windows.administrator = .enabled(SequenceSecret("a\u{1}b"))
        },
        .init(.timeZone, "empty") { $0.installation.windows.timeZone = "" },
        .init(.registeredUser, "of 256 characters") { $0.installation.windows.registeredUser = text(256) },
        .init(.registeredOrganization, "empty") { $0.installation.windows.registeredOrganization = "" },
        .init(.workgroup, "empty") { $0.installation.network = .workgroup("") },
        .init(.workgroup, "of 33 characters") { $0.installation.network = .workgroup(text(33)) },
        .init(.domain, "empty") { $0.domain(name: "") },
        .init(.domain, "of 256 characters") { $0.domain(name: text(256)) },
        .init(.organizationalUnit, "of 32768 characters") { $0.domain(unit: unit(32_768)) },
        .init(.organizationalUnit, "without LDAP") { $0.domain(unit: "OU=a,DC=x") },
        .init(.organizationalUnit, "with one slash missing") { $0.domain(unit: "LDAP:/OU=a,DC=x") },
        .init(.organizationalUnit, "without a domain") { $0.domain(unit: "LDAP://OU=a") },
        .init(.organizationalUnit, "of a domain alone") { $0.domain(unit: "LDAP://DC=x,DC=y") },
        .init(.organizationalUnit, "with the unit last") { $0.domain(unit: "LDAP://DC=x,OU=a") },
        .init(.organizationalUnit, "with an empty name") { $0.domain(unit: "LDAP://OU=,DC=x") },
        .init(.organizationalUnit, "with a comma at its end") { $0.domain(unit: "LDAP://OU=a,DC=x,") },
        .init(.domainAccount, "without a domain") { $0.domain(account: "user") },
        .init(.domainAccount, "without a user") { $0.domain(account: #"EXAMPLE\"#) },
        .init(.domainAccount, "with two separators") { $0.domain(account: #"A\B\C"#) },
        .init(.domainAccount, "of another form") { $0.domain(account: "user@example.com") },
        .init(.domainAccount, "of an empty variable") { $0.domain(account: "%%") },
        .init(.domainAccount, "of half a variable") { $0.domain(account: "%Account") },
        .init(.domainAccount, "of two lines") { $0.domain(account: "A\\B\nC") },
        .init(.domainPassword, "with a control character") {
            $0.isInDomain = true
            $0.domain.password = SequenceSecret("a\u{0}")
        },
        .init(.clientPackage, "empty") { $0.installation.clientPackageID = "" },
        .init(.clientProperties, "with the site code") {
            $0.installation.clientProperties = "SMSMP=a smsSiteCode=ABC"
        },
        .init(.clientProperties, "of two lines") { $0.installation.clientProperties = "A=1\nB=2" },
        .init(.application, "without a scope") { $0.application("Application_b2") },
        .init(.application, "with a revision") { $0.application("ScopeId_A1/Application_b2/3") },
        .init(.application, "of another kind") { $0.application("ScopeId_A1/DeploymentType_b2") },
        .init(.application, "with a comma") { $0.application("ScopeId_A1/Application_b2,c3") },
        .init(.application, "without a GUID") { $0.application("ScopeId_/Application_") },
        .init(.application, "twice") {
            $0.installation.applications = [
                ApplicationInput(id: "ScopeId_A1/Application_b2"), ApplicationInput(id: "ScopeId_a1/Application_B2"),
            ]
        },
        .init(.application, "with a blank name") {
            $0.installation.applications = [ApplicationInput(id: "ScopeId_A1/Application_b2", name: " ")]
        },
        .init(.continueOnFailure, "without applications") { $0.installation.applications = [] },
        .init(.createdBy, "of 256 characters") { $0.capture.createdBy = text(256) },
        .init(.version, "of 33 characters") { $0.capture.version = text(33) },
        .init(.imageDescription, "of 256 characters") { $0.capture.description = text(256) },
        .init(.imageDescription, "of two lines") { $0.capture.description = "a\nb" },
        .init(.capturePath, "empty") { $0.capture.path = "" },
        .init(.capturePath, "of 256 characters") { $0.capture.path = path(256) },
        .init(.capturePath, "on a drive") { $0.capture.path = #"C:\images\x.wim"# },
        .init(.capturePath, "with slashes") { $0.capture.path = "//server/share/x.wim" },
        .init(.capturePath, "of another kind") { $0.capture.path = #"\\server\share\x.iso"# },
        .init(.capturePath, "without a share") { $0.capture.path = #"\\server\x.wim"# },
        .init(.capturePath, "without a server") { $0.capture.path = #"\\\share\x.wim"# },
        .init(.capturePath, "without a name") { $0.capture.path = #"\\server\share\.wim"# },
        .init(.capturePath, "of a folder") { $0.capture.path = #"\\server\share\x.wim\"# },
        .init(.capturePath, "that climbs") { $0.capture.path = #"\\server\share\..\x.wim"# },
        .init(.capturePath, "with a forbidden character") { $0.capture.path = #"\\server\share\a*b.wim"# },
        .init(.captureAccount, "empty") { $0.capture.account = "" },
        .init(.capturePassword, "with a control character") {
            $0.capture.password = SequenceSecret("a\u{8}")
        },
    ]

    @Test(
        "what is out of its limits is refused with 64's class, the field named, on one short line", arguments: refused)
    func refuses(change: Change) throws {
        var inputs = Inputs()
        change.apply(&inputs)
        let error = try #require(throws: TaskSequenceError.self) { try inputs.request.taskSequence() }
        #expect(error.code == .badRequest && error.failureClass == .usage)
        #expect(error.field == change.field, "\(error)")
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
        #expect(encoded.request.warnings.first?.firstField == .productKey)
        #expect(encoded.request.warnings.first?.contains("AAAAB3") == false)
        var undashed = Inputs()
        undashed.key("ABCDEFGHIJKLMNOPQRSTUVWXY")
        #expect(undashed.request.warnings.count == 1)
        var old = Inputs()
        old.bootImage.architecture = .x86
        old.bootImage.targetArchitecture = .x64
        #expect(old.request.warnings.first?.firstField == .bootImageArchitecture)
        var domain = Inputs()
        domain.isInDomain = true
        #expect(domain.request.warnings.first?.firstField == .domain)
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
