// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The few trials that every change makes.
@Suite("Trials, a few", .inTargetSuite)
struct SmokeTrialTests {
    @Test("media starts in a machine with UEFI, and says on its serial port what is waited for")
    func standIn() throws {
        let session = try CommandSession()
        try session.create(.capture, "media.iso")
        let result = try session.run(["try", "media.iso", "--wait-for", "TSMEDIA-END", "--json"])
        #expect(result.status == 0, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.outcome.text == "textCame")
    }
}
