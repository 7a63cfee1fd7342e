// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Prestaged disks that start, use what lies on them, and fetch what does not.
@Suite("Prestaged disks on the target", .inTargetSuite, .serialized)
struct PrestagedTests {
    private static let changing = "ABC00016"
    private let deployment: Deployment
    private let work: TestFolder

    init() throws {
        deployment = try Deployment.shared.get()
        work = try TestFolder()
    }

    // MARK: What is asked

    private static let apply = TS.step(
        "Apply Operating System", "ApplyOperatingSystem", [("ImagePackageID", Deployment.image), ("ImageIndex", "1")])

    private static func command(_ name: String, _ line: String, _ package: String) -> String {
        TS.step(name, "RunCommandLine", [("CommandLine", line), ("PackageID", package)])
    }

    /// A sequence that uses two packages, the second behind the image.
    private static let sequence =
        command("Tool", "sh tool.sh hello", Deployment.package) + apply
        + command("Changing", "cat version.txt; ls -l big.bin", changing) + TS.setup

    /// A library with the packages, of which one has another version when `isChanged`.
    private func library(isChanged: Bool) throws -> FilePath {
        let library = work.appending(isChanged ? "changed" : "library")
        try Program.succeed("cp", ["-a", deployment.library.string, library.string])
        for version in isChanged ? ["one", "two"] : ["one"] {
            let folder = work.appending("content-\(version)")
            try TestFolder.write("version \(version)\n".utf8, to: folder.appending("version.txt"))
            try TestFolder.write([], to: folder.appending("sub/empty file.txt"))
            try TestFolder.write(
                [UInt8](repeating: UInt8(version.utf8.count), count: 9_000_000), to: folder.appending("big.bin"))
            try deployment.session.succeed([
                "content", "add", folder.string, "--package-id", Self.changing, "--library", library.string,
            ])
        }
        return library
    }

    /// A prestaged disk `output` of the content of `library`.
    private func disk(
        _ output: String, _ scheme: String, _ layout: String, _ items: String = sequence, of library: FilePath,
        packages: [String] = [Deployment.image, Deployment.package, changing], _ more: [String] = ["--allow-unattended"]
    ) throws -> FilePath {
        let references = packages.map { "<reference package=\"\($0)\"/>" }.joined()
        let text = "<sequence version=\"3.10\"><referenceList>\(references)</referenceList>\(items)</sequence>"
        let sequence = try work.write(text.utf8, to: "\(output).xml")
        try deployment.session.succeed(
            [
                "create", "prestaged", "--distribution-point", library.string, "--store",
                deployment.session.store.string, "--boot-image", deployment.bootImage.string,
                "--operating-system-image", Deployment.image, "--operating-system-image-layout", layout,
                "--task-sequence", sequence.string, "--management-point", "http://mp.example.com", "--disk-image",
                output, "--disk-size", "3GiB", "--partition-scheme", scheme, "--force",
            ] + more)
        return deployment.session.folder.appending(output)
    }

    private func attempt(
        _ media: String, _ firmware: String, _ more: [String] = []
    ) throws -> (result: ProgramResult, report: JSONValue, log: String) {
        let (result, report) = try deployment.attempt(
            media, ["--firmware", firmware, "--network", "--copy-out", "smsts.log=\(media).log", "--force"] + more)
        let log = (try? deployment.session.bytes("\(media).log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return (result, report, log)
    }

    /// What a server is called in the machine.
    private static func place(_ location: String) -> String { location.replacing("127.0.0.1", with: "10.0.2.2") }

    /// The variable with the server.
    private static func server(_ location: String) -> [String] {
        ["--allow-unattended", "--variable", "TSMediaDistributionPoint=\(place(location))"]
    }

    // MARK: What is promised

    @Test(
        "the cache of a disk is used where it lies, Apache is asked for the bytes of the one changed package, and Windows starts",
        arguments: [("uefi", "gpt", "package"), ("bios", "mbr", "package"), ("uefi", "gpt", "extracted")])
    func fetches(firmware: String, scheme: String, layout: String) throws {
        let changed = try library(isChanged: true)
        let server = try ApacheServer(library: changed, in: work)
        let name = "prestaged-\(scheme)-\(layout).img"
        let disk = try disk(name, scheme, layout, of: try library(isChanged: false), Self.server(server.location))
        // What verify says ahead of time is what happens.
        let foretold = try JSONValue(
            parsing: deployment.session.run(["verify", "--against", changed.string, disk.string, "--json"]).output)
        #expect(
            foretold.contents.elements.filter { $0.status.text == "outdated" }.map(\.id.text) == [Self.changing])
        let (result, report, log) = try attempt(
            name, firmware, ["--keep", "kept-\(name)", "--wait-for", "TSMEDIA-END"])
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(report.outcome.text == "restarting")
        #expect(log.contains("version two") && !log.contains("version one"))
        #expect(log.contains("content \(Deployment.package) is current"))
        #expect(log.contains("lies applied on") == (layout == "extracted"))
        #expect(log.contains("is applied to") == (layout == "package"))
        let fetched = try server.requests().filter { $0.contains("FileLib") }
        // Of three files one is empty, and is not asked for.
        #expect(fetched.count == 2 && fetched.allSatisfy { $0.hasSuffix("200") }, "\(fetched)")
        try check(deployment.session.folder.appending("kept-\(name)"))
        withExtendedLifetime(server) {}
    }

    /// What wimlib finds on the volume of Windows.
    private func check(_ disk: FilePath) throws {
        let image = try PartitionedImage(disk)
        let index = try #require(
            image.partitions.indices.max { image.partitions[$0].size < image.partitions[$1].size })
        let volume = try image.volume(index)
        let captured = work.appending("captured-\(UInt64.random(in: .min ... .max)).wim")
        try Program.succeed(
            "wimlib-imagex", ["capture", volume.string, captured.string, "--compress=none", "--no-acls"])
        let files = try Program.succeed("wimlib-imagex", ["dir", captured.string]).output
        let original = try Program.succeed("wimlib-imagex", ["dir", deployment.windows.string, "1"]).output
        let missing = original.split(separator: "\n").filter { !files.contains($0) }
        #expect(missing.isEmpty, "\(missing.prefix(5))")
    }

