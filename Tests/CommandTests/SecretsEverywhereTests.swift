// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Looks for secrets in all that a run leaves: outputs, logs, reports, the store, the ledger, records, core dumps.
@Suite("Secrets in all that is left")
struct SecretsEverywhereTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private static let secrets = ["MedienGeheim1", "PfxGeheim2", "VarGeheim3", "NutzerGeheim5", "MarkeGeheim6"]

    /// A secret in each form in which it could lie in a file: bytes, UTF-16 of both orders, hexadecimal digits, and Base64
    /// in each of its three positions.
    private static func forms(of secret: String) -> [String: [UInt8]] {
        let bytes = Array(secret.utf8)
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var forms: [String: [UInt8]] = [
            "text": bytes, "UTF-16LE": bytes.flatMap { [$0, 0] }, "UTF-16BE": bytes.flatMap { [0, $0] },
            "hex": Array(hexadecimal.utf8), "HEX": Array(hexadecimal.uppercased().utf8),
        ]
        for position in 0..<3 {
            // The digits that depend on the secret alone.
            let text = Array(Base64.encode(Array(repeating: 0, count: position) + bytes).utf8)
            let start = [0, 2, 3][position]
            let end = (position + bytes.count) * 8 / 6
            forms["Base64 \(position)"] = Array(text[start..<end])
        }
        return forms
    }

    /// What is found in the files below `folder`, those of `given` left out.
    private func found(below folder: FilePath, except given: [FilePath]) throws -> [String] {
        var found: [String] = []
        let exceptions = given.flatMap { ["!", "-path", $0.string] }
        let files = try Program.succeed("find", [folder.string, "-type", "f"] + exceptions).output
        for file in files.split(separator: "\n").map(String.init) {
            for secret in Self.secrets {
                for (form, bytes) in Self.forms(of: secret) {
                    let pattern = bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                    let status = try Program.run("grep", ["-qaP", pattern, file], environment: ["LC_ALL": "C"]).status
                    if status == 0 { found.append("\(secret) as \(form) in \(file)") }
                }
            }
        }
        return found
    }

    @Test("what looks for secrets finds them in each form")
    func control() throws {
        for (form, bytes) in Self.forms(of: Self.secrets[0]) {
            let file = try session.work.write([1, 2] + bytes + [3], to: "control/\(form)")
            let found = try found(below: AtomicFile.parent(of: file), except: [])
            #expect(found.contains { $0.contains("as \(form)") }, "\(form)")
            try Folder.removeFile(file)
        }
        for padding in 0..<3 {
            let text = Base64.encode(Array(repeating: 7, count: padding) + Array(Self.secrets[0].utf8) + [9, 9])
            try session.work.write(text.utf8, to: "control/base64")
            #expect(try !found(below: session.work.appending("control"), except: []).isEmpty, "\(padding)")
        }
    }

    @Test("neither outputs nor logs, reports, plans, manifests, the store, the ledger or a record hold one")
    func files() throws {
        let work = session.work
        let authority = try CertificateAuthority(in: work)
        let pfx = try authority.export(try authority.issue("media"), ["-passout", "pass:PfxGeheim2"])
        let password = try work.write("MedienGeheim1\n".utf8, to: "given/password")
        let opens = try work.write("PfxGeheim2\n".utf8, to: "given/pfx.password")
        let users = try work.write("dp.example.com user NutzerGeheim5\n".utf8, to: "given/users")
        let token = try work.write("MarkeGeheim6\n".utf8, to: "given/token")
        try Program.succeed("chmod", ["600", users.string, token.string])
        let options = [
            "--password-file", password.string, "--certificate", pfx, "--certificate-password-file", opens.string,
            "--variable", "JoinPassword=VarGeheim3", "--credentials", users.string, "--progress", "json", "--verbose",
            "--management-point", "https://mp.example.com",
        ]
        let log = work.appending("run.log").string
        func arguments(_ output: String, _ more: [String] = []) -> [String] {
            let all = session.arguments(.bootable, output, options + more)
            // The session's own management point is one over http, which no imported certificate is for.
            let own = all.firstIndex(of: "http://mp.example.com") ?? 0
            return Array(all[..<(own - 1)] + all[(own + 1)...])
        }
        var told: [ProgramResult] = []
        for output in ["media.iso", "media.img", "folder"] {
            told.append(try session.succeed(arguments(output, ["--log-file", log, "--json"])))
        }
        told.append(try session.succeed(arguments("planned.iso", ["--dry-run", "--json", "--list-files"])))
        told.append(try session.run(arguments("media.iso")))
        // A variable that is a secret on a command line is one in a manifest too, as docs/builds.md says; without it:
        let manifest = try session.succeed(
            arguments("built.iso", ["--print-manifest"]).enumerated().filter {
                $0.element != "JoinPassword=VarGeheim3" && $0.element != "--variable"
            }.map(\.element))
        told.append(manifest)
        try AtomicFile.create(manifest.outputBytes, at: session.folder.appending("media.yaml"))
        told.append(
            try session.succeed([
                "build", "media.yaml", "--record", work.appending("record.json").string, "--report",
                work.appending("report.json").string, "--junit", work.appending("junit.xml").string, "--json",
                "--log-file", log,
            ]))
        let store = ["--store", session.store.string]
        told.append(try session.succeed(["ledger", "list", "--json"] + store))
        told.append(try session.succeed(["store", "show", "--json"] + store))
        told.append(try session.succeed(["inspect", "media.iso", "--json", "--password-file", password.string]))
        told.append(try session.succeed(["verify", "media.iso"]))
        told.append(try session.succeed(["verify", "folder"]))
        for (number, result) in told.enumerated() {
            try work.write(result.outputBytes, to: "told/\(number).out")
            try work.write(result.errorText.utf8, to: "told/\(number).err")
        }
        let given = [password, opens, users, token]
        #expect(try found(below: work.path, except: given).isEmpty)
    }

    @Test(
        "a crash leaves no core dump, whatever the limits are, in the sandbox and without; one before it began has no secret",
        arguments: [[], ["--no-sandbox"]])
    func coreDumps(options: [String]) throws {
        let planted = try PlantedCode(in: session)
        let folder = session.folder.string
        func run(_ command: String, _ environment: [String: String] = [:]) throws -> ProgramResult {
            try Program.run(
                "sh", ["-c", "ulimit -c unlimited; cd '\(folder)'; \(command)"],
                environment: ["HOME": session.work.path.string].merging(environment) { $1 })
        }
        func dumps() throws -> [FilePath] {
            try session.outputs().filter { $0.hasPrefix("core") }.map { session.folder.appending($0) }
        }
        // Where no program leaves any, there is nothing to prove.
        _ = try run("sh -c 'kill -ABRT $$'")
        guard try !dumps().isEmpty else { return }
        for dump in try dumps() { try Folder.removeFile(dump) }
        let password = try session.work.write("MedienGeheim1\n".utf8, to: "password")
        let words = session.arguments(.bootable, "media.iso", options + ["--password-file", password.string])
        let command = ([try BuiltProgram.tsmedia.string] + words).map(\.quoted).joined(separator: " ")
        let crashed = try run(command, ["LD_PRELOAD": planted.library.string, "PLANTED_ABORT": "1"])
        #expect(crashed.status == 134, "\(crashed.errorText)")
        #expect(try dumps().isEmpty)
        for delay in ["0.02", "0.1", "0.3"] {
            _ = try run("rm -f media.iso; \(command) & p=$!; sleep \(delay); kill -ABRT $p; wait $p")
            // Until the program begins, which takes a while, the loader is what crashes.
            for dump in try dumps() {
                #expect(try found(below: session.folder, except: []).isEmpty, "after \(delay) seconds")
                try Folder.removeFile(dump)
            }
        }
    }

    @Test("no other process of the user looks into its memory", .enabled(if: geteuid() == 0))
    func memory() throws {
        try Program.succeed("chmod", ["-R", "a+rwX", session.work.path.string])
        let program = try BuiltProgram.tsmedia.string
        let words = ["inspect", "nothing.iso", "--password-file", "-"].joined(separator: " ")
        let script = """
            sleep 3 | \(program) \(words) & sleep 0.5
            for p in $(pgrep -u 54322 -x tsmedia); do
              [ "$(readlink /proc/$p/exe 2>/dev/null)" = "" ] && echo hidden
              head -c 1 /proc/$p/environ >/dev/null 2>&1 && echo read
            done
            head -c 1 /proc/self/environ >/dev/null && echo own
            """
        let result = try Program.run(
            "setpriv", ["--reuid", "54322", "--regid", "54322", "--clear-groups", "sh", "-c", script],
            environment: ["HOME": session.work.path.string])
        let lines = Set(result.output.split(separator: "\n").map(String.init))
        #expect(lines == ["hidden", "own"], "\(result.output) \(result.errorText)")
    }
}

extension String {
    /// The text as one word of a shell.
    fileprivate var quoted: String { "'" + replacing("'", with: "'\\''") + "'" }
}
