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
        try deployment.check(
            disk: deployment.session.folder.appending("pc-\(firmware)-\(format).img"), isGPT: firmware != "bios")
    }
}
