// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import SequenceTools
@testable import TaskSequence

@Suite("secrets in command lines")
struct SecretRuleTests {
    /// Command lines with the secret `S3cret!`; every row of the table has one.
    static let commands = [
        "netdom join pc /domain:corp /userd:corp\\me /passwordd:S3cret!", "netdom.exe join pc /pd:S3cret! /ud:me",
        "netdom renamecomputer x /PasswordO:S3cret!", "netdom add pc /PasswordD S3cret!",
        "reg add \"HKLM\\SOFTWARE\\x y\" /v DefaultPassword /t REG_SZ /d S3cret! /f",
        "C:\\Windows\\System32\\REG.EXE add HKLM\\x /d \"S3cret!\" /v DefaultPassword",
        "Set-ItemProperty -Path HKLM:\\x -Name DefaultPassword -Value 'S3cret!'",
        "New-ItemProperty $key -Name 'AutoAdminPassword' -PropertyType String -Value S3cret!",
        "setx DB_PASSWORD S3cret! /M", "manage-bde -unlock C: -rp S3cret!",
        "manage-bde -protectors -add C: -RecoveryPassword S3cret!",
        "schtasks /create /tn x /ru corp\\me /rp S3cret!", "schtasks /s pc /u me /p S3cret!",
        "winrs -r:pc -p:S3cret! cmd",
        "cmdkey /add:x /user:me /pass:S3cret!", "wecutil ss x /un:me /up:S3cret!",
        "certutil -f -p S3cret! -importpfx x.pfx",
        "certreq -pin S3cret!", "signtool sign /f x.pfx /p S3cret! x.exe", "pvk2pfx -pvk x -po S3cret!",
        "dsadd user cn=x -pwd S3cret!", "djoin /machinepassword S3cret!",
        "netsh wlan set profileparameter name=x keyMaterial=S3cret!", "curl -u me:S3cret! https://x",
        "curl.exe --user=corp\\me:S3cret! https://x", "curl -ume:S3cret! https://x",
        "curl -U \"me:S3cret!\" https://x", "curl --oauth2-bearer S3cret! https://x",
        "curl -H \"Authorization: Bearer S3cret!123\" https://x", "smbclient //s/x -U corp/me%S3cret!",
        "psexec \\\\pc -u me -p S3cret! cmd", "cpau -p S3cret! -ex x", "autologon /accepteula me corp S3cret!",
        "plink -pw S3cret! me@pc", "sshpass -pS3cret! ssh x", "sshpass -p S3cret! ssh x", "sqlcmd -S x -U sa -PS3cret!",
        "osql -U sa -P S3cret!", "mysql -uroot -pS3cret! db", "7z x a.7z -pS3cret! -y", "rar a -hpS3cret! a.rar x",
        "openssl enc -aes-256-cbc -k S3cret! -in x", "openssl pkcs12 -in x.pfx -passin pass:S3cret!",
        "wget --http-password=S3cret! http://x", "tool --api-key=S3cret!", "tool --client-secret S3cret!",
        "tool --access-key S3cret!", "set PW=S3cret!", "set ADMINPW=S3cret!& x.exe", "cmd /c \"set PASS=S3cret!&& x\"",
        "$pw = 'S3cret!'", "$adminPass=\"S3cret!\"", "[Environment]::SetEnvironmentVariable(\"Password\", \"S3cret!\")",
        "ConvertTo-SecureString S3cret! -AsPlainText -Force",
        "ConvertTo-SecureString -AsPlainText -Force -String 'S3cret!'",
        "$x = (ConvertTo-SecureString -AsPlainText 'S3cret!' -Force)",
        "'S3cret!' | ConvertTo-SecureString -AsPlainText -Force",
        "net use z: \\\\s\\x S3cret! /user:corp\\me", "http://me:S3cret!@server/x",
        "msiexec /i x.msi DBPASSWORD=S3cret! /qn",
        "rem x\r\ncd \\ & netdom join pc /passwordd:S3cret!",
    ]

    @Test("a secret is hidden and reported, however a program is told it", arguments: commands)
    func hidden(line: String) throws {
        let redacted = SecretFinder.redacted(line)
        #expect(!redacted.contains("S3cret!"), "\(redacted)")
        #expect(redacted.contains(SequenceSecrecy.hiddenValue))
        #expect(SecretFinder.holdsPassword(line))
        // What is hidden once stays as it is.
        #expect(!SecretFinder.holdsPassword(redacted))
    }

