// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Fixtures
import Support
import TSMediaTestSupport
import Testing

@testable import tsmedia

/// What is said of a command line that is wrong: in one voice, with what was meant.
@Suite("Wrong command lines")
struct UsageErrorTests {
    /// What the program says of `words`; nil when they parse.
    private static func answer(_ words: [String]) -> String? {
        do {
            try Arguments.check(words)
            _ = try TSMedia.parseAsRoot(words)
            return nil
        } catch let error as ValidationError {
            return error.message
        } catch {
            return UsageError(words).text(TSMedia.message(for: error))
        }
    }

    @Test(
        "misspelt commands, options and values are told with what was meant",
        arguments: [
            ("verfy x.iso", "'verfy' is no command of tsmedia; did you mean tsmedia verify?"),
            ("content ls", "'ls' is no command of tsmedia content; did you mean tsmedia content list?"),
            ("help contnt", "'contnt' is no command of tsmedia; did you mean tsmedia content?"),
            ("create iso", "'iso' is no command of tsmedia create; use bootable, capture, standalone or prestaged"),
            (
                "create stand-alone",
                "'stand-alone' is no command of tsmedia create; did you mean tsmedia create standalone?"
            ),
            (
                "sequence new instal",
                "'instal' is no command of tsmedia sequence new; did you mean tsmedia sequence new install?"
            ),
            ("inspect x --jsn", "--jsn is no option of tsmedia inspect; did you mean --json?"),
            ("inspect x --frobnicate", "--frobnicate is no option of tsmedia inspect; see tsmedia inspect --help"),
            (
                "create capture --boot-loader-certificate 2032",
                "--boot-loader-certificate 2032: there is no such value; did you mean 2023? use 2011, 2023 or auto"
            ),
            (
                "verify x --progress loud",
                "--progress loud: there is no such value; use auto, ansi, plain, json or none"
            ),
            (
                "verify x --jobs many",
                "--jobs many: there is no such value; it takes: Threads that hash (default: one per processor)"
            ),
            ("verify x --jobs", "--jobs has no value; write --jobs <jobs>"),
            (
                "create capture --boot-loader-certificate",
                "--boot-loader-certificate has no value; use 2011, 2023 or auto"
            ),
            (
                "create capture --output a.iso -o b.iso",
                "--output is given twice, and a run writes one output; give it once"
            ),
            ("verify x x", "x is named twice; name each media once"),
            (
                "New-CMBootableMedia",
                "'New-CMBootableMedia' is no command of tsmedia; did you mean tsmedia create bootable?"
            ),
            ("devices --json=yes", "--json takes no value; leave out 'yes'"),
        ])
    func misspelt(line: String, message: String) {
        #expect(Self.answer(line.split(separator: " ").map(String.init)) == message)
    }

    @Test(
        "everything that is missing is told at once",
        arguments: [
            ("content add", "<source>, --package-id and --library are missing"),
            ("content add x --library y", "--package-id is missing"),
            ("content add x --package-id=ABC00001", "--library is missing"),
            (
                "sequence new capture --name x",
                "--boot-image, --capture-path and --capture-account are missing"
            ),
            ("verify", "<media> is missing"), ("sequence diff", "<old> is missing"),
        ])
    func missing(line: String, start: String) throws {
        let answer = try #require(Self.answer(line.split(separator: " ").map(String.init)))
        #expect(answer.hasPrefix("\(start); see tsmedia "), "\(answer)")
    }

    @Test(
        "habits of other programs are answered",
        arguments: [
            ("inspect x --password y", "use --password-file FILE"), ("inspect x -p y", "use --password-file FILE"),
            ("create capture --password y", "--password-file belongs to bootable media"),
            ("create capture --iso y", "use --output NAME.iso"), ("create capture --device /dev/sdb", "use --usb"),
            ("create capture -f", "use --force"), ("create standalone --yes", "nothing is asked: use --force"),
            ("devices -q", "use --quiet"),
            ("create capture --output boot.ios", "end it with .iso, or with / for a folder"),
            ("create capture --output boot.vhd", "with .iso for a disc or with .img for a drive"),
        ])
    func habits(line: String, words: String) throws {
        let answer = try #require(Self.answer(line.split(separator: " ").map(String.init)))
        #expect(answer.contains(words), "\(answer)")
    }

