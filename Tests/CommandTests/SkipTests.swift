// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `--skip`: content with names that an output cannot hold.
@Suite("Content that is left out")
struct SkipTests {
    private static let package = "ABC00077"
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    /// Adds a package with `files`, and renames in the library what no `content add` takes.
    private func addPackage(_ files: [String], renaming names: [(old: String, new: String)] = []) throws {
        for file in files { try session.work.write("x\(file)".utf8, to: "source/\(file)") }
        try session.addContent(session.work.appending("source"), Self.package, version: 1)
        for (old, new) in names {
            let data = "\(session.library)/DataLib/\(Self.package).1"
            try Program.succeed("mv", ["\(data)/\(old)", "\(data)/\(new)"])
        }
    }

    private func create(_ output: String, _ more: [String] = [], from location: String? = nil) -> [String] {
        var arguments = session.arguments(.standalone, output, ["--package", Self.package] + more)
        if let location { arguments = arguments.map { $0 == session.library.string ? location : $0 } }
        return arguments
    }

    private func files(_ output: String) throws -> [String] {
        let manifest = try JSONValue(
            parsing: String(decoding: session.bytes("\(output)/SMS/data/MediaManifest.json"), as: UTF8.self))
        let root = "SMS/PKG/\(Self.package)/"
        return manifest.files.elements.compactMap(\.path.text).filter { $0.hasPrefix(root) }.map {
            String($0.dropFirst(root.count))
        }
    }

    @Test(
        "a name that no media holds is an error that says how to leave it out, and then all else is on the media",
        arguments: ["path", "http", "html"])
    func reserved(way: String) throws {
        try addPackage(
            ["keep.c", "source/a.c", "source/keep.c", "gone/below.c"],
            renaming: [("source/a.c.INI", "source/aux.c.INI"), ("gone", "con")])
        let server =
            way == "path"
            ? nil
            : try DistributionPointServer(
                library: session.library, way == "html" ? ["--listing", "html"] : [], in: session.work)
        let location = server?.location
        let refused = try session.run(create("media", from: location))
        #expect(refused.status == 65, "\(refused.errorText)")
        #expect(refused.failure.contains("is a reserved device name"), "\(refused.failure)")
        #expect(refused.failure.contains("or leave it out with --skip ABC00077/"), "\(refused.failure)")
        #expect(try session.outputs() == [])
        // Each has to be named.
        let half = try session.run(create("media", ["--skip", "aux.c"], from: location))
        #expect(half.status == 65 && half.failure.contains("--skip ABC00077/con"), "\(half.failure)")
        let made = try session.succeed(
            create("media", ["--skip", #"ABC00077\Source\AUX.c"#, "--skip", "con"], from: location))
        #expect(try files("media") == ["keep.c", "source/keep.c"])
        #expect(made.errorText.contains("left out on request: 'con', which "), "\(made.errorText)")
        #expect(made.errorText.contains(", and 1 more; "), "\(made.errorText)")
        try session.succeed(["verify", "media"])
        let content = try session.inspect("media").contents.elements.first { $0.id.text == Self.package }
        #expect(content?.files.number == 2)
    }

    @Test("what the output holds is never left out, and a name that leaves nothing out is told")
    func held() throws {
        try addPackage(["keep.c", "source/keep.c"])
        let made = try session.succeed(create("media", ["--skip", "keep.c", "--skip", "source"]))
        #expect(try files("media") == ["keep.c", "source/keep.c"])
        for name in ["keep.c", "source"] {
            #expect(made.errorText.contains("--skip \(name) left nothing out: "), "\(made.errorText)")
        }
    }

    @Test("a name that is too long for one kind of output is left out there, and not where it fits")
    func tooLong() throws {
        let name = String(repeating: "f", count: 104)
        try addPackage(["keep.c", name])
        let iso = ["--file-system", "iso"]
        let refused = try session.run(create("media.iso", iso))
        #expect(refused.status == 65 && refused.failure.contains("or leave it out with --skip"), "\(refused.failure)")
        let made = try session.succeed(create("media.iso", iso + ["--skip", name]))
        #expect(
            made.errorText.contains("left out on request: '\(name)', which has a name of 104 characters"),
            "\(made.errorText)")
        let listed = try Program.succeed("7z", ["l", "-ba", session.folder.appending("media.iso").string]).output
        #expect(listed.contains("keep.c") && !listed.contains(name))
        let whole = try session.succeed(create("whole.iso", ["--skip", name]))
        #expect(whole.errorText.contains("left nothing out"), "\(whole.errorText)")
        #expect(
            try Program.succeed("7z", ["l", "-ba", session.folder.appending("whole.iso").string]).output.contains(name))
    }

    @Test("what is no name is refused", arguments: ["/aux.c", "a/../b"])
    func wrong(name: String) throws {
        let result = try session.run(session.arguments(.standalone, "media", ["--skip", name]))
        #expect(result.status == 64 && result.failure.contains("--skip names no file or folder"), "\(result.failure)")
    }
}