    @Test("every row of the table has a command line here, and every option is spelt as it is compared")
    func table() {
        for rule in SecretRule.table {
            let isTried =
                Self.commands.contains { line in
                    rule.programs.contains { line.lowercased().contains($0) }
                } || rule.programs.contains("powershell")
            #expect(isTried, "\(rule.programs)")
            #expect(rule.programs.allSatisfy { $0 == $0.lowercased() })
            if case .option = rule.form { #expect(rule.options.allSatisfy { $0 == $0.lowercased() }) }
        }
    }

    private static func encoded(_ script: String) throws -> String {
        let folder = try TestFolder()
        let file = try folder.write(Text.encodeUTF16LittleEndian(script), to: "s")
        return try Program.run("base64", ["-w0", file.string]).output
    }

    @Test("an encoded command is hidden when its script holds a secret, and shown when not")
    func encodedCommand() throws {
        let secret = try Self.encoded("net user admin 'S3cret!' /add")
        let harmless = try Self.encoded("Get-ChildItem C:\\")
        for option in ["-EncodedCommand", "-enc", "-e", "/ec", "-EncodedCommand:"] {
            let line = "powershell.exe -NoProfile \(option) \(secret)".replacing(": ", with: ":")
            #expect(SecretFinder.redacted(line).hasSuffix(SequenceSecrecy.hiddenValue), "\(option)")
            #expect(SecretFinder.holdsPassword(line))
            let other = "powershell.exe -NoProfile \(option) \(harmless)"
            #expect(SecretFinder.redacted(other) == other)
        }
    }

    @Test(
        "what only looks like it is shown and not reported",
        arguments: [
            "reg add HKLM\\x /v Wallpaper /t REG_SZ /d C:\\a.jpg /f", "netdom query fsmo",
            "curl -o x.zip https://host:443/x",
            "curl -u %USER% https://x", "netdom join pc /passwordd:%OSDJoinPassword%", "netdom join pc /passwordd:*",
            "powershell -ExecutionPolicy Bypass -File x.ps1", "manage-bde -status C:", "setx PATH C:\\x",
            "schtasks /query",
            "Set-ItemProperty -Path HKLM:\\x -Name Wallpaper -Value C:\\a", "7z x a.7z -oC:\\x", "set PATH=C:\\x",
            "mysql -uroot -p db", "docker run -p 80:80 x", "smbclient //s/x -U %USER%", "copy -p a b",
            "$x = ConvertTo-SecureString $password -AsPlainText -Force", "basic settings of this computer",
            "x.exe /bypass:all", "certutil -addstore root x.cer", "echo pass | more",
        ])
    func harmless(line: String) {
        #expect(!SecretFinder.holdsPassword(line))
        let redacted = SecretFinder.redacted(line)
        // What names a variable may be hidden in vain.
        if !line.contains("%"), !line.contains("$"), !line.contains("*") { #expect(redacted == line) }
    }

    @Test("no command shows a secret that stands in a command line, a property, a description or a global variable")
    func everyForm() throws {
        let line = "netdom join pc /passwordd:S3cret!"
        func sequence(_ secret: String) -> String {
            let step = LintFixture.step(
                "RunCommandLineAction", [("CommandLine", line)], action: "smsswd.exe /run: " + line
            ).replacing("description=\"\"", with: "description=\"password: S3cret!\"")
            return """
                <sequence version="3.10"><globalVarList><variable name="AdminPassword" property="AdminPassword">S3cret!\
                </variable><variable name="OSDJoinPassword">S3cret!</variable></globalVarList>\(step)</sequence>
                """.replacing("S3cret!", with: secret)
        }
        func makePackage(_ secret: String) throws -> TaskSequencePackage {
            try TaskSequencePackage(xml: Array(sequence(secret).utf8), source: "t.xml", stem: "t")
        }
        let package = try makePackage("S3cret!")
        let outline = SequenceOutline(of: package)
        let difference = SequenceDifference(from: package, to: try makePackage(second))
        let texts = [
            outline.lines(showsDetails: true).joined(separator: "\n"),
            String(decoding: HTMLDocument.page(of: [outline]), as: UTF8.self),
            String(decoding: MarkdownDocument.page(of: [outline]), as: UTF8.self),
            difference.lines.joined(separator: "\n"),
        ]
        for text in texts { #expect(!text.contains("S3cret!") && !text.contains(second), "\(text)") }
        #expect(difference.globalVariables.allSatisfy(\.isSecret) && difference.globalVariables.count == 2)
        #expect(
            SequenceOutline(of: package, secrecy: .shown).lines(showsDetails: true).contains { $0.contains("S3cret!") })
        let found = SequenceLinter(purpose: nil).lint(package)
        #expect(found.filter { $0.rule.id == "password-in-variable" }.count == 2)
        #expect(found.contains { $0.rule.id == "password-in-command-line" })
        #expect(!found.contains { $0.problem.contains("S3cret!") })
    }

    private let second = "An0ther!"

    @Test("the hash of a script is told, but not while a secret in it is hidden")
    func scriptHash() throws {
        func package(_ script: String) throws -> TaskSequencePackage {
            let step = LintFixture.step("RunPowerShellScriptAction", [("SourceScript", try Self.encoded(script))])
            return try TaskSequencePackage(
                xml: Array("<sequence version=\"3.10\">\(step)</sequence>".utf8), source: "t.xml", stem: "t")
        }
        let plain = try package("Get-Date\r\n")
        // Whoever knows the script could find a short password by its hash, on either side.
        for (old, new) in [("$pw = 'S3cret!'\r\n", "Get-Date\r\n"), ("Get-Date\r\n", "$pw = 'S3cret!'\r\n")] {
            let change = SequenceDifference(from: try package(old), to: try package(new)).items.first?.changes.first
            #expect(change?.field == "SourceScript" && change?.hashes == nil)
            let shown = SequenceDifference(from: try package(old), to: try package(new), secrecy: .shown)
            #expect(shown.items.first?.changes.first?.hashes != nil)
        }
        let change = SequenceDifference(from: plain, to: try package("Get-Host\r\n")).items.first?.changes.first
        #expect(change?.hashes != nil)
    }

    @Test("texts made to be searched without end are searched in proportion to their length")
    func hostileText() {
        for piece in [
            "curl -u ", "convertto-securestring ", "convertto-securestring -a ", "reg add /v ", "setx ",
            "powershell -e QQ== ",
            "pw=", "bearer ", "\"password\",", "netsh key= ", "pass='", "| ", "7z -p",
        ] {
            let text = String(repeating: piece, count: 40_000 / piece.utf8.count)
            #expect(!SecretFinder.redacted(text).isEmpty)
        }
    }
}
