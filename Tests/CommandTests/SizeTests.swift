// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport
import Testing

/// Sizes are written one way, whatever option takes them.
@Suite("Sizes in options")
struct SizeTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "--media-size takes sizes and the wizard's names",
        arguments: [
            ("16GB", 16_000_000_000), ("4.7gb", 4_700_000_000), ("4GiB", 4_294_967_296), ("4GB", 4_294_967_296),
            ("4.0GB", 4_000_000_000), ("650MB", 681_574_400), ("700MB", 700_000_000), ("0.5TB", 500_000_000_000),
        ] as [(String, Int64)])
    func mediaSize(text: String, byteCount: Int64) throws {
        let plan = try session.plan(.standalone, "media.iso", ["--media-size", text])
        #expect(plan.volumes.elements.first?.capacity.number == byteCount)
    }

    @Test(
        "what is none is 64, and the message says what to write",
        arguments: [
            (["--media-size", "64g"], "64GB (powers of ten) or 64GiB (powers of two)"),
            (["--media-size", "1.5"], "4.7GB"), (["--media-size", "99999999999TB"], "more than any disk has"),
        ])
    func refused(more: [String], text: String) throws {
        let result = try session.run(session.arguments(.standalone, "media.iso", more))
        #expect(result.status == 64)
        #expect(result.failure.contains("--media-size '\(more[1])'") && result.failure.contains(text))
    }

    @Test("--split and --disk-size count as --media-size does")
    func others() throws {
        for (split, isOne) in [("1.5MB", false), ("4GiB", true), ("0.01tb", true)] {
            let arguments = session.prestaged("OEM.wim", ["--split", split, "--force", "--json"])
            let plan = try JSONValue(parsing: try session.succeed(arguments).output)
            let parts = try #require(plan.volumes.elements.first?.parts.elements)
            #expect((parts.count == 1) == isOne, "\(split) \(parts.count)")
        }
        let result = try session.run(session.prestaged("OEM.wim", ["--split", "64g"]))
        #expect(result.status == 64 && result.failure.contains("--split '64g' may"), "\(result.failure)")
    }
}
