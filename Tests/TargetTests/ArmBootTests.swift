// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The boot image that these tests share.
private final class SharedArmBoot: @unchecked Sendable {
    let session: CommandSession
    /// Options for media with it.
    let options: [String]

    static let shared = Result { try SharedArmBoot() }

    private init() throws {
        session = try CommandSession()
        try OpenBootFixture.build(
            session, packages: OpenBootFixture.armPackages, more: ["--architecture", "arm64", "--hardware", "virtual"])
        options =
            try ["--boot-image", session.folder.appending("open-boot.wim").string, "--force"]
            + OpenBootFixture.sequence(session)
    }
}

/// Media for computers with a processor of Arm, from firmware to the program that runs task sequences, which is a script here.
@Suite("Open boot images for Arm under real firmware", .inTargetSuite, .serialized)
struct ArmBootTests {
    private let session: CommandSession
    private let options: [String]

    init() throws {
        let shared = try SharedArmBoot.shared.get()
        (session, options) = (shared.session, shared.options)
    }

    private func expect(_ report: [String: String], _ machine: OpenBootMachine, device: String) {
        #expect(report["started"]?.contains("-arm64") == true, "\(report)")
        #expect(report["firmware"] == "uefi")
        #expect(report["lockdown"]?.contains("[integrity]") == (machine == .arm64Secure))
        #expect(report["media"]?.hasPrefix("/dev/\(device)") == true, "\(report)")
        #expect(report["ntfs"] == "text")
    }

    @Test("a disc and a USB drive start, with Secure Boot and Microsoft's keys too", arguments: OpenBootMachine.arms)
    func media(machine: OpenBootMachine) throws {
        let disc = try session.create(.standalone, "\(machine).iso", options)
        expect(try machine.report(of: disc, .disc, deadline: .seconds(400)), machine, device: "sr0")
        let drive = try session.create(.standalone, "\(machine).img", options + ["--media-size", "512MB"])
        expect(try machine.report(of: drive, .usb, deadline: .seconds(400)), machine, device: "sda")
    }

    @Test("a kernel with one byte changed is refused with Secure Boot")
    func changedKernel() throws {
        let disc = try session.create(.standalone, "changed.iso", options)
        try OpenBootFixture.flip("boot/tsmedia/vmlinuz", of: disc)
        _ = try OpenBootMachine.arm64Secure.lines(
            of: disc, .disc, until: "bad shim signature", deadline: .seconds(400))
    }

    @Test("packages, engines and media of another processor are refused with what to do")
    func otherProcessor() throws {
        func refused(_ arguments: [String], _ words: String) throws {
            let result = try session.run(
                ["bootimage", "build", "--output", "other.wim", "--engine", "/bin/sh", "--force"] + arguments)
            #expect(result.status != 0)
            #expect(result.failure.contains(words), "\(result.failure)")
        }
        try refused(
            ["--packages", OpenBootFixture.packages.string, "--architecture", "arm64"], "is no program for arm64")
        try refused(
            [
                "--packages", OpenBootFixture.packages.string, "--architecture", "arm64", "--engine",
                Repository.file("fixtures/linux/stand-in-engine").string,
            ], "--architecture arm64")
        try refused(
            ["--packages", OpenBootFixture.packages.string, "--architecture", "x86"], "signed loaders for; choose")
    }
}
