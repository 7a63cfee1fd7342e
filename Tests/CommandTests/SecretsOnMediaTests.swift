// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Looks for secrets with strings(1) in everything that a build writes.
@Suite("Secrets on media")
struct SecretsOnMediaTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private static let secrets = ["MedienGeheim1", "PfxGeheim2", "VarGeheim3", "SeqGeheim4"]

    private static let sequence = """
        <sequence version="3.10"><step type="SMS_TaskSequence_RunCommandLineAction" name="Join it" description="" \
        runIn="WinPEandFullOS"><action>smsswd.exe /run: netdom join x /passwordd:SeqGeheim4</action>\
        <defaultVarList><variable name="CommandLine" property="CommandLine">netdom join x /passwordd:SeqGeheim4</variable>\
        </defaultVarList></step></sequence>
        """

    /// The secrets that `file` shows, as single bytes and as UTF-16 of either order.
    private func found(in file: FilePath) throws -> [String] {
        let texts = try ["S", "l", "b"].map { encoding in
            try Program.succeed("strings", ["-a", "-n", "6", "-e", encoding, file.string]).output
        }
        return Self.secrets.filter { secret in texts.contains { $0.contains(secret) } }
    }

    @Test(
        "neither passwords nor what they protect are in an output, a log or a report in the clear",
        arguments: ["bootable", "standalone", "prestaged"])
    func hidden(kind: String) throws {
        let authority = try CertificateAuthority(in: session.work)
        let pfx = try authority.export(
            try authority.issue("media"), ["-passout", "pass:PfxGeheim2"])
        let password = try session.work.write("MedienGeheim1\n".utf8, to: "password").string
        let opens = try session.work.write("PfxGeheim2\n".utf8, to: "pfx.password").string
        let sequence = try session.work.write(Self.sequence.utf8, to: "sequence.xml").string
        let log = session.folder.appending("run.log")
        let options = [
            "--password-file", password, "--certificate", pfx, "--certificate-password-file", opens, "--variable",
            "JoinPassword=VarGeheim3", "--log-file", log.string, "--json",
        ]
        let result: ProgramResult
        var outputs = [log]
        switch kind {
        case "prestaged":
            outputs.append(session.folder.appending("media.wim"))
            result = try session.succeed(
                session.prestaged("media.wim", options + ["--compression", "none"]).map(Self.secured))
        case "standalone":
            outputs.append(session.folder.appending("media.iso"))
            var arguments = session.arguments(.standalone, "media.iso", options + ["--boot-image", DemoSite.bootImage])
            let place = try #require(arguments.firstIndex(of: "--task-sequence"))
            arguments[place + 1] = sequence
            result = try session.succeed(arguments)
        default:
            outputs.append(session.folder.appending("media.iso"))
            result = try session.succeed(session.arguments(.bootable, "media.iso", options).map(Self.secured))
        }
        for output in outputs { #expect(try found(in: output).isEmpty, "\(output)") }
        let inspected = try session.succeed(["inspect", outputs[1].string, "--json", "--password-file", password])
        for text in [result.output, result.errorText, inspected.output, inspected.errorText] {
            #expect(!Self.secrets.contains { text.contains($0) })
        }
        // What is not there would prove nothing.
        let shown = try session.succeed(
            ["inspect", outputs[1].string, "--json", "--password-file", password, "--show-secrets"])
        #expect(shown.output.contains("VarGeheim3"))
    }

    /// An imported certificate goes with management points over https.
    private static func secured(_ argument: String) -> String {
        argument == "http://mp.example.com" ? "https://mp.example.com" : argument
    }
}
