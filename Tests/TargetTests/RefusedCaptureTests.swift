// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Volumes that must not be captured as they are, each with the remedy on the screen.
@Suite("Refused captures", .inTargetSuite, .serialized)
struct RefusedCaptureTests {
    private let deployment: Deployment

    init() throws { deployment = try Deployment.shared.get() }

    private func refusal(_ name: String, more: [String] = [], change: (FilePath) throws -> Void) throws -> JSONValue {
        let computer = try ReferenceComputer(
            in: deployment.session.work.appending(name), windows: deployment.windows, change: change)
        try deployment.session.succeed(
            ["create", "capture", "--boot-image", deployment.bootImage.string, "--output", "\(name).iso", "--force"]
                + more)
        let (result, report) = try deployment.attempt(
            "\(name).iso",
            [
                "--firmware", "bios", "--disk", computer.disk.string, "--disk", "512MiB", "--answer",
                "destination=disk:1",
                "--answer", "name=x", "--force", "--copy-out", "serial.log=\(name).serial", "--keep",
                "\(name)-after.img",
            ])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(report.outcome.text == "refused")
        try Program.succeed(
            "cmp", [computer.disk.string, deployment.session.folder.appending("\(name)-after.img").string])
        return report
    }

    private func check(_ name: String, _ report: JSONValue, _ problem: String, _ remedy: String) throws {
        let problems = report.problems.elements
        #expect(problems.contains { $0["text"].text?.contains(problem) == true }, "\(problems)")
        #expect(problems.contains { $0.nextStep.text?.contains(remedy) == true }, "\(problems)")
        let screen = String(
            decoding: try SmallFile.read(deployment.session.folder.appending("\(name).serial")), as: UTF8.self)
        #expect(screen.contains(remedy))
    }

    @Test("a hibernated one")
    func hibernated() throws {
        let report = try refusal("hibernated") { volume in
            let folder = try TestFolder()
            let point = folder.appending("mount")
            try TestFolder.makeFolder(point)
            try Program.succeed("ntfs-3g", [volume.string, point.string])
            defer { _ = try? Program.run("umount", [point.string]) }
            try TestFolder.write(
                Array("hibr".utf8) + [UInt8](repeating: 1, count: 8192), to: point.appending("hiberfil.sys"))
        }
        try check("hibernated", report, "sleeps or was shut down for a fast start", "shutdown /s /t 0")
    }

    @Test("one that Windows has not finished")
    func dirty() throws {
        let report = try refusal("dirty") { try DirtyVolume.mark($0) }
        try check("dirty", report, "changes that Windows has not finished", "chkdsk /f")
    }

    @Test("one that BitLocker encrypted")
    func encrypted() throws {
        let report = try refusal("encrypted") { volume in
            let file = try FileDescriptor.open(volume, .readWrite)
            try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 3, Array("-FVE-FS-".utf8)) }
        }
        try check("encrypted", report, "encrypted by BitLocker", "BitLocker off")
    }

    @Test("a Windows that is not ready, where warnings are errors")
    func strict() throws {
        let report = try refusal("strict", more: ["--strict"]) { _ in }
        try check("strict", report, "was not generalised by Sysprep", "sysprep /generalize")
    }
}
