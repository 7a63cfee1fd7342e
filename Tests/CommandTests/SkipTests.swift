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
        // All are told in one run.
        for name in ["con", "source/aux.c"] {
            #expect(refused.failure.contains("--skip ABC00077/\(name)"), "\(refused.failure)")
        }
        #expect(try session.outputs() == [])
        // Each has to be named.
        let half = try session.run(create("media", ["--skip", "aux.c"], from: location))
        #expect(half.status == 65 && half.failure.contains("--skip ABC00077/con"), "\(half.failure)")
        let made = try session.succeed(
            create("media", ["--skip", #"ABC00077\Source\AUX.c"#, "--skip", "con"], from: location))
        #expect(try files("media") == ["keep.c", "source/keep.c"])
        #expect(made.errorText.contains("left out on request: 'con', which "), "\(made.errorText)")
        #expect(made.errorText.contains("; 'source/aux.c', which is a reserved device name; "), "\(made.errorText)")
        // The media tells it for good.
        #expect(try session.succeed(["inspect", "media"]).output.contains("; left out: con, source/aux.c"))
        try session.succeed(["verify", "media"])
        let content = try session.inspect("media").contents.elements.first { $0.id.text == Self.package }
        #expect(content?.files.number == 2)
        // That it was asked for once is not remembered.
        let later = try session.run(create("later", from: location))
        #expect(later.status == 65, "\(later.errorText)")
    }

    @Test(
        "what a library lost is found beside names that are left out, by both of its witnesses",
        arguments: ["path", "http"])
    func lost(way: String) throws {
        try addPackage(["keep.c", "source/a.c", "source/lost.c"], renaming: [("source/a.c.INI", "source/aux.c.INI")])
        let data = "\(session.library)/DataLib/\(Self.package).1/source"
        // The hash in DataLib is that of the content with the names that media cannot hold.
        try rehash()
        let server = way == "path" ? nil : try DistributionPointServer(library: session.library, in: session.work)
        let skip = ["--skip", "aux.c"]
        let whole = try session.succeed(create("whole", skip, from: server?.location))
        #expect(!whole.errorText.contains("do not add up"), "\(whole.errorText)")
        try Program.succeed("mv", ["\(data)/lost.c.INI", session.work.appending("lost").string])
        let result = try session.run(create("media", skip + ["--rehash"], from: server?.location))
        if way == "path" {
            #expect(result.status == 65, "\(result.errorText)")
            #expect(result.failure.contains("is not what was distributed"), "\(result.failure)")
        } else {
            // A server has no lists of users: the hash alone is a warning.
            #expect(result.errorText.contains("do not add up to the content hash"), "\(result.errorText)")
        }
    }

    /// Gives the package the content hash of its tree as it is, computed by Python from docs/formats/content-library.md.
    private func rehash() throws {
        let script = """
            import hashlib, os, re, sys
            data, ini = sys.argv[1], sys.argv[2]
            def text(s): return s.encode('utf-16-le')
            digest = hashlib.sha256()
            def walk(folder, relative):
                names = sorted(os.listdir(folder), key=lambda n: n.upper())
                folders = [n for n in names if os.path.isdir(os.path.join(folder, n))]
                files = sorted((n[:-4] for n in names if n not in folders), key=lambda n: n.upper())
                join = lambda n: (relative + '\\\\' + n if relative else n)
                for n in folders: digest.update(text(join(n).lower()))
                for n in files: digest.update(text(join(n).lower()))
                for n in files:
                    digest.update(text(re.search('Hash=([0-9A-Fa-f]+)', open(os.path.join(folder, n + '.INI')).read())[1].upper()))
                for n in folders: walk(os.path.join(folder, n), join(n))
            walk(data, '')
            old = open(ini).read()
            open(ini, 'w').write(re.sub('Hash=[0-9A-Fa-f]{64}', 'Hash=' + digest.hexdigest().upper(), old))
            """
        let data = "\(session.library)/DataLib/\(Self.package).1"
        try Program.succeed("python3", ["-c", script, data, "\(data).INI"])
    }

    @Test("the library's commands go on: every such name is told, and all else listed and verified")
    func commands() throws {
        try addPackage(["keep.c", "a.c", "b.c"], renaming: [("a.c.INI", "aux.c.INI"), ("b.c.INI", "nul.INI")])
        let library = ["--library", session.library.string]
        let list = try session.succeed(["content", "list"] + library)
        #expect(list.output.contains(Self.package) && list.errorText.contains("media cannot hold 'nul', which "))
        let shown = try session.succeed(["content", "show", Self.package] + library)
        #expect(shown.output.contains("keep.c") && shown.errorText.contains("media cannot hold 'aux.c', which "))
        let verified = try session.run(["content", "verify", Self.package] + library)
        #expect(verified.status == 65, "\(verified.errorText)")
        let said = verified.output + verified.errorText
        #expect(
            said.contains("aux.c") && said.contains("nul") && said.contains("leave it out where media is made"),
            "\(said)")
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
