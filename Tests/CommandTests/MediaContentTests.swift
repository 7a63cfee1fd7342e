// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What the options of `create` put on the media.
@Suite("What is on the media")
struct MediaContentTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The text of a file of folder media.
    private func text(_ path: String, of media: String = "media") throws -> String {
        String(decoding: try session.bytes("\(media)/\(path)"), as: UTF8.self)
    }

    /// The variables of media, as `inspect` shows them.
    private func variables(_ media: CommandSession.Media, _ more: [String]) throws -> JSONValue {
        try session.create(media, "media", more + ["--force"])
        return try session.inspect("media").variables
    }

    // MARK: Files

    @Test(
        "TsmBootstrap.ini says the media type, in single-byte text with CR LF",
        arguments: [
            (CommandSession.Media.bootable, "BootMedia"), (.standalone, "FullMedia"), (.capture, "CaptureMedia"),
        ])
    func bootstrap(media: CommandSession.Media, type: String) throws {
        try session.create(media, "media")
        let expected = "[MediaInfo]\r\nMediaType=\(type)\r\nPasswordRequired=false\r\nUnattended=false\r\n"
        #expect(try text("SMS/data/TsmBootstrap.ini") == expected)
    }

    @Test("--allow-unattended is in TsmBootstrap.ini and in inspect")
    func unattended() throws {
        try session.create(.standalone, "media", ["--allow-unattended"])
        #expect(try text("SMS/data/TsmBootstrap.ini").contains("Unattended=true\r\n"))
        #expect(try session.inspect("media").unattended.flag == true)
    }

    @Test("the contents of an application lie under their content IDs, a package under its own")
    func applications() throws {
        try session.create(.standalone, "media")
        for content in session.demo.contents(of: DemoSite.applicationPackage) {
            let names = try FolderEntry.entries(of: session.folder.appending("media/SMS/PKG/\(content.contentID)"))
            #expect(names.count == 2)
        }
        #expect(try text("SMS/PKG/ABC00011/Setup.cmd") == "@echo tsmedia fixture\r\n")
        let contents = try session.inspect("media").contents.elements
        #expect(contents.compactMap(\.id.text).filter { $0.hasPrefix("Content_") }.count == 2)
    }

    @Test("a step that applies an image which its WIM does not have is told with the step: 66, and nothing is made")
    func missingImage() throws {
        func result(_ index: String) throws -> ProgramResult {
            let step = SequenceVariation.step(
                "ApplyOperatingSystemAction", "Apply it",
                ["ImagePackageID": DemoSite.operatingSystemImage, "ImageIndex": index])
            let sequence = try SequenceVariation.write(step, of: session, to: "image.xml").string
            return try session.run(
                [
                    "create", "standalone", "--output", "media", "--force", "--task-sequence", sequence,
                    "--distribution-point", session.library.string, "--store", session.store.string,
                    "--boot-image", DemoSite.bootImage,
                ] + SequenceVariation.catalog(of: session))
        }
        for index in ["2", "9223372036854775807"] {
            let refused = try result(index)
            #expect(refused.status == 66, "\(refused.errorText)")
            #expect(refused.errorText.contains("image \(index), is not there: its WIM has one image"))
            #expect(refused.errorText.contains("step 'Further / Apply it'"))
            #expect(!(try FolderEntry.entries(of: session.folder).contains { $0.name == "media" }))
        }
        // What a variable says, and what is no number, is seen on the target alone.
        for index in ["1", "%Index%", "0", "99999999999999999999"] {
            let made = try result(index)
            #expect(made.status == 0, "\(index): \(made.errorText)")
        }
    }

    @Test("values of our own variables that no computer could use are refused: 64; the others are taken")
    func ownVariables() throws {
        let point = "TSMediaDistributionPoint"
        for bad in [
            "\(point)=ftp://x", "\(point)=notaurl", "\(point)=http://", "tsmediaDISTRIBUTIONpoint=http://user:pw@dp",
            "\(point)=http://dp/CCMTOKENAUTH_SMS_DP_SMSPKG$", "\(point)=\\\\", "TSMediaCaptureCompression=zip",
        ] {
            let result = try session.run(session.arguments(.bootable, "media", ["--variable", bad]))
            #expect(result.status == 64, "\(bad): \(result.errorText)")
            #expect(
                result.errorText.contains("--variable ") && !result.errorText.contains("user:pw"), "\(result.errorText)"
            )
        }
        for good in [
            "\(point)=http://dp.example.com", "\(point)=https://dp:8443/path", "\(point)=\\\\server\\SCCMContentLib$",
            "\(point)=%Server%", "TSMediaCaptureCompression=Maximum",
        ] {
            try session.create(.bootable, "media", ["--variable", good, "--force"])
        }
    }

    @Test("bare XML references an application without its package ID: 66, and the error says what to do")
    func bareSequence() throws {
        let arguments = session.arguments(.standalone)
            .replacing(session.demo.taskSequenceExport.string, by: session.demo.taskSequence.string)
        let result = try session.run(arguments + ["--boot-image", DemoSite.bootImage])
        #expect(result.status == 66)
        #expect(result.failure.contains("has no package ID in the task sequence's file"))
        #expect(result.failure.contains("export the task sequence together with its dependencies"))
    }

    @Test(
        "--package adds a package that the task sequence does not use, once",
        arguments: ["--package", "--driver-package", "--application"])
    func additionalPackage(option: String) throws {
        let more = [option, DemoSite.bootImage, option, DemoSite.bootImage, option, DemoSite.driverPackage]
        let plan = try session.plan(.standalone, "media.iso", more)
        #expect(plan.plannedPaths.filter { $0.hasPrefix("SMS/PKG/ABC00005/") }.count == 1)
        #expect(plan.plannedPaths.filter { $0.hasPrefix("SMS/PKG/ABC00012/") }.count == 6)
    }

    @Test("--client-binaries become SMS/bin, byte for byte")
    func clientBinaries() throws {
        try session.create(.capture, "media", ["--client-binaries", session.demo.clientBinaries.string])
        let difference = try Program.run(
            "diff", ["-r", session.demo.clientBinaries.string, session.folder.appending("media/SMS/bin").string])
        #expect(difference.status == 0, "\(difference.output)")
    }

    @Test("capture media without client binaries warns, with them it does not")
    func captureWarning() throws {
        let without = try session.succeed(session.arguments(.capture, "a.iso"))
        #expect(without.errorText.contains("warning: capture media is started inside Windows by TSMBAutorun.exe"))
        let with = try session.succeed(
            session.arguments(.capture, "b.iso", ["--client-binaries", session.demo.clientBinaries.string]))
        #expect(!with.errorText.contains("warning: "))
    }

    @Test("a folder of client binaries without TSMBAutorun.exe is 66, one that holds a link 65")
    func badClientBinaries() throws {
        let folder = session.work.appending("bin")
        try TestFolder.write("x".utf8, to: folder.appending("x64/other.exe"))
        let arguments = session.arguments(.capture, "media.iso", ["--client-binaries", folder.string])
        let result = try session.run(arguments)
        #expect(result.status == 66)
        #expect(result.failure.contains("holds no TSMBAutorun.exe"))
        try TestFolder.write("x".utf8, to: folder.appending("x64/TSMBAutorun.exe"))
        try Program.succeed("ln", ["-s", "/etc/passwd", folder.appending("x64/link.exe").string])
        #expect(try session.run(arguments).status == 65)
    }

    @Test("autorun.inf is there only when it is asked for")
    func autorun() throws {
        try session.create(.capture, "media", ["--autorun", "--label", "Site ABC"])
        #expect(try text("autorun.inf") == "[autorun]\r\nopen=LaunchMedia.cmd\r\nlabel=Site ABC\r\n")
        #expect(!(try session.plan(.capture)).plannedPaths.contains("autorun.inf"))
    }

    @Test("capture media has no policy and no packages; bootable media no packages")
    func absent() throws {
        let capture = try session.plan(.capture).plannedPaths
        let bootable = try session.plan(.bootable).plannedPaths
        for paths in [capture, bootable] {
            #expect(!paths.contains { $0.hasPrefix("SMS/PKG/") })
            #expect(!paths.contains("SMS/data/Policy.xml"))
            #expect(paths.contains("SMS/data/Variables.dat"))
        }
    }

    // MARK: Label and GUID

    @Test(
        "the label is on the disc, in MediaLabel.txt and in inspect",
        arguments: ["Configuration Manager", "Größe 1", "A"])
    func label(label: String) throws {
        try session.create(.capture, "media.iso", ["--label", label])
        #expect(try session.inspect().label.text == label)
        let text = try SmallFile.read(try session.extract().appending("MediaLabel.txt"))
        #expect(Text.decode(text, fallback: .singleByte) == "label=\(label)\r\n")
        if label.utf8.allSatisfy({ $0 < 0x80 }) {
            #expect(try volumeID().hasPrefix(label))
        }
    }

    /// The volume label, by isoinfo.
    private func volumeID() throws -> Substring {
        let output = try Program.succeed("isoinfo", ["-d", "-i", session.folder.appending("media.iso").string]).output
        return output.split(separator: "\n").first { $0.hasPrefix("Volume id: ") }?.dropFirst("Volume id: ".count) ?? ""
    }

    @Test(
        "a label longer than the disc's 32 bytes is cut on the disc and kept whole elsewhere", arguments: [32, 33, 128])
    func longLabel(count: Int) throws {
        let label = String(String(repeating: "0123456789", count: 13).prefix(count))
        try session.create(.capture, "media.iso", ["--label", label])
        #expect(try volumeID() == label.prefix(32))
        #expect(try session.inspect().label.text == label)
    }

    @Test(
        "--media-guid is taken in any spelling, with and without braces",
        arguments: ["abcdef01-2345-6789-abcd-ef0123456789", "{ABCDEF01-2345-6789-ABCD-EF0123456789}"])
    func mediaGUID(text: String) throws {
        let variables = try variables(.bootable, ["--media-guid", text])
        #expect(variables["_SMSMediaGuid"].text == "{ABCDEF01-2345-6789-ABCD-EF0123456789}")
        #expect(try session.inspect("media").mediaGuid.text == "{ABCDEF01-2345-6789-ABCD-EF0123456789}")
    }

    // MARK: Variables

    @Test("--variable is repeatable, keeps its spelling, and may hold = and nothing")
    func variable() throws {
        let variables = try variables(
            .bootable, ["--variable", "OSDComputerName=PC=1", "--variable", "Empty=", "--variable", "Grün=<&]]>"])
        #expect(variables["OSDComputerName"].text == "PC=1")
        #expect(variables["Empty"].text == "")
        #expect(variables["Grün"].text == "<&]]>")
    }

    @Test("dynamic media lists its management points in order, site-based media has one")
    func managementPoints() throws {
        let dynamic = try variables(
            .bootable, ["--management-point", "https://mp2.example.com:8443", "--site-code", "xyz"])
        #expect(dynamic["SMSTSLocationMPs"].text == "http://mp.example.com*https://mp2.example.com:8443")
        #expect(dynamic["SMSTSMP"] == .null)
        #expect(dynamic["_SMSTSHTTPPort"].text == "80")
        #expect(dynamic["_SMSTSHTTPSPort"].text == "8443")
        let siteBased = try variables(.bootable, ["--media-mode", "site-based"])
        #expect(siteBased["SMSTSMP"].text == "http://mp.example.com")
        #expect(siteBased["SMSTSLocationMPs"] == .null)
        #expect(siteBased["_SMSTSSiteCode"].text == "ABC")
    }

    @Test("the boot image's ID and version are variables when it is a package")
    func bootImageVariables() throws {
        let fromPackage = try variables(.bootable, [])
        #expect(fromPackage["_SMSTSBootMediaPackageID"].text == DemoSite.bootImage)
        #expect(fromPackage["_SMSTSBootMediaSourceVersion"].text == "2")
    }

    @Test("stand-alone media says so, and when it expires: the last second of the day as a FILETIME in two halves")
    func expiration() throws {
        let variables = try variables(.standalone, ["--media-expiration-date", "2030-12-31"])
        #expect(variables["_SMSTSStandAloneMedia"].text == "true")
        // 2030-12-31T23:59:59Z in units of 100 ns since 1601: (1924991999 + 11644473600) * 10^7.
        let time: Int64 = (1_924_991_999 + 11_644_473_600) * 10_000_000
        #expect(variables["_SMSTSMediaExpire"].text == "\(time >> 32);\(time & 0xFFFF_FFFF)")
    }

    @Test("stand-alone media says when it begins to work and when it ceases to, and inspect shows both as dates")
    func validity() throws {
        try session.create(
            .standalone, "media",
            ["--media-start-date", "2098-01-01T08:00+01:00", "--media-expiration-date", "2098-12-31T18:30"])
        let report = try session.inspect("media")
        #expect(report.startsAt.text == "2098-01-01T07:00:00Z" && report.expiresAt.text == "2098-12-31T18:30:00Z")
        // 2098-01-01T07:00:00Z in units of 100 ns since 1601, as Python counts them.
        let script =
            "import datetime as d; t = int((d.datetime(2098, 1, 1, 7) - d.datetime(1601, 1, 1)).total_seconds()) * 10**7;"
            + " print(f'{t >> 32};{t & 0xffffffff}')"
        #expect(
            report.variables["_SMSTSMediaStart"].text.map { $0 + "\n" }
                == (try Program.succeed("python3", ["-c", script]).output))
        #expect(report.warnings.elements.contains { $0.text == "works from 2098-01-01T07:00:00Z only" })
    }

    @Test(
        "media that would not start on any day that is left is refused",
        arguments: [
            (["--media-expiration-date", "2020-12-31"], "is past"),
            (
                ["--media-start-date", "2098-12-31", "--media-expiration-date", "2098-12-30"],
                "is not before the media expires"
            ),
        ])
    func unusable(options: [String], words: String) throws {
        let result = try session.run(session.arguments(.standalone, "media", options))
        #expect(result.status == 64 && result.failure.contains(words), "\(result.errorText)")
    }

    @Test("media without a password is read whatever password is given")
    func needlessPassword() throws {
        try session.create(.standalone, "media")
        let password = try session.work.write("geheim\n".utf8, to: "password.txt").string
        #expect(try session.inspect("media", ["--password-file", password]) == session.inspect("media"))
    }

    @Test("unknown computers are served under the records that are given, each for its architecture")
    func unknownComputers() throws {
        let guids = ["x64": "11111111-2222-3333-4444-555555555555", "x86": "{66666666-7777-8888-9999-AAAAAAAAAAAA}"]
        let options = guids.sorted { $0.key < $1.key }.flatMap { ["--unknown-machine-guid", "\($0.key)=\($0.value)"] }
        let variables = try variables(.bootable, ["--allow-unknown-machine"] + options)
        #expect(variables["_SMSTSx64UnknownMachineGUID"].text == guids["x64"])
        #expect(variables["_SMSTSx86UnknownMachineGUID"].text == "66666666-7777-8888-9999-AAAAAAAAAAAA")
        #expect(variables["_SMSTSarm64UnknownMachineGUID"] == .null)
        for (refused, words) in [
            (["--allow-unknown-machine"], "needs the GUIDs"), (options, "add --allow-unknown-machine"),
            (["--allow-unknown-machine", "--unknown-machine-guid", "x64=1"], "is not a GUID"),
            (["--allow-unknown-machine"] + options + options, "names two records"),
        ] {
            let result = try session.run(session.arguments(.bootable, "other", refused))
            #expect(result.status == 64 && result.failure.contains(words), "\(result.errorText)")
        }
        let result = try session.succeed(
            session.arguments(
                .bootable, "other",
                ["--allow-unknown-machine", "--unknown-machine-guid", "x86=\(guids["x86"] ?? "")", "--dry-run"]))
        #expect(result.errorText.contains("warning: the boot image is for x64, and no record of unknown computers is"))
    }

    @Test("--boot-image takes a WIM file, whose bytes are on the media")
    func bootImageFile() throws {
        let content = try #require(session.demo.contents(of: DemoSite.bootImage).first)
        let name = try #require(content.files.keys.first?.description)
        let wim = content.source.appending(name)
        try session.succeed(
            ["create", "capture", "--boot-image", wim.string, "--output", "media", "--store", session.store.string])
        #expect(try session.bytes("media/sources/boot.wim") == SmallFile.read(wim))
        let inspection = try session.inspect("media")
        #expect(inspection.bootImage.id.text == name)
        #expect(inspection.bootImage.version == .null)
        #expect(inspection.variables["_SMSTSBootMediaPackageID"] == .null)
    }
}