    @Test("every answer is a line of our own: object, problem, next step, without a full stop")
    func voice() throws {
        let lines = ["x", "create", "content add", "inspect x --y", "inspect", "verify x --jobs", "devices x --json=1"]
        for line in lines {
            let result = try Program.run(BuiltProgram.tsmedia.string, line.split(separator: " ").map(String.init))
            guard result.status != 0 else { continue }
            #expect(result.status == 64 && result.output.isEmpty)
            let text = result.errorText.split(separator: "\n")
            #expect(text.count == 1 && text[0].hasPrefix("error: ") && text[0].last != ".", "\(result.errorText)")
        }
    }

    @Test("with --json an error is an object with its parts, a wrong command line too")
    func json() throws {
        let missing = try Program.run(BuiltProgram.tsmedia.string, ["inspect", "/gone.iso", "--json"])
        let object = try JSONValue(parsing: missing.errorText)
        #expect(missing.status == 66 && missing.output.isEmpty)
        #expect(object.event.text == "error" && object.exitCode.number == 66)
        #expect(object.object.text == "/gone.iso" && object.nextStep.text?.isEmpty == false)
        let message = "\(object.object.text ?? "") \(object.problem.text ?? ""); \(object.nextStep.text ?? "")"
        #expect(object.message.text == message)
        let wrong = try Program.run(BuiltProgram.tsmedia.string, ["inspect", "--json"])
        #expect(try wrong.status == 64 && JSONValue(parsing: wrong.errorText).exitCode.number == 64)
    }

    @Test("--quiet says errors and warnings only, --verbose what the log has, and both together are refused")
    func verbosity() throws {
        let session = try CommandSession()
        let quiet = try session.succeed(session.arguments(.standalone, "a.iso", ["--quiet"]))
        #expect(quiet.output.isEmpty)
        #expect(quiet.errorText.split(separator: "\n").allSatisfy { $0.hasPrefix("warning: ") }, "\(quiet.errorText)")
        let log = session.work.appending("log")
        let verbose = try session.succeed(
            session.arguments(.capture, "b.iso", ["--verbose", "--log-file", log.string, "--progress", "none"]))
        #expect(verbose.output.hasPrefix("wrote b.iso"))
        #expect(verbose.errorText.contains("\nwrote b.iso: ") || verbose.errorText.hasPrefix("tsmedia 0.1.0: create"))
        #expect(Self.answer(["devices", "--quiet", "--verbose"])?.contains("are both given") == true)
    }
}

