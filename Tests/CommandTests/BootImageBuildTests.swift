// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `bootimage build` as far as nothing of Debian's has to run; what boots is Tests/TargetTests'.
@Suite("Making an open boot image")
struct BootImageBuildTests {
    private let session: CommandSession
    private let packages: FilePath

    init() throws {
        session = try CommandSession()
        packages = session.folder.appending("packages")
        try TestFolder.makeFolder(packages)
        try PackageFixture.bootImagePackages(in: packages)
        try session.work.write("#!/bin/sh\n".utf8, to: "tsengine")
    }

    private func arguments(_ output: String, _ more: [String]) -> [String] {
        [
            "bootimage", "build", "--output", output, "--packages", "packages", "--engine",
            session.work.appending("tsengine").string,
        ] + more
    }

    /// Makes an image, and returns the options that make media from it.
    private func image(_ output: String, _ more: [String] = []) throws -> [String] {
        try session.succeed(arguments(output, more))
        return ["--boot-image", session.folder.appending(output).string]
    }

    private func build(_ more: [String], status: Int32 = 0) throws -> ProgramResult {
        let result = try session.run(arguments("x.wim", more))
        #expect(result.status == status, "\(result.errorText)")
        return result
    }

    @Test("a dry run tells of what the image would be made, and writes nothing")
    func dryRun() throws {
        let report = try JSONValue(parsing: try build(["--dry-run", "--json", "--hardware", "virtual"]).output)
        #expect(report.output == .null)
        let facts = report.openBootImage
        #expect(facts.kernel.text == PackageFixture.kernel)
        #expect(facts.hardware.text == "virtual")
        // cdrom, isofs, virtio, virtio_ring, virtio_blk; not the driver of a network card that nobody asks for.
        #expect(facts.moduleCount.number == 5)
        #expect(facts.packages.elements.map(\.name.text).contains("shim-signed"))
        #expect(
            facts.securityLevels.elements.map { "\($0.component.text ?? "") \($0.generation.number ?? 0)" }
                == ["shim 7", "shim.test 2", "grub 5"])
        #expect(try session.outputs() == ["packages"])
    }

    @Test("prestaged media of the image holds its task sequence, linted for tsengine, and says so when there is none")
    func prestaged() throws {
        let image = try image("open.wim")
        let arguments = session.prestaged("OEM.wim").replacingValues(of: image)
        // The demonstration's task sequence restarts into Windows PE.
        let refused = try session.run(arguments)
        #expect(refused.status == 65)
        #expect(refused.failure.contains("cannot run from prestaged media with an open boot image"))
        let own = try OpenBootFixture.sequence(session)
        try session.succeed(arguments.replacingValues(of: own))
        try session.succeed(["verify", "OEM.wim"])
        #expect(try session.succeed(["extract", "OEM.wim", "--list"]).output.contains("SMS/data/Policy.xml"))
        #expect(try session.inspect("OEM.wim").taskSequence.name.text == "open-boot-sequence")
        let without = try session.succeed(
            arguments.filter { $0 != "--task-sequence" && $0 != own[1] && !$0.hasSuffix(".zip") } + ["--force"])
        #expect(without.errorText.contains("no task sequence that it could run"), "\(without.errorText)")
        // A boot image of Windows PE asks its site, and the media holds none.
        try session.createPrestaged("site.wim")
        #expect(!(try session.succeed(["extract", "site.wim", "--list"]).output.contains("Policy.xml")))
    }

    @Test("media of every kind and form takes the image, and is whole", arguments: ["x.iso", "x.img", "x", "x.wim"])
    func media(output: String) throws {
        let image = try image("open.wim", ["--keyboard", "de"])
        if output.hasSuffix(".wim") {
            try session.succeed(
                session.prestaged(output).replacingValues(of: image).replacingValues(
                    of: OpenBootFixture.sequence(session)))
        } else {
            try session.create(
                .standalone, output,
                try image + OpenBootFixture.sequence(session)
                    + (output.hasSuffix(".img") ? ["--media-size", "100MB"] : []))
        }
        try session.succeed(["verify", output])
        let report = try session.inspect(output)
        #expect(report.openBootImage.keyboard.text == "de")
        #expect(report.openBootImage.kernel.text == PackageFixture.kernel)
        let list = try session.succeed(["extract", output, "--list"]).output
        for path in [
            "boot/grub/grub.cfg", "boot/tsmedia/vmlinuz", "boot/tsmedia/initrd.img", "EFI/Boot/bootx64.efi",
            "EFI/Boot/grubx64.efi", "bootmgr", "boot/etfsboot.com",
        ] { #expect(list.contains(path), "\(path)") }
        for path in ["boot.sdi", "BCD"] { #expect(!list.contains(path), "\(path)") }
    }

    @Test("a loader that nobody signed is told, and refused where 2023 is asked for")
    func unsigned() throws {
        let image = try image("open.wim")
        let warned = try session.succeed(session.arguments(.capture, "x.iso", image))
        #expect(warned.errorText.contains("is not signed by Microsoft"))
        let result = try session.run(
            session.arguments(.capture, "y.iso", image + ["--boot-loader-certificate", "2023"]))
        #expect(result.status == 65)
        #expect(result.failure.contains("not signed under the authority of 2023"))
    }

    @Test(
        "capture media has no site's program for such an image, prepares Windows by itself, and keeps that it is strict"
    )
    func capture() throws {
        let image = try image("open.wim")
        let made = try session.succeed(session.arguments(.capture, "x.iso", image + ["--strict"]))
        #expect(!made.errorText.contains("TSMBAutorun"))
        try session.succeed(["extract", "x.iso", "LaunchMedia.cmd", "--output", "files"])
        let script = try session.bytes("files/LaunchMedia.cmd")
        let text = String(decoding: script, as: UTF8.self)
        for part in ["/generalize /oobe /quit", "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", "shutdown /r"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
        #expect(try session.inspect("x.iso").variables.TSMediaCaptureStrict.text == "true")
    }

    @Test("the same request makes the same image")
    func reproducible() throws {
        for name in ["one.wim", "two.wim"] { _ = try image(name) }
        #expect(try session.bytes("one.wim") == session.bytes("two.wim"))
    }

    @Test("an output that is there, without --force, costs no build")
    func present() throws {
        try TestFolder.write("mine".utf8, to: session.folder.appending("x.wim"))
        let result = try build([], status: 73)
        #expect(result.failure.contains("x.wim"))
        #expect(try session.bytes("x.wim") == Array("mine".utf8))
    }

    @Test("a package that was changed is refused, and named")
    func changed() throws {
        let name = "shim-signed_1.0-1_amd64.deb"
        try CommandSession.flipBit(of: packages.appending(name), at: -10)
        let result = try build(["--dry-run"], status: 65)
        #expect(result.failure.contains(name))
    }

    @Test(
        "what is not there is named with the way to get it",
        arguments: [
            (["--kernel", "1.2.3-amd64"], "has no kernel 1.2.3-amd64", "--kernel 1.2.3-amd64"),
            (["--packages", "nowhere"], "has no tsmedia-packages.json", "bootimage fetch"),
            (["--engine", "nowhere"], "is not there", "--engine"),
            (["--include", "x=../y"], "is no place for a file", "etc/hosts"),
            (["--include", "nowhere"], "nowhere", ""),
            (["--include", "/dev/zero"], "/dev/zero", ""),
            (["--keyboard", "klingon"], "is no layout", "us, de"),
        ])
    func missing(options: [String], problem: String, nextStep: String) throws {
        let result = try session.run(
            ["bootimage", "build", "--output", "x.wim", "--dry-run", "--packages", "packages", "--engine", "/bin/true"]
                .replacingValues(of: options))
        #expect(result.status != 0)
        #expect(result.failure.contains(problem), "\(result.failure)")
        #expect(result.failure.contains(nextStep), "\(result.failure)")
    }

    @Test(
        "a file does not take the place of one of the environment",
        arguments: ["init", "bin/tsengine", "sbin/tsengine"])
    func included(target: String) throws {
        let result = try build(["--include", "/etc/hostname=\(target)"], status: 65)
        #expect(result.failure.contains("would take the place of a file of the environment"), "\(result.failure)")
    }

    @Test("a file that is no program for the processor is no engine")
    func engine() throws {
        try session.work.write("text".utf8, to: "tsengine")
        #expect(try build(["--dry-run"], status: 66).failure.contains("is no program for x64"))
    }

    @Test("two kernels in one folder are asked about")
    func twoKernels() throws {
        let more = session.folder.appending("two")
        try TestFolder.makeFolder(more)
        let other = PackageFixture("linux-image-1.1.1-1-amd64", ["boot/vmlinuz-1.1.1-1-amd64": [1]])
        try PackageFixture.bootImagePackages(in: more, more: [other])
        let arguments = [
            "bootimage", "build", "--output", "x.wim", "--dry-run", "--packages", "two", "--engine", "/bin/true",
        ]
        let result = try session.run(arguments)
        #expect(result.status == 66)
        #expect(result.failure.contains("has several kernels"))
        try session.succeed(arguments + ["--kernel", PackageFixture.kernel])
    }
}

extension [String] {
    /// These arguments with the option of `other` in place of the one of the same name, or behind them.
    fileprivate func replacingValues(of other: [String]) -> [String] {
        guard let index = firstIndex(of: other[0]) else { return self + other }
        var copy = self
        copy[index + 1] = other[1]
        return copy
    }
}
