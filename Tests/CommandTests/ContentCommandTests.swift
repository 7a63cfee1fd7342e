// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia content")
struct ContentCommandTests {
    let folder: TestFolder
    private var library: String { folder.appending("lib").string }

    init() throws {
        folder = try TestFolder()
        try folder.write("hello\n".utf8, to: "source/Setup.exe")
        try folder.write("shared".utf8, to: "source/sub/shared.dll")
    }

    private func tsmedia(_ command: String, _ more: String...) throws -> ProgramResult {
        try Program.run(
            BuiltProgram.tsmedia.string, ["content", command] + more + ["--library", library])
    }

    private func add(_ id: String, _ more: String...) throws -> ProgramResult {
        try Program.run(
            BuiltProgram.tsmedia.string,
            ["content", "add", "--create", folder.appending("source").string, "--package-id", id, "--library", library]
                + more)
    }

    private func file(_ text: String) -> FilePath {
        let hash = SHA256.digest(of: text.utf8).upperCase
        return FilePath("\(library)/FileLib/\(hash.prefix(4))/\(hash)")
    }

    @Test("content is added, listed, shown, verified and removed")
    func wholeLife() throws {
        let added = try add("abc00001", "--json")
        #expect(added.status == 0, "\(added.errorText)")
        #expect(added.output.contains(#""contentId" : "ABC00001.1""#))
        #expect(try add("ABC00001").status == 0)
        #expect(try tsmedia("list").output.contains("ABC00001        2         1      2"))
        let shown = try tsmedia("show", "ABC00001.1")
        #expect(shown.output.contains(try Regex("Setup.exe +6  " + SHA256.digest(of: "hello\n".utf8).upperCase)))
        let verified = try tsmedia("verify", "--json")
        #expect(verified.status == 0, "\(verified.errorText)")
        #expect(verified.output.contains(#""fileCount" : 4"#))
        #expect(try tsmedia("remove", "ABC00001").status == 0)
        #expect(try tsmedia("list", "--json").output.contains(#""packages" : ["#))
        #expect(try tsmedia("show", "ABC00001").status == 66)
    }

    @Test("--json is one JSON document on standard output, whatever the command")
    func json() throws {
        #expect(try add("ABC00001").status == 0)
        for result in [
            try add("ABC00002", "--json", "--application-content"), try tsmedia("list", "--json"),
            try tsmedia("show", "ABC00002", "--json"), try tsmedia("verify", "--json"),
            try tsmedia("remove", "ABC00002", "--json"),
        ] {
            #expect(result.status == 0, "\(result.errorText)")
            let check = try Program.run("python3", ["-m", "json.tool", "--sort-keys"], input: result.outputBytes)
            #expect(check.status == 0, "\(result.output)")
        }
    }

    @Test("a flipped bit ends verify with 65 and names file and package")
    func flippedBit() throws {
        #expect(try add("ABC00001").status == 0)
        try TestFolder.write("sharee".utf8, to: file("shared"))
        let result = try tsmedia("verify")
        #expect(result.status == 65)
        #expect(result.errorText.contains("shared.dll") && result.errorText.contains("ABC00001"))
    }

    @Test("a missing file ends verify with 66, and a flipped bit beside it with 65")
    func missing() throws {
        #expect(try add("ABC00001").status == 0)
        #expect(unlink(file("shared").string) == 0)
        let result = try tsmedia("verify")
        #expect(result.status == 66)
        #expect(result.errorText.contains("shared.dll") && result.errorText.contains("ABC00001"))
        try TestFolder.write("HELLO\n".utf8, to: file("hello\n"))
        #expect(try tsmedia("verify").status == 65)
    }

    @Test("what is wrong with a request has its exit code")
    func exitCodes() throws {
        #expect(try add("ABC00001", "--version", "3").status == 0)
        #expect(try add("ABC00001", "--version", "3").status == 73)
        #expect(try add("ABC00001", "--version", "3", "--force").status == 0)
        #expect(try add("ABC00001", "--version", "0").status == 64)
        #expect(try add("../x").status == 64)
        #expect(try tsmedia("remove", "ABC00009").status == 66)
        #expect(try tsmedia("remove", "ABC00001", "--version", "9").status == 66)
        #expect(try tsmedia("show", "no sense").status == 64)
        #expect(try BuiltProgram.run("content", "list", "--library", folder.appending("gone").string).status == 66)
        #expect(try BuiltProgram.run("content", "list", "--library", folder.appending("source").string).status == 65)
        #expect(
            try BuiltProgram.run("content", "remove", "ABC00001", "--library", folder.appending("new").string).status
                == 66)
        #expect((try? Stat(folder.appending("new"))) == nil)
        try folder.write("x".utf8, to: "source/nul.txt")
        let refused = try add("ABC00002")
        #expect(refused.status == 65)
        #expect(refused.errorText.contains("nul.txt"))
    }

    @Test("content that may not be read is refused with 77 and named, the rest is still listed")
    func accessDenied() throws {
        #expect(try add("ABC00001").status == 0)
        #expect(try add("ABC00002").status == 0)
        #expect(chmod(folder.path.string, 0o755) == 0)
        #expect(chmod("\(library)/DataLib/ABC00001.1", 0) == 0)
        defer { chmod("\(library)/DataLib/ABC00001.1", 0o755) }
        let command = [try BuiltProgram.tsmedia.string, "content", "list", "--library", library]
        // Nothing is denied to root: become nobody.
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        let all = geteuid() == 0 ? nobody + command : command
        let result = try Program.run(all[0], Array(all.dropFirst()))
        #expect(result.status == 77, "\(result.errorText)")
        #expect(result.errorText.contains("package ABC00001 (content ABC00001.1) may not be read"))
        #expect(result.output.contains("ABC00002"))
    }

    @Test("the usual store is shown and pruned where nothing is yet, and one that is named has to be there")
    func store() throws {
        let environment = ["XDG_CACHE_HOME": folder.appending("cache").string]
        let shown = try BuiltProgram.run("store", "show", "--json", environment: environment)
        #expect(shown.status == 0 && shown.output.contains(#""verifiedFileCount" : 0"#))
        #expect(try BuiltProgram.run("store", "prune", environment: environment).status == 0)
        let byDefault = try BuiltProgram.run("store", "show", environment: environment)
        #expect(byDefault.output.contains("\(folder.appending("cache"))/tsmedia"))
        #expect(try BuiltProgram.run("store", "show", "--store", folder.appending("gone").string).status == 66)
    }
}
