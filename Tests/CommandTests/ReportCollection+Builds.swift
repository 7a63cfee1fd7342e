// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport

extension ReportCollection {
    /// Media of manifests: parts, some of which fail, and content of a server.
    func builds() throws {
        let server = try DistributionPointServer(library: session.library, in: session.work)
        let text = """
            defaults: { type: capture, boot-image: \(DemoSite.bootImage), store: "\(session.work.appending("built"))" }
            media:
              - { name: good, distribution-point: "\(server.location)", output: built.iso }
              - { name: bad, distribution-point: "\(session.library)", boot-image: XYZ00001, output: bad.iso }
            """
        try session.work.write(text.utf8, to: "out/media.yaml")
        try report("build", ["build", "media.yaml", "--dry-run"], status: 66)
        let part = ["build", "media.yaml", "--shard"]
        try report("build", part + ["1/2", "--report", "part1.json"])
        try report("build", part + ["2/2", "--report", "part2.json"], status: 66)
        try report("build", ["report", "merge", "part1.json", "part2.json"], status: 66)
    }
}
