// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The one capture that every change makes.
@Suite("Captures, one", .inTargetSuite)
struct SmokeCaptureTests {
    @Test("capture media makes an image of a computer on an empty disk")
    func captures() throws {
        let deployment = try Deployment.shared.get()
        let session = deployment.session
        let computer = try ReferenceComputer(in: session.work.appending("smoke"), windows: deployment.windows)
        try session.succeed([
            "create", "capture", "--boot-image", deployment.bootImage.string, "--output", "smoke-capture.iso",
            "--force",
        ])
        let (result, report) = try deployment.attempt(
            "smoke-capture.iso",
            [
                "--firmware", "bios", "--disk", computer.disk.string, "--disk", "512MiB", "--answer",
                "destination=disk:1",
                "--answer", "name=smoke", "--copy-out", "capture.wim=smoke.wim", "--force",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "succeeded")
        let image = session.folder.appending("smoke.wim").string
        try Program.succeed("wimlib-imagex", ["verify", image])
        #expect(try Program.succeed("wimlib-imagex", ["info", image]).output.contains("Image Count:    2"))
    }
}
