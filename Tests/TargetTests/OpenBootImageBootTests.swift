// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The boot image that these tests share, and media of it.
private final class SharedOpenBoot: @unchecked Sendable {
    /// Where it and its media lie.
    let session: CommandSession
    let image: FilePath

    static let shared = Result { try SharedOpenBoot() }

    private init() throws {
        session = try CommandSession()
        let note = try session.work.write("note".utf8, to: "note.txt")
        // The drivers of virtual machines take a third of the time.
        try OpenBootFixture.build(
            session, more: ["--hardware", "virtual", "--keyboard", "de", "--include", note.string])
        image = session.folder.appending("open-boot.wim")
    }

    /// Stand-alone media of the image, with the form that the name of `output` and `more` say.
    func create(_ output: String, _ more: [String] = []) throws -> FilePath {
        try session.create(
            .standalone, output,
            try ["--boot-image", image.string, "--force"] + OpenBootFixture.sequence(session) + more)
    }

    /// A prestaged disk of the image.
    func createDisk(_ output: String, scheme: String) throws -> FilePath {
        try session.succeed([
            "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
            "--boot-image", image.string, "--operating-system-image", DemoSite.operatingSystemImage,
            "--management-point", "http://mp.example.com", "--disk-image", output, "--disk-size", "4GB",
            "--partition-scheme", scheme, "--force",
        ])
        return session.folder.appending(output)
    }
}

/// Media with an open boot image in QEMU: firmware of every kind, media of every form.
@Suite("Open boot images under real firmware", .inTargetSuite, .serialized)
struct OpenBootImageBootTests {
    private let shared: SharedOpenBoot

    init() throws { shared = try SharedOpenBoot.shared.get() }

    private func expect(_ report: [String: String], _ machine: OpenBootMachine, device: String) throws {
        #expect(report["firmware"] == (machine == .bios ? "bios" : "uefi"))
        #expect(report["lockdown"]?.contains("[integrity]") == (machine == .secure))
        #expect(report["media"]?.hasPrefix("/dev/\(device)") == true, "\(report)")
        #expect(report["ntfs"] == "text")
        #expect(report["included"] == "note.txt ")
        #expect(report["keymap"]?.isEmpty == false)
        // The letter ö of a German keyboard, and not the bracket of seven bits: a letter (0x0B) of Latin-1.
        #expect(report["letter"] == "f60b")
    }

    @Test("a disc starts, with Secure Boot and Microsoft's keys too", arguments: OpenBootMachine.pcs)
    func disc(machine: OpenBootMachine) throws {
        let media = try shared.create("\(machine).iso")
        try expect(try machine.report(of: media, .disc), machine, device: "sr0")
    }

    @Test("a USB drive with FAT32 starts", arguments: OpenBootMachine.pcs)
    func usb(machine: OpenBootMachine) throws {
        let media = try shared.create("\(machine).img", ["--media-size", "512MB"])
        try expect(try machine.report(of: media, .usb), machine, device: "sda")
    }

    @Test("a prestaged disk starts: from FAT32 with UEFI, from NTFS with a BIOS", arguments: OpenBootMachine.pcs)
    func prestaged(machine: OpenBootMachine) throws {
        let media = try shared.createDisk("disk-\(machine).img", scheme: machine == .bios ? "mbr" : "gpt")
        try expect(try machine.report(of: media, .disk), machine, device: "sda1")
    }

    @Test("an engine that fails says so on the serial port, and the computer waits")
    func failedEngine() throws {
        let engine = try shared.session.work.write("#!/bin/sh\nexit 3\n".utf8, to: "failing")
        try shared.session.succeed([
            "bootimage", "build", "--output", "failing.wim", "--packages", OpenBootFixture.packages.string, "--engine",
            engine.string, "--hardware", "virtual", "--force",
        ])
        let media = try shared.session.create(
            .standalone, "failing.iso",
            try ["--boot-image", shared.session.folder.appending("failing.wim").string, "--force"]
                + OpenBootFixture.sequence(shared.session))
        _ = try OpenBootMachine.bios.lines(of: media, .disc, until: "tsengine ended with status 3.")
    }

    @Test("an image with the drivers of all hardware starts too")
    func allHardware() throws {
        try OpenBootFixture.build(shared.session, "all.wim", more: ["--force"])
        let media = try shared.session.create(
            .standalone, "all.iso",
            try ["--boot-image", shared.session.folder.appending("all.wim").string, "--force"]
                + OpenBootFixture.sequence(shared.session))
        let report = try OpenBootMachine.secure.report(of: media, .disc)
        #expect(report["ntfs"] == "text")
        #expect(report["keymap"] == "")
    }

    @Test("a disc that is a drive too starts as a drive")
    func hybrid() throws {
        let media = try shared.session.create(
            .capture, "hybrid.iso", ["--boot-image", shared.image.string, "--hybrid", "--force"])
        try expect(try OpenBootMachine.secure.report(of: media, .usb), .secure, device: "sda")
    }

    @Test(
        "one flipped bit of the kernel, or of GRUB, and Secure Boot does not start it",
        arguments: ["vmlinuz", "grubx64.efi"])
    func flipped(name: String) throws {
        let media = try shared.create("flipped.iso")
        try OpenBootFixture.flip(name == "vmlinuz" ? "boot/tsmedia/vmlinuz" : "EFI/Boot/grubx64.efi", of: media)
        // shim shows its message in a box, which ends no line: it is looked for when the time has passed.
        let (text, deadline) =
            name == "vmlinuz" ? ("bad shim signature", Duration.seconds(240)) : ("Security Violation", .seconds(100))
        _ = try OpenBootMachine.secure.lines(of: media, .disc, until: text, deadline: deadline)
    }

    @Test("inspect tells of what media is made, and which authorities signed its loader")
    func inspect() throws {
        _ = try shared.create("told.iso")
        let report = try shared.session.inspect("told.iso")
        let facts = report.openBootImage
        #expect(facts.kernel.text?.hasSuffix("-amd64") == true)
        #expect(facts.keyboard.text == "de")
        #expect(facts.securityLevels.elements.contains { $0.component.text == "grub" })
        let shim = try #require(report.loaders.elements.first { $0.path.text == "EFI/Boot/bootx64.efi" })
        #expect(shim.certificates.elements.map(\.text).contains("Microsoft Corporation UEFI CA 2011"))
        let shown = try shared.session.succeed(["bootimage", "show", "open-boot.wim"]).output
        #expect(shown.contains("UEFI: yes"))
        #expect(shown.contains("SBAT: shim "))
    }
}
