// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Prestart commands: what Windows PE will find, as wimlib-imagex sees it.
@Suite("Prestart commands")
struct PrestartTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private static let options = ["--prestart-command", "cscript.exe //nologo ask.vbs", "--prestart-package", package]
    private static let package = "ABC00012"

    private func read(_ name: String, in wim: String) throws -> [UInt8] {
        try Program.succeed(
            "wimlib-imagex", ["extract", session.folder.appending(wim).string, "1", name, "--to-stdout"]
        ).outputBytes
    }

    /// The files of `folder` in `wim` below it, by name.
    private func files(of folder: String, in wim: String) throws -> [String: [UInt8]] {
        let listed = try Program.succeed("wimlib-imagex", ["dir", session.folder.appending(wim).string, "1"]).output
        var files: [String: [UInt8]] = [:]
        for line in listed.split(separator: "\n") where line.hasPrefix(folder + "/") && line.contains(".") {
            let name = String(line.dropFirst(folder.count + 1))
            if name.contains("/driver.") { files[name] = try read(String(line), in: wim) }
        }
        return files
    }

    @Test("Windows PE finds the command in the root of the boot image, and the files of the package beside it")
    func bootable() throws {
        try session.create(.bootable, "media", Self.options)
        let boot = "media/sources/boot.wim"
        #expect(
            String(decoding: try read("/TSConfig.ini", in: boot), as: UTF8.self)
                == "[CustomHook]\r\nCommandLine=cscript.exe //nologo ask.vbs\r\nSource=ABC00012\r\n")
        let files = try files(of: "/sms/PKG/ABC00012", in: boot)
        #expect(files.count == 6)
        for (name, bytes) in files { #expect(try session.bytes("media/SMS/PKG/ABC00012/\(name)") == bytes) }
        try Program.succeed("wimlib-imagex", ["verify", session.folder.appending(boot).string])
        // All that the boot image had is there still, and what starts is the same image.
        let information = try Program.succeed("wimlib-imagex", ["info", session.folder.appending(boot).string]).output
        #expect(information.contains("Boot Index:     1"))
        #expect(try !read("/sms/bin/x64/TsBootShell.exe", in: boot).isEmpty)
        let report = try session.inspect("media", ["--show-secrets"])
        #expect(report.variables["_TSMediaPrestartCommand"].text == "cscript.exe //nologo ask.vbs")
        #expect(report.contents.elements.first?.id.text == Self.package)
        #expect(try session.inspect("media").variables["_TSMediaPrestartCommand"].text == "(hidden)")
        try session.succeed(["verify", "media"])
    }

    @Test("the same command gives the same bytes, whatever the time of day, and another one others")
    func reproducible() throws {
        try session.create(.bootable, "1.iso", Self.options)
        try session.create(.bootable, "2.iso", Self.options)
        #expect(try session.bytes("1.iso") == session.bytes("2.iso"))
        try session.create(.bootable, "3.iso", ["--prestart-command", "other.exe"])
        try Program.succeed("7z", ["x", "3.iso", "sources/boot.wim"], in: session.folder)
        #expect(
            String(decoding: try read("/TSConfig.ini", in: "sources/boot.wim"), as: UTF8.self).contains(
                "=other.exe\r\n"))
    }

    @Test(
        "prestaged media has the package where its boot image looks and in the cache of the client when it is asked for"
    )
    func prestaged() throws {
        try session.createPrestaged("media.wim", Self.options)
        let listed = try Program.succeed(
            "wimlib-imagex", ["dir", session.folder.appending("media.wim").string, "1"]
        ).output
        #expect(listed.contains("/SMS/PKG/ABC00012/"))
        try session.succeed(["verify", "media.wim"])
    }

    @Test("stand-alone media whose task sequence needs the package holds it once, on the volume that boots")
    func standalone() throws {
        try session.create(.standalone, "media", Self.options)
        let contents = try session.inspect("media").contents.elements
        #expect(contents.count { $0.id.text == Self.package } == 1)
        try session.succeed(["verify", "media"])
    }

    @Test("text outside ASCII is UTF-16 with its mark, which Windows reads from such files")
    func encoding() throws {
        try session.create(.bootable, "media", ["--prestart-command", "echo Grüße"])
        let bytes = try read("/TSConfig.ini", in: "media/sources/boot.wim")
        #expect(bytes.starts(with: [0xFF, 0xFE]))
        #expect(Text.decodeUTF16LittleEndian(bytes.dropFirst(2)) == "[CustomHook]\r\nCommandLine=echo Grüße\r\n")
    }

    @Test(
        "a package without a command, an unknown package, an application and two lines are refused, before anything is written"
    )
    func refused() throws {
        for (options, status, words) in [
            (["--prestart-package", Self.package], 64, "add --prestart-command"),
            (["--prestart-command", "a\nb"], 64, "control characters"),
            (["--prestart-command", "x", "--prestart-package", "ABC09999"], 66, "for the prestart command"),
            (["--prestart-command", "x", "--prestart-package", "ABC00013"], 65, "is an application"),
            (
                ["--prestart-command", "x", "--staging-folder", session.library.string], 77,
                "for temporary files is"
            ),
        ] as [([String], Int32, String)] {
            let result = try session.run(session.arguments(.bootable, "media", options))
            #expect(result.status == status && result.failure.contains(words), "\(result.errorText)")
            #expect(try session.outputs().isEmpty)
        }
    }

    @Test("a password in the command is warned of, because the boot image is not encrypted, and shown nowhere")
    func password() throws {
        let command = "net use Z: \\\\server\\share Geh3im! /user:CONTOSO\\reader"
        let log = session.folder.appending("run.log").string
        let result = try session.succeed(
            session.arguments(.bootable, "media", ["--prestart-command", command, "--log-file", log]))
        #expect(result.errorText.contains("warning: --prestart-command holds a password"))
        let report = try session.succeed(["inspect", "media", "--json"])
        for text in [
            result.errorText, result.output, report.output,
            String(decoding: try session.bytes("run.log"), as: UTF8.self),
        ] {
            #expect(!text.contains("Geh3im"))
        }
    }

    @Test("an update that does not name the command again is refused, and one that drops it takes it off")
    func update() throws {
        try session.create(.bootable, "drive.img", Self.options)
        let arguments = session.arguments(.bootable, "drive.img").filter { $0 != "create" && $0 != "bootable" }
        let options = Array(arguments.drop { $0 != "--distribution-point" }).without("--output")
        let refused = try session.run(["update", "drive.img"] + options)
        #expect(refused.status == 77 && refused.failure.contains("its prestart command (kept with --prestart-command)"))
        try session.succeed(
            ["update", "drive.img"] + options + ["--drop", "prestart", "--drop", "package=\(Self.package)"])
        #expect(try session.inspect("drive.img").variables["_TSMediaPrestartCommand"] == .null)
    }
}

extension [String] {
    /// The list without `option` and its value.
    fileprivate func without(_ option: String) -> [String] {
        guard let index = firstIndex(of: option) else { return self }
        return Array(self[..<index] + self[(index + 2)...])
    }
}