@Suite("Paths of Windows")
struct WindowsPathCommandTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "are refused with the remedy and become no files",
        arguments: [#"C:\media\x.iso"#, "c:/media/x.iso", #"\\server\share\x.iso"#, #"\serversharex.iso"#])
    func refused(path: String) throws {
        let remedy =
            path.lowercased().hasPrefix("c:")
            ? "no drive letters" : path.hasPrefix(#"\\"#) ? "mount the share" : "put it in quotation marks"
        let elsewhere: [([String], String)] = [
            (["content", "add", "--create", "x", "--package-id", "ABC00001", "--library", path], "--library"),
            (["content", "list", "--library", path], "--library"),
            (session.arguments(.capture, "x.iso", ["--log-file", path]), "--log-file"),
        ]
        // Media goes to shares, and content comes from them.
        let besides: [([String], String)] = [
            (session.arguments(.capture, path), "--output"),
            (session.arguments(.capture, "x.iso").replacing(session.library.string, by: path), "distribution point"),
        ]
        let lines = elsewhere + (path.hasPrefix(#"\\"#) ? [] : besides)
        for (words, object) in lines {
            let result = try session.run(words)
            #expect(result.status == 64, "\(words): \(result.errorText)")
            #expect(result.failure.contains(object), "\(result.failure)")
            // A drive letter as distribution point has an answer of its own.
            if object != "distribution point" { #expect(result.failure.contains(remedy), "\(result.failure)") }
        }
        #expect(try session.outputs() == [])
    }

    @Test("a URL is no path either, and makes no folder of that name")
    func urls() throws {
        for words in [
            session.arguments(.capture, "https://host/x.iso"),
            session.arguments(.capture, "x.iso", ["--log-file", "file:///x"]),
            ["content", "list", "--library", "http://localhost:18080"],
            ["content", "fetch", "ABC00001", "--distribution-point", "/", "--store", "http://x"],
        ] {
            let result = try session.run(words)
            #expect(
                result.status == 64 && result.failure.contains("is a URL, and no path"),
                "\(words): \(result.errorText)")
        }
        #expect(try session.outputs() == [])
    }

    @Test("a password in the place of a file of passwords is not repeated")
    func credentials() throws {
        let result = try session.run(
            [
                "content", "fetch", "ABC00001", "--distribution-point", "http://127.0.0.1:1", "--credentials",
                "joe:geheim",
            ])
        #expect(result.status == 66 && result.failure.contains("--credentials names a file that is not there"))
        #expect(!result.errorText.contains("geheim"), "\(result.errorText)")
    }

    @Test("a proxy that is not there is told, and not the server behind it")
    func proxy() throws {
        let result = try session.run(
            [
                "content", "fetch", "ABC00001", "--distribution-point", "http://127.0.0.1:2", "--proxy",
                "http://127.0.0.1:1",
            ])
        #expect(result.status == 69)
        #expect(result.failure.contains("its proxy http://127.0.0.1:1 refuses the connection"), "\(result.errorText)")
    }

    @Test(
        "are told as such wherever a file is named that is not there", arguments: [#"C:\x\y.yaml"#, #"\\srv\x\y.yaml"#])
    func missing(path: String) throws {
        let remedy = path.hasPrefix("C:") ? "as it is called on this computer" : "mount the share"
        let inputs = [
            session.arguments(.standalone, "x.iso", ["--catalog", path]),
            session.arguments(.standalone, "x.iso", ["--password-file", path]),
            session.arguments(.standalone, "x.iso", ["--for-hardware", path]),
            ["create", "capture", "--boot-image", path, "--output", "x.iso"], ["sequence", "lint", path],
        ]
        for words in inputs {
            let result = try session.run(words)
            #expect([64, 66].contains(result.status), "\(words): \(result.errorText)")
            #expect(result.failure.contains(remedy), "\(words): \(result.failure)")
        }
    }
}

@Suite("Mistaken task sequences")
struct MistakenSequenceTests {
    @Test("an ID and a disc in the place of a task sequence are called what they are, with the way out")
    func called() throws {
        let session = try CommandSession()
        let id = try session.run(
            session.arguments(.standalone, "x.iso").replacing(session.demo.taskSequenceExport.string, by: "ABC00099"))
        #expect(id.status == 66 && id.failure.contains("is the ID of one") && id.failure.contains("Export"))
        try session.create(.capture, "disc.iso")
        let disc = try session.run(
            session.arguments(.standalone, "x.iso").replacing(session.demo.taskSequenceExport.string, by: "disc.iso"))
        #expect(disc.status == 65 && disc.failure.contains("is the image of a disc, and no task sequence"))
        let image = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage).string
        let wim = try session.run(["sequence", "show", image])
        #expect(wim.status == 65 && wim.failure.contains("is a WIM, and no task sequence"), "\(wim.failure)")
    }
}
