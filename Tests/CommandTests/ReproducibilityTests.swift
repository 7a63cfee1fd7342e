// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The same request with the same content gives the same bytes.
@Suite("Reproducible media")
struct ReproducibilityTests {
    private static let epoch = ["SOURCE_DATE_EPOCH": "1700000000"]

    @Test(
        "the same command twice with SOURCE_DATE_EPOCH gives the same image", arguments: CommandSession.Media.allCases)
    func twice(media: CommandSession.Media) throws {
        let session = try CommandSession()
        for name in ["a.iso", "b.iso"] { try session.create(media, name, environment: Self.epoch) }
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
    }

    @Test("neither the folder, nor the number of threads, nor the store makes a difference")
    func elsewhere() throws {
        let first = try CommandSession()
        try first.create(.standalone, "a.iso", ["--jobs", "1"], environment: Self.epoch)
        let second = try CommandSession()
        try TestFolder.makeFolder(second.folder.appending("deeper"))
        try second.create(
            .standalone, "deeper/other name.iso", ["--jobs", "7", "--rehash", "--progress", "json"],
            environment: Self.epoch)
        #expect(try first.bytes("a.iso") == second.bytes("deeper/other name.iso"))
    }

    @Test("neither the place nor the times of the content library make a difference")
    func otherLibrary() throws {
        let first = try CommandSession()
        try first.create(.standalone, environment: Self.epoch)
        let second = try CommandSession(ownLibrary: true)
        try Program.succeed("find", [second.library.string, "-exec", "touch", "-d", "2031-01-01", "{}", "+"])
        try second.create(.standalone, environment: Self.epoch)
        #expect(try first.bytes("media.iso") == second.bytes("media.iso"))
    }

    @Test("without SOURCE_DATE_EPOCH times come from the content, so the bytes are the same too")
    func withoutEpoch() throws {
        let session = try CommandSession()
        try session.create(.standalone, "a.iso")
        try session.create(.standalone, "b.iso")
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
    }

    @Test("a client binary with a later time gives the same image under SOURCE_DATE_EPOCH")
    func localTimes() throws {
        let session = try CommandSession()
        let binaries = session.work.appending("bin")
        try Program.succeed("cp", ["-a", session.demo.clientBinaries.string, binaries.string])
        let options = ["--client-binaries", binaries.string]
        try session.create(.capture, "a.iso", options, environment: Self.epoch)
        try Program.succeed("find", [binaries.string, "-exec", "touch", "-d", "2031-01-01", "{}", "+"])
        try session.create(.capture, "b.iso", options, environment: Self.epoch)
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
    }

    @Test("folders written twice have the same files, names and times")
    func folders() throws {
        let session = try CommandSession()
        for name in ["a", "b"] { try session.create(.standalone, name, environment: Self.epoch) }
        let listings = try ["a", "b"].map {
            try Program.succeed(
                "sh",
                [
                    "-c",
                    "find . -type f -exec stat -c '%n %s %Y' {} + | sort; find . -type f -exec sha256sum {} + | sort",
                ],
                in: session.folder.appending($0)
            ).output
        }
        #expect(listings[0] == listings[1])
        #expect(listings[0].contains("boot.wim"))
    }

    @Test(
        "the media GUID is derived from what the media is",
        arguments: [["--label", "Other"], ["--variable", "Name=1"], ["--package", DemoSite.bootImage]])
    func derivedGUID(change: [String]) throws {
        let session = try CommandSession()
        let guid = try session.plan(.standalone).mediaGuid.text
        #expect(guid?.count == 38)
        #expect(guid == (try session.plan(.standalone, "other.iso")).mediaGuid.text)
        #expect(guid != (try session.plan(.standalone, "media.iso", change)).mediaGuid.text)
    }

    @Test("no time on the media is later than SOURCE_DATE_EPOCH")
    func clamped() throws {
        let session = try CommandSession()
        try session.create(.standalone, "media", environment: ["SOURCE_DATE_EPOCH": "1600000000"])
        let times = try Program.succeed(
            "sh", ["-c", "find media -type f -exec stat -c %Y {} +"], in: session.folder
        ).output.split(separator: "\n").compactMap { Int($0) }
        #expect(times.max() == 1_600_000_000)
    }

    @Test("a SOURCE_DATE_EPOCH that is no time is a usage error", arguments: ["yesterday", "-1", "99999999999"])
    func badEpoch(text: String) throws {
        let session = try CommandSession()
        let result = try session.run(session.arguments(.capture), environment: ["SOURCE_DATE_EPOCH": text])
        #expect(result.status == 64)
        #expect(result.failure.contains("SOURCE_DATE_EPOCH"))
        #expect(try session.outputs() == [])
    }
}
