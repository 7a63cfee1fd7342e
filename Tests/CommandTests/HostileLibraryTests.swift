// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Libraries whose names and lists were made to do harm.
@Suite("Hostile content libraries")
struct HostileLibraryTests {
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    private var dataLib: FilePath { session.library.appending("DataLib").appending("\(DemoSite.toolsPackage).1") }
    private var setup: FilePath { dataLib.appending("Setup.cmd.INI") }

    /// Renames the list of Setup.cmd, whose name becomes the file's name on the media.
    private func rename(to name: String) throws {
        try Program.succeed("mv", ["--", setup.string, "\(dataLib.string)/\(name).INI"])
    }

    private func expectRefusal(naming text: String) throws {
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.contains(text), "\(result.failure)")
        // One line, whatever the name holds.
        #expect(result.errorText.split(separator: "\n").filter { $0.hasPrefix("error: ") }.count == 1)
        #expect(!result.errorText.contains("\u{1B}"))
        #expect(try session.outputs() == [])
    }

    @Test(
        "a name that Windows reserves, or that climbs or hides a folder, is 65 and told",
        arguments: ["CON", "aux.txt", "..\\..\\evil.cmd", "C:evil", "a|b", "trailing.", "what?", "COM1.log", "a\\b"])
    func names(name: String) throws {
        try rename(to: name)
        try expectRefusal(naming: name)
    }

    @Test(
        "control characters in a name are shown escaped",
        arguments: [("\u{1B}[31mred", "\\u{1B}[31mred"), ("two\nlines", "two\\nlines"), ("bell\u{7}", "bell\\u{07}")])
    func controlCharacters(name: String, shown: String) throws {
        try rename(to: name)
        try expectRefusal(naming: shown)
    }

    @Test("a direction override in a name cannot disguise it in an error")
    func directionOverride() throws {
        try rename(to: "\u{202E}dmc.exe|")
        try expectRefusal(naming: "\\u{202E}dmc.exe")
    }

    @Test("no media is made without a file whose entry in DataLib is lost; verify says so too")
    func lostEntry() throws {
        try Program.succeed("rm", [setup.string])
        try expectRefusal(naming: "is missing")
        let result = try session.run(["content", "verify", "--library", session.library.string])
        #expect(result.status == 65 && result.failure.contains(DemoSite.toolsPackage), "\(result.errorText)")
        let other = try session.run(["content", "verify", DemoSite.driverPackage, "--library", session.library.string])
        #expect(other.status == 0)
    }

    @Test("a path that is too long for Windows is 65")
    func longPath() throws {
        let folder = (0..<6).reduce(dataLib) { path, _ in path.appending(String(repeating: "x", count: 200)) }
        try TestFolder.makeFolder(folder)
        try Program.succeed("mv", [setup.string, folder.appending("Setup.cmd.INI").string])
        try expectRefusal(naming: "is longer than 1024 characters")
    }

    @Test("a link in the library is not followed")
    func link() throws {
        try Program.succeed("rm", [setup.string])
        try Program.succeed("ln", ["-s", "/etc/passwd", setup.string])
        let result = try session.run(session.arguments(.standalone))
        #expect([65, 77].contains(result.status), "\(result.errorText)")
        #expect(result.failure.contains("Setup.cmd"))
        #expect(try session.outputs() == [])
    }

    @Test("two files whose names differ in case alone are 65")
    func sameName() throws {
        try Program.succeed("cp", [setup.string, dataLib.appending("SETUP.CMD.INI").string])
        try expectRefusal(naming: "has the same name, without case, as another entry of its folder")
    }

    @Test(
        "a hash, a size or a list that is none is 65",
        arguments: [
            "[File]\r\nHash=../../../../etc/passwd\r\nSize=23\r\n", "[File]\r\nHash=12\r\nSize=23\r\n",
            "[File]\r\nHash=\(String(repeating: "A", count: 64))\r\nSize=-1\r\n",
            "[File]\r\nHash=\(String(repeating: "A", count: 64))\r\nSize=99999999999999999999\r\n",
            "[File]\r\nHash=\(String(repeating: "A", count: 64))\r\nSize=9223372036854775807\r\n",
            "[File]\r\n", "", "\u{0}\u{0}\u{0}",
        ])
    func fileList(text: String) throws {
        try TestFolder.write(text.utf8, to: setup)
        let result = try session.run(session.arguments(.standalone))
        // A well-formed hash that no file has is content that is missing.
        #expect([65, 66].contains(result.status), "\(result.errorText)")
        #expect(result.failure.contains("Setup.cmd"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test(
        "a package list that names what is no content is 65",
        arguments: [
            "[Packages]\r\n..\\..\\evil.1=\r\n", "[Packages]\r\n/etc/passwd=\r\n", "[Packages]\r\n\r\n", "junk",
        ])
    func packageList(text: String) throws {
        let list = session.library.appending("PkgLib").appending("\(DemoSite.toolsPackage).INI")
        try TestFolder.write(text.utf8, to: list)
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.contains(DemoSite.toolsPackage), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a name that would take the place of a file of ours is only ever below its package")
    func cannotReplace() throws {
        try rename(to: "bootmgr")
        let plan = try session.plan(.standalone)
        #expect(plan.plannedPaths.filter { $0.hasSuffix("bootmgr") } == ["bootmgr", "SMS/PKG/ABC00011/bootmgr"])
    }
}
