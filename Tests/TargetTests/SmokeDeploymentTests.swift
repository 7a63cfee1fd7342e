// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The one deployment that every change makes.
@Suite("Deployments, one", .inTargetSuite)
struct SmokeDeploymentTests {
    @Test("media alone divides a disk, applies an image, and what was applied starts from the disk")
    func deploys() throws {
        let deployment = try Deployment.shared.get()
        try deployment.media("smoke.iso", TS.deploy)
        let (result, report) = try deployment.attempt(
            "smoke.iso", ["--firmware", "bios", "--disk", "2GiB", "--wait-for", "TSMEDIA-END"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
    }
}
