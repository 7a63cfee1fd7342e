// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What an output cannot hold is told before anything is written, on every kind of output alike.
@Suite("Long names and paths")
struct PathLimitTests {
    private static let formats = ["media.iso", "media.img", "media", "OEM.wim"]
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    private func arguments(_ output: String, _ more: [String]) -> [String] {
        output.hasSuffix(".wim") ? session.prestaged(output, more) : session.arguments(.standalone, output, more)
    }

    /// Adds a package with one file whose path in it has `count` characters.
    private func addPackage(pathLength count: Int) throws {
        var path = ""
        while count - path.count > 120 { path += String(repeating: "d", count: 99) + "/" }
        path += String(repeating: "f", count: count - path.count)
        try session.work.write("x".utf8, to: "source/\(path)")
        try session.addContent(session.work.appending("source"), "ABC00077", version: 1)
    }

    @Test("a path that no manifest can name is an error of the plan", arguments: formats)
    func tooLong(output: String) throws {
        try addPackage(pathLength: 1_020)
        for more in [[], ["--dry-run"]] {
            let result = try session.run(arguments(output, ["--package", "ABC00077"] + more))
            #expect(result.status == 65, "\(result.failure)")
            #expect(result.failure.contains("/ABC00077/ddd"))
            #expect(result.failure.contains(" characters, and media holds 1024; shorten it"), "\(result.failure)")
            #expect(try session.outputs() == [])
        }
    }

    @Test("a path over 260 characters is a warning, and the media is intact", arguments: formats)
    func overUsual(output: String) throws {
        try addPackage(pathLength: 300)
        let result = try session.succeed(arguments(output, ["--package", "ABC00077"]))
        let warnings = result.errorText.split(separator: "\n").filter { $0.contains("no long paths") }
        #expect(warnings.count == 1 && warnings[0].hasPrefix("warning: "), "\(result.errorText)")
        #expect(try session.run(["verify", output]).status == 0)
    }

    @Test("up to 256 characters behind the drive there is nothing to say")
    func usual() throws {
        try addPackage(pathLength: 256 - "SMS/PKG/ABC00077/".count)
        let short = try session.succeed(arguments("media.iso", ["--package", "ABC00077", "--dry-run"]))
        #expect(!short.errorText.contains("no long paths"))
    }

    @Test(
        "a name of more characters than Joliet holds is told of a disc without UDF, before writing, and of nothing else"
    )
    func longName() throws {
        let name = String(repeating: "f", count: 104)
        try session.work.write("x".utf8, to: "source/\(name)")
        try session.work.write("x".utf8, to: "source/\(name.dropLast())")
        try session.addContent(session.work.appending("source"), "ABC00077", version: 1)
        let more = ["--package", "ABC00077", "--dry-run"]
        let result = try session.run(arguments("media.iso", more + ["--file-system", "iso"]))
        #expect(result.status == 65, "\(result.failure)")
        #expect(result.failure.contains("/\(name) has a name of 104 characters, and a disc holds 103; shorten it"))
        try session.succeed(arguments("media", more))
        #expect(try session.succeed(arguments("media.iso", more)).errorText.contains("1 name is cut where the disc"))
    }

    @Test("a name whose UTF-8 is too long for a disc or a folder is told alike, before writing", arguments: formats)
    func wideName(output: String) throws {
        // As long in a boot image as libwim gives it, which no file system of this machine could hold.
        let image = session.work.appending("boot.wim")
        let original = try session.libraryFile("boot.\(DemoSite.bootImage).wim", of: DemoSite.bootImage)
        try Program.succeed("cp", [original.string, image.string])
        try Program.succeed("chmod", ["644", image.string])
        let font = try session.work.write("x".utf8, to: "font")
        let name = String(repeating: "漢", count: 99) + ".ttf"
        try Program.succeed(
            "wimlib-imagex", ["update", image.string, "1", "--command", "add '\(font)' '/Windows/Boot/Fonts/\(name)'"])
        var more = output.hasSuffix(".wim") ? [] : ["--boot-image", image.string]
        if output.hasSuffix(".iso") { more += ["--file-system", "iso"] }
        let result = try session.run(arguments(output, more).replacing(DemoSite.bootImage, by: image.string))
        #expect(result.status == 65, "\(result.failure)")
        #expect(result.failure.contains("a name of 301 bytes in UTF-8"), "\(result.failure)")
        #expect(result.failure.contains("; shorten it"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a name that a library has no room for is refused before anything is added")
    func wideSource() throws {
        try session.work.write("x".utf8, to: "wide/\(String(repeating: "漢", count: 84))")
        let result = try session.run([
            "content", "add", "--create", session.work.appending("wide").string, "--package-id", "ABC00077",
            "--library",
            session.library.string,
        ])
        #expect(result.status == 65, "\(result.failure)")
        #expect(result.failure.contains("252 bytes in UTF-8, and a library has room for 251"), "\(result.failure)")
    }
}
