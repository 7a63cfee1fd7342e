// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What is missing is told at once, and what is given in the place of something else is called what it is.
@Suite("Missing and mistaken input")
struct MissingTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    // MARK: Missing

    @Test(
        "all options that are missing are told at once",
        arguments: [
            (["bootable"], ["--boot-image", "--management-point", "--output or --usb"]),
            (["standalone"], ["--task-sequence", "--distribution-point", "--output or --usb"]),
            (["capture", "--boot-image", "ABC00005"], ["--distribution-point", "--output or --usb"]),
            (
                ["prestaged"],
                ["--boot-image", "--operating-system-image", "--management-point", "--output, --disk-image or --usb"]
            ),
            (
                ["prestaged", "--disk-image", "a.img"],
                ["--boot-image", "--operating-system-image", "--management-point", "--disk-size"]
            ),
        ])
    func options(arguments: [String], names: [String]) throws {
        let result = try session.run(["create"] + arguments)
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.failure.hasPrefix("error: \(names.joined(separator: ", ")) are missing; "), "\(result.failure)")
    }

    @Test("all packages that are missing are told at once, with who needs them")
    func packages() throws {
        let result = try session.run(
            session.arguments(
                .standalone, "media.iso",
                ["--package", "XYZ00001", "--driver-package", "XYZ00002", "--package", "ABC00011"]))
        #expect(result.status == 66)
        #expect(
            result.failure.hasPrefix("error: 2 packages are not on the distribution point \(session.library)"),
            "\(result.failure)")
        #expect(result.failure.contains("XYZ00001 (needed by the request), XYZ00002 (needed by the request)"))
        let fetch = try session.run([
            "content", "fetch", "XYZ00001", DemoSite.toolsPackage, "XYZ00002", "--distribution-point",
            session.library.string,
            "--store", session.store.string,
        ])
        #expect(fetch.status == 66)
        #expect(
            fetch.failure
                == "error: 2 packages are not on the distribution point \(session.library): XYZ00001, XYZ00002; distribute them or add --distribution-point"
        )
        let boot = try session.run(
            session.arguments(.capture, "media.iso").replacing(DemoSite.bootImage, by: "XYZ00003"))
        #expect(boot.status == 66 && boot.failure.contains("XYZ00003"), "\(boot.failure)")
        #expect(try session.outputs() == [])
    }

    // MARK: Mistaken

    @Test("an operating system image as boot image is called one, from a package and from a file")
    func operatingSystem() throws {
        let file = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
        try Program.succeed("cp", [file.string, session.work.appending("install.wim").string])
        for image in [DemoSite.operatingSystemImage, session.work.appending("install.wim").string] {
            let result = try session.run(
                session.arguments(.capture, "media.iso").replacing(DemoSite.bootImage, by: image))
            #expect(result.status == 65)
            #expect(result.failure.contains("is an operating system image"), "\(result.failure)")
        }
        let other = try session.run(
            session.prestaged().replacing(DemoSite.operatingSystemImage, by: DemoSite.bootImage))
        #expect(other.status == 65 && other.failure.contains("is a boot image"), "\(other.failure)")
        #expect(try session.outputs() == [])
    }

    @Test(
        "a deduplicated distribution point is called one, as ntfs-3g shows it",
        arguments: ["unsupported reparse tag 0x80000013", "unsupported reparse point"], [false, true])
    func deduplicated(target: String, inList: Bool) throws {
        let session = try CommandSession(ownLibrary: true)
        let file =
            inList
            ? session.library.appending("PkgLib/\(DemoSite.toolsPackage).INI")
            : try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        try Program.succeed("ln", ["-sf", target, file.string])
        let result = try session.run(session.arguments(.standalone))
        #expect(result.status == 65, "\(result.errorText)")
        #expect(
            result.failure.contains("deduplicated") && result.failure.contains("reparse point"), "\(result.failure)")
        #expect(result.failure.contains("0x80000013") == target.contains("0x80000013"))
        #expect(try session.outputs() == [])
    }

    @Test(
        "and as the SMB client of Linux shows it, which does not open its files",
        .enabled(if: VerificationStoreTests.canTrace, "needs to trace its own children"))
    func deduplicatedShare() throws {
        let session = try CommandSession(ownLibrary: true)
        let file = try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        let result = try Program.run(
            "strace",
            [
                "-f", "-o", "/dev/null", "-P", file.string, "-e", "trace=%file,fstat", "-e",
                "inject=%file:error=EOPNOTSUPP", try BuiltProgram.tsmedia.string,
            ] + session.arguments(.standalone), environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.failure.contains("deduplicated"), "\(result.failure)")
    }

    @Test("an image that is cut short is called that, with its sizes", arguments: [40_000, 1_000_000, -2048])
    func cutShort(byteCount: Int) throws {
        let image = try session.create(.capture, "media.iso")
        let whole = Int(try FileIdentity(of: image).byteCount)
        let rest = byteCount < 0 ? whole + byteCount : byteCount
        #expect(truncate(image.string, rest) == 0)
        for command in ["inspect", "verify"] {
            let result = try session.run([command, "media.iso"])
            #expect(result.status == 65)
            #expect(
                result.failure.contains("media.iso is cut short: it has \(rest) bytes of \(whole)"), "\(result.failure)"
            )
        }
    }
}
