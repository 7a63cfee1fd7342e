// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia sequence new")
struct SequenceNewCommandTests {
    private static let application = "ScopeId_A1/Application_b2"

    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func sequence(_ arguments: [String], input: [UInt8] = []) throws -> ProgramResult {
        try Program.run(BuiltProgram.tsmedia.string, ["sequence"] + arguments, input: input, in: folder.path)
    }

    /// `sequence new KIND` with what must be given, then `more`.
    private func new(_ kind: String, _ more: [String] = [], input: [UInt8] = []) throws -> ProgramResult {
        try sequence(["new", kind] + Self.required(kind) + more, input: input)
    }

    private static func required(_ kind: String) -> [String] {
        let identity = ["--name", "Build Windows", "--boot-image", "ABC00005"]
        let installation = ["--operating-system-image", "ABC00004", "--client-package", "ABC00002"]
        let capture = ["--capture-path", #"\\server\share\ref.wim"#, "--capture-account", #"EXAMPLE\capture"#]
        switch kind {
        case "capture": return identity + capture
        case "install": return identity + installation
        default: return identity + installation + capture
        }
    }

    private func password(_ text: String, _ name: String) throws -> String {
        try folder.write((text + "\nsecond line\n").utf8, to: name).string
    }

    private func path(_ name: String) -> String { folder.appending(name).string }

    // MARK: Outputs

    @Test(
        "unzip and xmllint read what is written, and it reads back the same out of every container",
        arguments: ["build-and-capture", "capture", "install"])
    func writesAllContainers(kind: String) throws {
        let bare = try new(kind)
        #expect(bare.status == 0, "\(bare.errorText)")
        #expect(bare.output.hasPrefix("<sequence version=\"3.10\">"))
        for name in ["new.zip", "object.xml", "other.xml"] {
            let result = try new(kind, ["--output", path(name)])
            #expect(result.status == 0 && result.output.hasPrefix("wrote \(path(name)): "), "\(result.errorText)")
            #expect(try sequence(["format", path(name)]).output == bare.output)
            #expect(try sequence(["format", "--check", path(name)]).status == 0)
        }
        try Program.succeed("unzip", ["-tq", path("new.zip")])
        try Program.succeed("unzip", ["-q", path("new.zip"), "-d", path("export")])
        let parts = try Program.succeed("find", [path("export"), "-type", "f"]).output.split(separator: "\n")
        #expect(parts.count == 6)
        for part in parts { try Program.succeed("xmllint", ["--noout", String(part)]) }
        try Program.succeed("xmllint", ["--noout", path("object.xml"), path("other.xml")])
        // The sequence inside object.xml, as an independent reader finds it.
        #expect(try property("Sequence", of: "object.xml") == bare.output)
        #expect(try property("BootImageID", of: "object.xml") == "ABC00005")
        #expect(try property("Name", of: "object.xml") == "Build Windows")
        #expect(try property("Type", of: "object.xml") == "2")
    }

    /// A property of object.xml, read by xmllint.
    private func property(_ name: String, of file: String) throws -> String {
        let expression = "string(/INSTANCE/PROPERTY[@NAME='\(name)']/VALUE)"
        var text = try Program.succeed("xmllint", ["--xpath", expression, path(file)]).output
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    @Test("the same options give the same bytes")
    func isReproducible() throws {
        #expect(try new("build-and-capture", ["--output", path("a.zip")]).status == 0)
        #expect(try new("build-and-capture", ["--output", path("b.zip")]).status == 0)
        #expect(try SmallFile.read(folder.appending("a.zip")) == SmallFile.read(folder.appending("b.zip")))
    }

    @Test("every option is taken at once, and show tells what they chose")
    func takesAllOptions() throws {
        let result = try new(
            "build-and-capture",
            [
                "--description", "For <tests> & more", "--boot-image-architecture", "x64", "--target-architecture",
                "x64", "--operating-system-image-index", "4", "--product-key", "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY",
                "--licensing-mode", "PerServer", "--maximum-connections", "5",
                "--administrator-password-file", try password("adm<in>&\"1", "administrator"),
                "--workgroup", "LAB", "--client-properties", "SMSMP=mp.example.com", "--updates", "all",
                "--application", "Reader=\(Self.application)", "--application", "ScopeId_A1/Application_c3",
                "--continue-on-failure", "--created-by", "me", "--version", "7.1", "--image-description", "an image",
                "--capture-password-file", try password("capture1", "capture"), "--step-names", "2016",
                "--time-zone", "W. Europe Standard Time", "--registered-user", "Lab", "--registered-organization",
                "Ex", "--output", path("new.zip"),
            ])
        #expect(result.status == 0, "\(result.errorText)")
        let shown = try sequence(["show", "--details", "--show-secrets", path("new.zip")]).output
        for fact in [
            "\"Build Windows\" (TSM00001)", "For <tests> & more", "boot image ABC00005", "ImageIndex = 4",
            "ProductKey = ABCDE-FGHIJ-KLMNO-PQRST-UVWXY", "ServerLicenseMode = PerServer",
            "ServerLicenseConnectionLimit = 5", "AdminPassword = adm<in>&\"1", "RandomAdminPassword = false",
            "WorkgroupName = LAB", "ClientInstallProperties = SMSMP=mp.example.com", "Target = All",
            "/continueOnError:True", "AppInfo0DisplayName = Reader", "needs application \(Self.application)",
            "ImageCreator = me", "ImageVersion = 7.1", "ImageDescription = an image", "CapturePassword = capture1",
            "Join Workgroup", "Prepare ConfigMgr Client", "Prepare Operating System", "TimeZone = W. Europe",
            "RegisteredUserName = Lab", "RegisteredOrgName = Ex",
        ] {
            #expect(shown.contains(fact), "\(fact)")
        }
        let hidden = try sequence(["show", "--details", path("new.zip")]).output
        for secret in ["adm<in>", "capture1", "ABCDE-FGHIJ"] { #expect(!hidden.contains(secret)) }
    }

    @Test("the program finds its templates when it is copied away alone")
    func findsTemplatesAnywhere() throws {
        try Program.succeed("cp", [BuiltProgram.tsmedia.string, path("copy")])
        for kind in ["build-and-capture", "capture", "install"] {
            let result = try Program.run(path("copy"), ["sequence", "new", kind] + Self.required(kind), in: "/")
            #expect(result.status == 0 && result.output.hasPrefix("<sequence"), "\(result.errorText)")
        }
    }

    @Test("stand-alone media is made from what was written")
    func servesCreate() throws {
        let session = try CommandSession()
        try session.succeed([
            "sequence", "new", "install", "--name", "Install", "--boot-image", "ABC00005", "--operating-system-image",
            "ABC00010", "--client-package", "ABC00002", "--output", "new.zip",
        ])
        let arguments = session.arguments(.standalone, "media.iso", ["--dry-run"])
            .replacing(session.demo.taskSequenceExport.string, by: "new.zip")
        let result = try session.run(arguments)
        #expect(result.status == 0, "\(result.errorText)")
    }

    // MARK: Secrets

    @Test("a file with passwords is its owner's alone, one without is as others are")
    func protectsSecrets() throws {
        func mode(_ name: String) -> mode_t {
            var status = stat()
            return stat(path(name), &status) == 0 ? status.st_mode & 0o777 : 0
        }
        #expect(try new("capture", ["--output", path("open.xml")]).status == 0)
        let file = try password("hush", "password")
        let result = try new("capture", ["--capture-password-file", file, "--output", path("secret.xml")])
        #expect(result.status == 0)
        #expect(mode("secret.xml") == 0o600)
        #expect(mode("open.xml") & 0o044 == 0o044)
        let replaced = try new("capture", ["--capture-password-file", file, "--output", path("open.xml"), "--force"])
        #expect(replaced.status == 0)
        #expect(mode("open.xml") == 0o600)
        #expect(result.errorText.contains("note: the task sequence holds passwords in clear text"))
    }

    @Test("no file that a password is read from is written over")
    func keepsPasswordFiles() throws {
        let file = try password("hush", "password")
        for (kind, option) in [
            ("capture", "--capture-password-file"), ("build-and-capture", "--administrator-password-file"),
        ] {
            let result = try new(kind, [option, file, "--output", file, "--force"])
            #expect(result.status == 77, "\(result.errorText)")
        }
        #expect(try Program.succeed("cat", [file]).output.hasPrefix("hush"))
    }

    @Test("passwords come from files or once from standard input, and no message or log has them")
    func readsPasswords() throws {
        let log = path("log")
        let result = try new(
            "build-and-capture",
            [
                "--administrator-password-file", try password("hush-admin", "administrator"),
                "--capture-password-file", "-", "--log-file", log,
            ], input: Array("hush-capture\r\nmore".utf8))
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.output.contains("\"CapturePassword\">hush-capture</variable>"))
        #expect(result.output.contains("\"AdminPassword\">hush-admin</variable>"))
        let said = result.errorText + String(decoding: try SmallFile.read(FilePath(log)), as: UTF8.self)
        #expect(!said.contains("hush"))
        let twice = try new(
            "build-and-capture", ["--administrator-password-file", "-", "--capture-password-file", "-"],
            input: Array("hush".utf8))
        #expect(twice.status == 64 && twice.errorText.contains("--capture-password-file"))
        #expect(twice.errorText.contains("--administrator-password-file") && !twice.errorText.contains("hush"))
    }

    @Test(
        "a password file that is not there, empty or no text is told by its name or its option",
        arguments: [
            ("nothing", 66, "nothing"), ("empty", 64, "--capture-password-file"),
            ("bytes", 64, "--capture-password-file"),
        ])
    func refusesPasswordFiles(name: String, status: Int32, text: String) throws {
        try folder.write([], to: "empty")
        try folder.write([0xC3, 0x28, 0xFF], to: "bytes")
        let result = try new("capture", ["--capture-password-file", path(name)])
        #expect(result.status == status && result.output.isEmpty)
        #expect(result.errorText.contains(text), "\(result.errorText)")
    }

    // MARK: Usage

    @Test(
        "what is left out is named",
        arguments: [
            "--name", "--boot-image", "--operating-system-image", "--client-package", "--capture-path",
            "--capture-account",
        ])
    func missesOption(option: String) throws {
        var arguments = Self.required("build-and-capture")
        let index = try #require(arguments.firstIndex(of: option))
        arguments.removeSubrange(index...(index + 1))
        let result = try sequence(["new", "build-and-capture"] + arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errorText.contains("error: \(option) is missing; "), "\(result.errorText)")
    }

    @Test(
        "options that contradict each other, or are out of their limits, end with 64 and are named; nothing is written",
        arguments: [
            ("build-and-capture", ["--workgroup", "A", "--domain", "b", "--domain-account", #"B\c"#], "--workgroup"),
            ("build-and-capture", ["--domain", "example.com"], "--domain-account"),
            ("build-and-capture", ["--domain-account", #"B\c"#], "--domain-account needs --domain"),
            ("install", ["--organizational-unit", "LDAP://OU=a,DC=b"], "--organizational-unit needs --domain"),
            ("install", ["--domain-password-file", "-"], "--domain-password-file needs --domain"),
            (
                "install", ["--random-administrator-password", "--administrator-password-file", "x"],
                "--random-administrator-password"
            ),
            ("install", ["--licensing-mode", "per-server"], "--maximum-connections"),
            ("install", ["--licensing-mode", "per-seat", "--maximum-connections", "5"], "--maximum-connections"),
            ("install", ["--maximum-connections", "5"], "--maximum-connections"),
            ("install", ["--licensing-mode", "PerServer", "--maximum-connections", "4"], "--maximum-connections"),
            ("install", ["--licensing-mode", "PerUser"], "--licensing-mode"),
            ("install", ["--updates", "some"], "--updates"),
            ("install", ["--continue-on-failure"], "--continue-on-failure"),
            ("install", ["--application", "Reader"], "--application"),
            ("install", ["--operating-system-image-index", "0"], "--operating-system-image-index"),
            (
                "install", ["--operating-system-image-index", "99999999999999999999"],
                "--operating-system-image-index"
            ),
            ("install", ["--product-key", "ABCDE-FGHIJ"], "--product-key"),
            ("install", ["--client-properties", "SMSSITECODE=ABC"], "--client-properties"),
            ("install", ["--boot-image-architecture", "mips"], "--boot-image-architecture"),
            (
                "install", ["--boot-image-architecture", "arm64", "--target-architecture", "x86"],
                "--boot-image-architecture"
            ),
            ("install", ["--capture-path", #"\\a\b\c.wim"#], "--capture-path"),
            ("install", ["--step-names", "2016"], "--step-names"),
            ("capture", ["--domain", "b"], "--domain"),
            ("capture", ["--name", String(repeating: "x", count: 51)], "--name"),
            ("capture", ["--name", "a\nb"], "--name"), ("capture", ["--name", "a\u{1B}[31mb"], "--name"),
            ("capture", ["--description", String(repeating: "é", count: 513)], "--description"),
            ("capture", ["--capture-path", "/srv/x.wim"], "--capture-path"),
            ("capture", ["--capture-account", "me"], "--capture-account"),
            ("capture", ["--version", String(repeating: "1", count: 33)], "--version"),
            ("build-and-capture", ["--step-names", "2007"], "--step-names"),
            ("build-and-capture", ["--json"], "--json"),
            ("build-and-capture", ["--template", "nothing"], "--template"),
            ("build-and-capture", ["--value", "a"], "--value"), ("build-and-capture", ["--value", "a=b"], "--value"),
            ("build-and-capture", ["--container", "wim"], "--container"),
        ])
    func refuses(kind: String, options: [String], text: String) throws {
        let result = try new(kind, options + ["--output", path("new.zip")])
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.output.isEmpty)
        #expect(result.errorText.contains(text), "\(result.errorText)")
        #expect(access(path("new.zip"), F_OK) != 0)
        #expect(!result.errorText.contains("\u{1B}"))
    }

    @Test("an encoded product key is taken with a warning that does not repeat it")
    func warnsOfEncodedKeys() throws {
        let key = "Zm9vYmFyLWVuY29kZWQta2V5"
        let result = try new("install", ["--product-key", key])
        #expect(result.status == 0 && result.output.contains("\"ProductKey\">\(key)</variable>"))
        #expect(result.errorText.contains("warning: --product-key") && !result.errorText.contains(key))
        let plain = try new("install", ["--product-key", "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY"])
        #expect(plain.status == 0 && !plain.errorText.contains("warning"))
    }

    @Test("hostile values come back as they were, out of XML that xmllint reads")
    func escapesValues() throws {
        let hostile = #"]]> <a b="c">&amp; 'x' %y% {{name}} \ --"#
        let result = try new(
            "capture",
            [
                "--name", hostile, "--created-by", hostile, "--description", "\(hostile)\nsecond\tline",
                "--output", path("object.xml"),
            ])
        #expect(result.status == 0, "\(result.errorText)")
        try Program.succeed("xmllint", ["--noout", path("object.xml")])
        #expect(try property("Name", of: "object.xml") == hostile)
        #expect(try property("Description", of: "object.xml") == "\(hostile)\nsecond\tline")
        #expect(try sequence(["show", "--details", path("object.xml")]).output.contains("ImageCreator = \(hostile)"))
    }

    // MARK: Files

    @Test("an output that cannot be created ends with 73 and leaves nothing")
    func refusesOutputs() throws {
        let existing = try folder.write("precious".utf8, to: "old.zip")
        #expect(try new("capture", ["--output", existing.string]).status == 73)
        #expect(try SmallFile.read(existing) == Array("precious".utf8))
        #expect(try new("capture", ["--output", path("no/folder/new.zip")]).status == 73)
        #expect(try new("capture", ["--output", folder.path.string]).status == 73)
        #expect(try new("capture", ["--output", existing.string, "--force"]).status == 0)
        #expect(try Program.run("unzip", ["-tq", existing.string]).status == 0)
        #expect(try Program.succeed("ls", ["-A", folder.path.string]).output == "old.zip\n")
    }

    @Test("a full standard output ends with an error")
    func tellsFullOutput() throws {
        let command =
            #""$0" sequence new capture --name a --boot-image ABC00005 --capture-path '\\a\b\c.wim' "#
            + "--capture-account '%a%' > /dev/full"
        let result = try Program.run("sh", ["-c", command, BuiltProgram.tsmedia.string])
        #expect(
            result.status == 73 && result.errorText.contains("standard output"),
            "\(result.status) \(result.errorText)")
    }

    // MARK: Templates

    @Test("a template of the user's own is filled, with values of its own; its mistakes end with 65 and their place")
    func takesOwnTemplates() throws {
        let template = try folder.write(
            """
            <sequence version="3.10">
              <step type="SMS_TaskSequence_RunCommandLineAction" name="Tell {{site}}" description="{{name}}" \
            runIn="FullOS" successCodeList="0 3010" retryCount="0" runFromNet="false">
                <action>tell.exe {{capture-path}}</action>
                <defaultVarList />
              </step>
            </sequence>
            """.utf8, to: "tell.xml")
        let result = try new("capture", ["--template", template.string, "--value", "site=A=B"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.output.contains(#"name="Tell A=B" description="Build Windows""#))
        #expect(result.output.contains(#"<action>tell.exe \\server\share\ref.wim</action>"#))
        let missing = try new("capture", ["--template", template.string])
        #expect(missing.status == 64 && missing.errorText.contains("tell.xml:2:3"), "\(missing.errorText)")
        let other = try new("install", ["--template", template.string, "--value", "site=x"])
        #expect(
            other.status == 65 && other.errorText.contains("tell.xml:3:5: asks for 'capture-path'"),
            "\(other.errorText)")
        #expect(try new("capture", ["--template", path("none.xml")]).status == 66)
        try folder.write("<sequence><step name=\"{{\"/></sequence>".utf8, to: "bad.xml")
        let bad = try new("capture", ["--template", path("bad.xml")])
        #expect(bad.status == 65 && bad.errorText.contains("bad.xml:1:11: has {{ without }}"), "\(bad.errorText)")
        // Another template of the program by its name.
        let named = try new("build-and-capture", ["--template", "capture"])
        #expect(try named.status == 0 && named.output == new("capture").output)
    }
}
