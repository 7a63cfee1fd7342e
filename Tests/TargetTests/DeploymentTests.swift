// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media alone deploys a stand-in for Windows in a virtual machine, which then starts from its disk.
@Suite("Deployments", .inTargetSuite, .serialized)
struct DeploymentTests {
    private let deployment: Deployment

    init() throws { deployment = try Deployment.shared.get() }

    @Test(
        "an empty disk is divided, the image is applied, and the stand-in starts from it and finds its volume by our BCD",
        arguments: [("uefi", "iso"), ("secure", "iso"), ("bios", "iso"), ("uefi", "img"), ("bios", "img")])
    func deploys(firmware: String, format: String) throws {
        let name = "deploy-\(firmware).\(format)"
        try deployment.media(
            name, TS.deploy, more: ["--allow-unattended"] + (format == "img" ? ["--media-size", "1GB"] : []))
        // The stand-in is not signed: with Secure Boot it is the end of the sequence that counts.
        let wait = firmware == "secure" ? [] : ["--wait-for", "TSMEDIA-END"]
        let (result, report) = try deployment.attempt(
            name,
            [
                "--firmware", firmware, "--disk", "4GiB", "--keep", "pc-\(firmware)-\(format).img", "--copy-out",
                "smsts.log=smsts-\(firmware)-\(format).log", "--force",
            ] + wait)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.engineFirmware.text == firmware)
        #expect(report.steps.elements.map(\.name.text).last == "Setup Windows")
        try check(disk: deployment.session.folder.appending("pc-\(firmware)-\(format).img"), isGPT: firmware != "bios")
    }

    /// What other programs find on the disk.
    private func check(disk: FilePath, isGPT: Bool) throws {
        let table = try Program.succeed("sfdisk", ["--json", disk.string]).output
        let partitions = try JSONValue(parsing: table).partitiontable.partitions.elements
        #expect(partitions.count == (isGPT ? 3 : 2))
        let last = try #require(partitions.last)
        let start = try #require(last.start.number), size = try #require(last.size.number)
        // Whole MiB, of 2048 sectors.
        #expect(partitions.allSatisfy { ($0.start.number ?? 1) % 2048 == 0 && ($0.size.number ?? 1) % 2048 == 0 })
        let volume = deployment.session.work.appending("volume.ntfs")
        try Program.succeed(
            "dd",
            ["if=\(disk)", "of=\(volume)", "bs=512", "skip=\(start)", "count=\(size)", "conv=sparse", "status=none"])
        defer { try? Folder.removeFile(volume) }
        // wimlib captures what lies on the volume: files, links, streams, descriptors are those of the image.
        let captured = deployment.session.work.appending("captured.wim")
        try Program.succeed(
            "wimlib-imagex", ["capture", volume.string, captured.string, "--compress=none", "--no-acls"])
        let files = try Program.succeed("wimlib-imagex", ["dir", captured.string]).output
        #expect(files.contains("/Windows/System32/config/SOFTWARE"))
        #expect(files.contains("部署映像的很长的名字"))
        #expect(files.contains("/Windows/Panther/Unattend/Unattend.xml"))
        let original = try Program.succeed("wimlib-imagex", ["dir", deployment.windows.string, "1"]).output
        let missing = original.split(separator: "\n").filter { !files.contains($0) }
        #expect(missing.isEmpty, "\(missing.prefix(5))")
    }
}
