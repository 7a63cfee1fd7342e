// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Capture media alone makes an image of a computer in a virtual machine, and the image is what the computer had.
@Suite("Captures", .inTargetSuite, .serialized)
struct CaptureTests {
    private let deployment: Deployment
    private let computer: ReferenceComputer
    private let media: FilePath

    init() throws {
        deployment = try Deployment.shared.get()
        computer = try Self.computer.get()
        media = try Self.media.get()
    }

    private static let computer = Result {
        let deployment = try Deployment.shared.get()
        return try ReferenceComputer(
            in: deployment.session.work.appending("reference"), windows: deployment.windows)
    }
    private static let media = Result {
        let deployment = try Deployment.shared.get()
        try deployment.session.succeed([
            "create", "capture", "--boot-image", deployment.bootImage.string, "--output", "capture.iso", "--force",
        ])
        return deployment.session.folder.appending("capture.iso")
    }

    /// What `try` says of capture media with `answers`; the image is in `name` afterwards.
    private func capture(_ name: String, _ more: [String]) throws -> (result: ProgramResult, report: JSONValue) {
        try deployment.attempt(
            media.string,
            [
                "--disk", computer.disk.string, "--copy-out", "capture.wim=\(name)", "--answer", "name=\(name)",
                "--force",
            ] + more)
    }

    /// Holds the image `name` against the computer, with programs of others.
    private func check(_ name: String) throws {
        let image = deployment.session.folder.appending(name)
        let before = deployment.session.work.appending("before.wim")
        try Program.succeed(
            "wimlib-imagex", ["capture", computer.ntfs.string, before.string, "Windows", "--compress=none"])
        let (captured, source) = (try ImageListing(image), try ImageListing(before))
        #expect(captured.entries.count > 30)
        #expect(captured.differences(from: source) == [])
        #expect(source.differences(from: captured) == [])
        let dissected = try DissectedVolume(computer.ntfs, against: image)
        #expect(dissected.fileCount > 30 && dissected.differences == [])
        let archive = try Program.succeed("wimlib-imagex", ["info", image.string]).output
        #expect(archive.contains("Image Count:    2"))
        try Program.succeed("wimlib-imagex", ["verify", image.string])
        #expect(try Program.succeed("7z", ["t", image.string]).output.contains("Everything is Ok"))
        let applied = deployment.session.work.appending("applied-\(name)")
        try Program.succeed("wimlib-imagex", ["apply", image.string, "2", applied.string])
        try Program.succeed("diff", ["-r", computer.files.string, applied.string])
        let fat = try ImageListing(image, index: 2)
        #expect(fat.entries["\"/HIDDEN.SYS\""]?.contains("Attributes          = 0x00000027") == true)
        #expect(fat.entries["\"/A long name.text\""]?.contains("Short Name          = \"ALONGN~1.TEX\"") == true)
    }

    @Test(
        "one NTFS, one FAT32, one ext4 and a stick become two images on an empty disk, which is formatted",
        arguments: ["bios", "uefi"])
    func disk(firmware: String) throws {
        let name = "disk-\(firmware).wim"
        let (result, report) = try capture(
            name,
            [
                "--firmware", firmware, "--disk", "1GiB", "--disk", "usb:64MiB", "--answer", "destination=disk:1",
                "--answer",
                "created-by=Tester", "--answer", "version=7", "--answer", "description=Reference",
                "--copy-out", "smsts.log=capture-\(firmware).log",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "succeeded")
        try check(name)
        let image = deployment.session.folder.appending(name).string
        let xml = try Program.succeed("wimlib-imagex", ["info", image, "1"]).output
        #expect(xml.contains("Description:            Reference"))
        #expect(xml.contains("Build:                  26100"))
        let log = try SmallFile.read(deployment.session.folder.appending("capture-\(firmware).log"))
        let text = String(decoding: log, as: UTF8.self)
        #expect(text.contains("has the file system ext4"))
        #expect(text.contains("is connected over USB"))
        #expect(text.contains("was not generalised by Sysprep"))
        let memory = try #require(text.firstMatch(of: /at most (\d+) MiB of memory were used/))
        #expect(Int(memory.output.1).map { $0 <= 400 } == true, "\(memory.output.0)")
    }

    @Test("a stick gets the image, and one that is there is replaced")
    func stick() throws {
        let (result, report) = try capture(
            "stick.wim", ["--firmware", "bios", "--disk", "usb:1GiB", "--answer", "destination=usb"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "succeeded")
        try check("stick.wim")
    }

    @Test("a share of Samba gets the image, with the account that is asked for")
    func share() throws {
        let folder = deployment.session.work.appending("share")
        try TestFolder.write("old".utf8, to: folder.appending("images/share.wim"))
        var options = SambaServer.Options()
        options.password = "secret, with comma"
        options.port = 445
        let server = try SambaServer(["images": folder], options, in: deployment.session.work)
        defer { withExtendedLifetime(server) {} }
        let (result, report) = try capture(
            "share.wim",
            [
                "--firmware", "bios", "--network", "--answer", "destination=\\\\10.0.2.2\\images\\images", "--answer",
                "account=\(SambaServer.user)", "--answer", "password=secret, with comma", "--copy-out",
                "smsts.log=share.log",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "succeeded")
        try check("share.wim")
        try Program.succeed(
            "cmp",
            [
                folder.appending("images/share.wim").string, deployment.session.folder.appending("share.wim").string,
            ])
        let log = try SmallFile.read(deployment.session.folder.appending("share.log"))
        #expect(!String(decoding: log, as: UTF8.self).contains("secret, with comma"))
    }

    @Test("what was captured is deployed again, and starts")
    func deploysAgain() throws {
        let image = deployment.session.folder.appending("disk-bios.wim")
        if (try? Stat(image)) == nil {
            _ = try capture(
                "disk-bios.wim", ["--firmware", "bios", "--disk", "1GiB", "--answer", "destination=disk:1"])
        }
        let folder = deployment.session.work.appending("content/ABC00020")
        try TestFolder.makeFolder(folder)
        try Program.succeed("cp", [image.string, folder.appending("captured.wim").string])
        try deployment.session.succeed([
            "content", "add", folder.string, "--package-id", "ABC00020", "--library", deployment.library.string,
        ])
        let apply = TS.step(
            "Apply", "ApplyOperatingSystem",
            [("ImagePackageID", "ABC00020"), ("ImageIndex", "1"), ("DestinationVariable", "OSDisk")])
        try deployment.media("again.iso", TS.partition + apply + TS.setup, packages: ["ABC00020"])
        let (result, _) = try deployment.attempt(
            "again.iso", ["--firmware", "bios", "--disk", "2GiB", "--wait-for", "TSMEDIA-END"])
        #expect(result.status == 0, "\(result.errorText)")
    }
}