    @Test("a computer whose server does not answer uses what it has")
    func alone() throws {
        let port = try ApacheServer.freePort()
        _ = try disk(
            "alone.img", "mbr", "package", of: try library(isChanged: false),
            Self.server("http://127.0.0.1:\(port)"))
        let (result, _, log) = try attempt("alone.img", "bios")
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(log.contains("is taken as this computer has it") && log.contains("version one"))
    }

    @Test("without a server, a cache that is damaged is told before anything is written")
    func damaged() throws {
        let disk = try disk("damaged.img", "mbr", "package", of: try library(isChanged: false))
        try Self.damage("version one\n", in: disk)
        let (result, report, log) = try attempt("damaged.img", "bios")
        #expect(result.status == 65)
        #expect(report.outcome.text == "refused")
        #expect(log.contains("version.txt") && log.contains("is damaged"), "\(log)")
        #expect(!log.contains("step 1 of"))
    }

    @Test("what is damaged in the cache comes from a server that somebody names")
    func asked() throws {
        let library = try library(isChanged: false)
        let server = try DistributionPointServer(library: library, ["--listing", "html"], in: work)
        let disk = try disk("asked.img", "mbr", "package", of: library, [])
        try Self.damage("version one\n", in: disk)
        let (result, _, log) = try attempt(
            "asked.img", "bios", ["--answer", "distribution-point=\(Self.place(server.location))"])
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(log.contains("version one"))
        let files = try server.requests().filter { $0.contains("FileLib") }
        #expect(files.count == 2, "\(files)")
        withExtendedLifetime(server) {}
    }

    @Test("content comes from a share of Samba with an account")
    func share() throws {
        let changed = try library(isChanged: true)
        var options = SambaServer.Options()
        options.password = "p,w \"x"
        options.port = 445
        let server = try SambaServer(["SCCMContentLib$": changed], options, in: work)
        _ = try disk(
            "share.img", "mbr", "extracted", of: try library(isChanged: false),
            [
                "--allow-unattended", "--variable", "TSMediaDistributionPoint=\\\\10.0.2.2\\SCCMContentLib$",
                "--variable", "TSMediaDistributionPointAccount=\(SambaServer.user)", "--variable",
                "TSMediaDistributionPointPassword=p,w \"x",
            ])
        let (result, _, log) = try attempt("share.img", "bios")
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(log.contains("version two") && !log.contains("p,w"))
        withExtendedLifetime(server) {}
    }

    @Test(
        "a server over TLS is believed by the authority of the media, and another one is not", arguments: [true, false])
    func encrypted(isTrusted: Bool) throws {
        let authority = try CertificateAuthority(in: work, name: "Own")
        let other = try CertificateAuthority(in: work, name: "Other")
        let issued = try authority.issue("10.0.2.2", usage: "serverAuth\nsubjectAltName=IP:10.0.2.2")
        var options = ApacheServer.Options()
        options.certificate = (issued.certificate, issued.key)
        let server = try ApacheServer(library: try library(isChanged: true), options, in: work)
        _ = try disk(
            "tls.img", "mbr", "extracted", of: try library(isChanged: false),
            Self.server(server.location) + ["--root-ca", isTrusted ? authority.root : other.root])
        let (result, _, log) = try attempt("tls.img", "bios")
        #expect(result.status == 0, "\(result.errorText)\n\(log)")
        #expect(log.contains(isTrusted ? "version two" : "version one"))
        #expect(log.contains("certificate") == !isTrusted, "\(log)")
        withExtendedLifetime(server) {}
    }

    /// Changes a byte of the first place of `text` on the disk.
    private static func damage(_ text: String, in disk: FilePath) throws {
        let found = try Program.succeed(
            "grep", ["-abo", "-m", "1", text.split(separator: "\n")[0].description, disk.string])
        let offset = try #require(found.output.split(separator: ":").first.flatMap { Int64($0) })
        try CommandSession.flipBit(of: disk, at: offset)
    }
}
