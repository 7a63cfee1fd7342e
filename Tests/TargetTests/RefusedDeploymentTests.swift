// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What speaks against a deployment is told before anything is written, on the screen, in the log and to whoever tries the media.
@Suite("Deployments that are refused", .inTargetSuite, .serialized)
struct RefusedDeploymentTests {
    private let deployment: Deployment

    init() throws { deployment = try Deployment.shared.get() }

    /// Tries `media` on an empty disk and expects `texts` among its problems and in its log, and the disk as it was.
    private func expectRefusal(
        _ media: String, _ texts: [String], disk: String = "4GiB", more: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (result, report) = try deployment.attempt(
            media,
            [
                "--firmware", "bios", "--disk", disk, "--keep", "refused.img", "--copy-out", "smsts.log=refused.log",
                "--screenshot", "\(media).png", "--force",
            ] + more)
        #expect(result.status == 65, "\(result.errorText)", sourceLocation: sourceLocation)
        #expect(report.outcome.text == "refused", "\(result.output)", sourceLocation: sourceLocation)
        let problems = report.problems.elements.map {
            "\($0[dynamicMember: "text"].text ?? "") \($0.nextStep.text ?? "")"
        }.joined(
            separator: "\n")
        let log = String(decoding: try deployment.session.bytes("refused.log"), as: UTF8.self)
        for text in texts {
            #expect(problems.contains(text), "\(problems)", sourceLocation: sourceLocation)
            #expect(log.contains(text), "\(log)", sourceLocation: sourceLocation)
        }
        let bytes = try Program.succeed(
            "head", ["--bytes=1048576", deployment.session.folder.appending("refused.img").string]
        ).outputBytes
        #expect(bytes.allSatisfy { $0 == 0 }, "the disk was written", sourceLocation: sourceLocation)
    }

    @Test("a wrong password")
    func password() throws {
        let password = try deployment.session.work.write("Sesam-öffne\n".utf8, to: "password").string
        try deployment.media(
            "sealed.iso", TS.deploy, more: ["--allow-unattended", "--password-file", password])
        try expectRefusal("sealed.iso", ["the password"], more: ["--answer", "password=Sesam"])
        let (result, report) = try deployment.attempt(
            "sealed.iso", ["--firmware", "bios", "--disk", "4GiB", "--password-file", password])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(report.outcome.text == "restarting")
    }

    @Test("media that is not valid yet")
    func validity() throws {
        try deployment.media("future.iso", TS.deploy, more: ["--allow-unattended", "--media-start-date", "2098-05-06"])
        try expectRefusal("future.iso", ["is valid from 2098-05-06"])
    }

    @Test("a disk that is too small, for the partitions and for the image")
    func smallDisk() throws {
        try deployment.media("small.iso", TS.deploy)
        try expectRefusal("small.iso", ["disk 0"], disk: "64MiB")
        try expectRefusal("small.iso", ["and needs"], disk: "110MiB")
    }

    @Test("all at once: a program that is not there, a step behind its place, a question that only Windows answers")
    func together() throws {
        // What the rules of the lint cannot know: it depends on the boot image and on what variables hold.
        try deployment.media(
            "together.iso",
            TS.command("Missing program", "frobnicate --all") + TS.partition + TS.command("Missing too", "unheard-of")
                + TS.apply + TS.setup)
        try expectRefusal("together.iso", ["runs 'frobnicate'", "runs 'unheard-of'"])
    }

    @Test("content that is no longer on the media")
    func missingContent() throws {
        let drive = try deployment.media(
            "missing.img", TS.deploy, more: ["--allow-unattended", "--media-size", "1GB"])
        let partitions = try JSONValue(parsing: try Program.succeed("sfdisk", ["--json", drive.string]).output)
        let start = try #require(partitions.partitiontable.partitions.elements.first?.start.number)
        try Program.succeed(
            "mdel", ["-i", "\(drive)@@\(start * 512)", "::/SMS/PKG/\(Deployment.image)/install.wim"])
        try expectRefusal("missing.img", ["install.wim"])
    }

    @Test("content that is damaged, with its file")
    func damagedContent() throws {
        let step = TS.step(
            "Tool", "RunCommandLine", [("CommandLine", "sh tool.sh hello"), ("PackageID", Deployment.package)])
        let media = try deployment.media(
            "damaged.iso", step + TS.deploy, packages: [Deployment.package, Deployment.image])
        let bytes = try SmallFile.read(media, limit: 1 << 30)
        let text = Array("echo tool of the package".utf8)
        let place = try #require(
            bytes.indices.first {
                $0 + text.count <= bytes.count && bytes[$0] == text[0]
                    && bytes[$0..<$0 + text.count].elementsEqual(text)
            })
        try CommandSession.flipBit(of: media, at: Int64(place))
        let (result, report) = try deployment.attempt("damaged.iso", ["--firmware", "bios", "--disk", "4GiB"])
        #expect(result.status == 65)
        #expect(
            report.problems.elements.first?[dynamicMember: "text"].text?.contains("tool.sh of the media is damaged")
                == true,
            "\(result.output)")
        #expect(report.problems.elements.first?.step.text == "Tool")
    }

    @Test("an image that is damaged")
    func damagedImage() throws {
        let media = try deployment.media("broken.iso", TS.deploy)
        let listing = try Program.succeed("isoinfo", ["-l", "-J", "-i", media.string]).output
        let line = try #require(listing.split(separator: "\n").first { $0.contains("install.wim") })
        let block = try #require(
            line.split { $0 == "[" || $0 == "]" }.dropFirst().first?.split(separator: " ").first.flatMap { Int64($0) })
        try CommandSession.flipBit(of: media, at: block * 2048 + 400_000)
        let (result, report) = try deployment.attempt("broken.iso", ["--firmware", "bios", "--disk", "4GiB"])
        #expect(result.status == 65)
        #expect(report.outcome.text == "refused")
        #expect(report.problems.elements.first?.step.text == "Apply Operating System", "\(result.output)")
        #expect(
            report.problems.elements.first?[dynamicMember: "text"].text?.contains("damaged") == true, "\(result.output)"
        )
    }
}
