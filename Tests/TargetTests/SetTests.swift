// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Sets of discs and of sticks deploy, and each volume is asked for once.
@Suite("Deployments from sets", .inTargetSuite, .serialized)
struct SetTests {
    /// Large enough for ntfs-3g to write more than a page at a time.
    private static let disk = "8GiB"

    private let deployment: Deployment
    private let set: SetFixture

    init() throws {
        deployment = try Deployment.shared.get()
        set = try SetFixture.shared.get()
    }

    /// How often each volume was put in, by what `try` tells.
    private func insertions(_ result: ProgramResult) -> [String] {
        result.errorText.split(separator: "\n").compactMap { line in
            line.contains(" is in the machine") ? String(line) : nil
        }
    }

    @Test("three discs deploy: 2 and 3 are asked for once, and what disc 1 has is not asked for again")
    func discs() throws {
        let (result, report) = try deployment.attempt(
            set.discs[0],
            Array(set.discs[1...]) + [
                "--firmware", "bios", "--disk", Self.disk, "--copy-out", "smsts.log=set.log", "--force", "--wait-for",
                "TSMEDIA-END",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
        let put = insertions(result)
        #expect(put.count == 2 && put[0].contains("volume 2 of 3") && put[1].contains("volume 3 of 3"), "\(put)")
        let log = String(decoding: try deployment.session.bytes("set.log"), as: UTF8.self)
        #expect(log.contains("tool of the set says second"), "\(log)")
    }

    @Test("another volume, another set, other media, an empty and a damaged disc are told apart, and asked for again")
    func wrongDiscs() throws {
        let damaged = try set.damaged(1)
        let wrong = [
            (set.discs[2], "is media #3 of the set"), (set.other, "is of other media, labelled"),
            (set.noMedia, "is no task sequence media"), (set.empty, "cannot be read"), (damaged, "is damaged"),
        ]
        let (result, report) = try deployment.attempt(
            set.discs[0],
            Array(set.discs[1...]) + wrong.flatMap { ["--answer", "volume-2=\($0.0)"] } + [
                "--firmware", "uefi", "--disk", Self.disk, "--copy-out", "smsts.log=wrong.log", "--force",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
        let log = String(decoding: try deployment.session.bytes("wrong.log"), as: UTF8.self)
        var rest = Substring(log)
        for (name, text) in wrong {
            let place = try #require(rest.firstRange(of: text), "\(name): \(log)")
            rest = rest[place.upperBound...]
        }
    }

    @Test("three sticks deploy, which are put in one after the other")
    func sticks() throws {
        let sticks = try set.sticks()
        let (result, report) = try deployment.attempt(
            sticks[0],
            Array(sticks[1...]) + [
                "--answer", "volume-2=\(sticks[2])", "--firmware", "uefi", "--disk", Self.disk, "--copy-out",
                "smsts.log=sticks.log", "--force",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
        let log = String(decoding: try deployment.session.bytes("sticks.log"), as: UTF8.self)
        #expect(log.contains("This drive is media #3 of the set"), "\(log)")
        #expect(insertions(result).count == 3, "\(result.errorText)")
    }

    @Test("an image that fits no disc is staged part by part, and applied to the volume that holds the parts")
    func torn() throws {
        let discs = try set.tornDiscs()
        #expect(discs.count >= 3)
        let (result, report) = try deployment.attempt(
            discs[0],
            Array(discs[1...]) + [
                "--firmware", "bios", "--disk", Self.disk, "--copy-out", "smsts.log=torn.log", "--force", "--wait-for",
                "TSMEDIA-END",
            ])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
        #expect(insertions(result).count == discs.count - 1, "\(result.errorText)")
        let log = String(decoding: try deployment.session.bytes("torn.log"), as: UTF8.self)
        for text in ["content ABC00024 is staged on /dev/", "content ABC00024 is not staged any more", "says second"] {
            #expect(log.contains(text), "\(log)")
        }
    }
}
