// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("bootimage show")
struct BootImageCommandTests {
    /// The boot image, made once: its loaders take their time.
    private static let made = Result {
        let folder = try TestFolder()
        return (folder: folder, image: try DriverFixture.bootImage(in: folder))
    }

    /// A session with the boot image `boot.wim` and the list `laptop.txt` in its folder.
    private static func session() throws -> CommandSession {
        let session = try CommandSession()
        try Program.succeed("cp", [try made.get().image.string, session.folder.string])
        try TestFolder.write(DriverFixture.laptop.utf8, to: session.folder.appending("laptop.txt"))
        return session
    }

    /// A library with a driver package for the RAID controller of the laptop.
    private static func addDrivers(_ session: CommandSession) throws -> [String] {
        let source = session.work.appending("drivers")
        try TestFolder.write(
            DriverFixture.inf("SCSIAdapter", "PCI\\VEN_8086&DEV_9A0B").utf8, to: source.appending("vmd/iaStorVD.inf"))
        try TestFolder.write("[autorun]".utf8, to: source.appending("autorun.inf"))
        let library = session.work.appending("library").string
        try session.succeed([
            "content", "add", "--create", source.string, "--package-id", "ABC00042", "--library", library,
        ])
        return ["--library", library, "--driver-package", "ABC00042"]
    }

    @Test("what a boot image holds is shown in 80 columns, each device with the driver that serves it")
    func text() throws {
        let session = try Self.session()
        let drivers = try Self.addDrivers(session)
        let result = try session.succeed(
            ["bootimage", "show", "boot.wim", "--for-hardware", "laptop.txt", "--list-drivers"] + drivers)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let expected = """
            boot.wim: Windows PE
              Windows PE      10.0.26100.1742, x64, en-US
            """.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(2)) == expected)
        for line in [
            "  scratch space   512.0 MiB", "  components      WinPE-WMI",
            "  updates         Package_for_RollupFix 26100.1742.1.10", "                  UEFI, loaders of 2023: yes",
            "                    x64, signed under Windows UEFI CA 2023",
            "                    net.exe use \\\\srv\\s (hidden) /user:u",
            "  drivers         network adapters: 0 of Windows' own, 1 added",
            "                  disk controllers: 1 of Windows' own, 0 added; NVMe is served",
            "  added drivers   nic.inf (oem0.inf): Net, Contoso, 12.19.2.45, 2023-01-15, 1",
            "  hardware        laptop.txt: 5 PCI and USB devices",
            "  no driver       Host bridge: Intel Corporation Device",
            "  packages only   RAID bus controller: Intel Corporation Volume Management",
            "                    by vmd/iaStorVD.inf in package ABC00042",
            "  served          Ethernet controller: Intel Corporation I219-LM (network)",
            "                    by nic.inf",
            "stornvme.inf: SCSIAdapter, Microsoft, 12.19.2.45, 2023-01-15, 1 hardware ID",
            "    PCI\\CC_010802",
        ] { #expect(lines.contains(line), "\(line)\n\(result.output)") }
        #expect(!result.output.contains("s3cretValue"))
        // Names of files and IDs cannot be broken.
        #expect(lines.filter { $0.count > 80 && !$0.contains("FileRepository") && !$0.contains("IDs") } == [])
        let shown = try session.succeed(["bootimage", "show", "boot.wim", "--show-secrets"]).output
        #expect(shown.contains("s3cretValue"))
        #expect(!shown.contains("hardware        "))
    }

    @Test("a package is shown from a content library, and what its image lacks is no warning without a driver store")
    func package() throws {
        let session = try CommandSession()
        let result = try session.succeed(
            ["bootimage", "show", DemoSite.bootImage, "--distribution-point", session.library.string, "--json"])
        let report = try JSONValue(parsing: result.output)
        #expect(report.id.text == DemoSite.bootImage)
        #expect(report.version.number == 2)
        #expect(report.drivers.elements.isEmpty && report.warnings.elements.isEmpty)
        #expect(report.startSets.elements.map { $0.missing.elements.count } == [0, 0, 0])
        #expect(report.client.files.elements.count == 6)
    }

    @Test("create warns of what Windows PE lacks for the hardware, and says who has a driver")
    func create() throws {
        let session = try Self.session()
        let drivers = try Self.addDrivers(session)
        let create = [
            "create", "bootable", "--boot-image", "boot.wim", "--management-point", "http://mp.example.com",
            "--site-code", "ABC", "--store", session.store.string, "--output", "m.iso", "--dry-run",
        ]
        let warned = try session.succeed(create + ["--for-hardware", "laptop.txt"]).errorText
        #expect(
            warned.contains(
                "warning: boot image boot.wim has no driver for the disk controller 'RAID bus controller: Intel"
                    + " Corporation Volume Management Device, PCI\\VEN_8086&DEV_9A0B&REV_00' (laptop.txt:2); add one to the"
                    + " boot image\n"), "\(warned)")
        #expect(
            warned.contains(
                "neither boot image boot.wim nor any driver package (none is on the media) has a driver for 2"))
        #expect(!warned.contains("I219") && !warned.contains("SM981"))
        // Without a list only what is surely missing, and what is worth a note.
        let silent = try session.succeed(create).errorText
        #expect(!silent.contains("warning: boot image"), "\(silent)")
        #expect(silent.contains("note: boot image boot.wim has no disk drivers beyond Windows' own"))
        let lines = DriverFixture.laptop.split(separator: "\n")
        try TestFolder.write(
            lines.suffix(3).joined(separator: "\n").utf8, to: session.folder.appending("good.txt"))
        let good = try session.succeed(create + ["--for-hardware", "good.txt"]).errorText
        #expect(good.contains("has a driver for another device of good.txt: 'Realtek Semiconductor"), "\(good)")
        #expect(
            good.contains(
                "note: boot image boot.wim has a driver for each network adapter and disk controller of good.txt (2)\n")
        )
        // With packages on the media.
        let library = session.work.appending("library").string
        for id in [DemoSite.operatingSystemImage] {
            let source = session.work.appending("image")
            try TestFolder.makeFolder(source)
            let file = try #require(session.demo.contents(of: id).flatMap(\.files).first?.key.description)
            try Program.succeed(
                "cp", [try session.libraryFile(file, of: id).string, source.appending("os.wim").string])
            try session.succeed(["content", "add", "--create", source.string, "--package-id", id, "--library", library])
        }
        let prestaged = try session.succeed(
            [
                "create", "prestaged", "--boot-image", "boot.wim", "--operating-system-image",
                DemoSite.operatingSystemImage, "--management-point", "http://mp.example.com", "--site-code", "ABC",
                "--distribution-point", library, "--store", session.store.string, "--output", "m.wim", "--dry-run",
                "--for-hardware", "laptop.txt",
            ] + drivers.suffix(2)
        ).errorText
        #expect(prestaged.contains("(laptop.txt:2); add that of driver package ABC00042 to it\n"), "\(prestaged)")
        #expect(prestaged.contains("neither boot image boot.wim nor package ABC00042 has a driver for 2 other devices"))
    }

    @Test("an image without a network driver is a warning where the media needs a network")
    func noNetwork() throws {
        let session = try Self.session()
        let image = session.folder.appending("boot.wim").string
        for path in ["/Windows/INF/oem0.inf", "/Windows/System32/DriverStore/FileRepository/nic.inf_amd64_01"] {
            try Program.succeed("wimlib-imagex", ["update", image, "1", "--command", "delete --recursive \(path)"])
        }
        let create = ["--boot-image", "boot.wim", "--store", session.store.string, "--output", "m.iso", "--dry-run"]
        let capture = try session.succeed(["create", "capture"] + create).errorText
        #expect(
            capture.contains(
                "warning: boot image boot.wim has no driver for a network adapter, and only stand-alone media"))
        let standalone = try session.succeed(
            [
                "create", "standalone", "--task-sequence", session.demo.taskSequenceExport.string,
                "--distribution-point", session.library.string,
            ] + create
        ).errorText
        #expect(!standalone.contains("network adapter"), "\(standalone)")
    }

    @Test("stand-alone media warns when the boot image is for another architecture than every image it applies")
    func architecture() throws {
        let session = try CommandSession()
        try BootImageFixture(architecture: .x86, fillerByteCount: 1).write(to: session.folder.appending("x86.wim"))
        let result = try session.succeed(
            session.arguments(.standalone, "m.iso", ["--boot-image", "x86.wim", "--dry-run"]))
        #expect(
            result.errorText.contains(
                "warning: operating system image ABC00010, image 1, is for x64 and the boot image for x86"),
            "\(result.errorText)")
        try BootImageFixture(architecture: .arm64, fillerByteCount: 1).write(to: session.folder.appending("arm.wim"))
        let arm = try session.succeed(
            session.arguments(.standalone, "m.iso", ["--boot-image", "arm.wim", "--dry-run"]))
        #expect(arm.errorText.contains("is for x64, and the boot image for arm64: no computer runs both"))
    }

    @Test(
        "what cannot be shown is told with its exit code",
        arguments: [
            (["gone.wim"], 66, "gone.wim"), (["laptop.txt"], 65, "is not a WIM"),
            (["ABC00005"], 64, "--distribution-point"),
            (["nothing"], 64, "'nothing' is neither a package ID nor a file; check the path"),
            (["boot.wim", "--image-index", "2"], 66, "use image 1"),
            (
                ["boot.wim", "--for-hardware", "empty.txt"], 65,
                "--for-hardware empty.txt names no PCI and no USB device"
            ),
            (["boot.wim", "--for-hardware", "gone.txt"], 66, "gone.txt"),
            (["boot.wim", "--driver-package", "ABC00042"], 64, "--for-hardware"),
            (["boot.wim", "--driver-package", "x", "--for-hardware", "laptop.txt"], 64, "'x' is not a package ID"),
        ] as [([String], Int32, String)])
    func errors(arguments: [String], status: Int32, text: String) throws {
        let session = try Self.session()
        try TestFolder.write("nothing here\n".utf8, to: session.folder.appending("empty.txt"))
        let result = try session.run(["bootimage", "show"] + arguments)
        #expect(result.status == status, "\(result.errorText)")
        #expect(result.failure.contains(text), "\(result.errorText)")
        #expect(result.output.isEmpty)
    }

    @Test("the list of hardware is read, so that nothing is written over it")
    func protected() throws {
        let session = try Self.session()
        try TestFolder.write(DriverFixture.laptop.utf8, to: session.folder.appending("laptop.iso"))
        let result = try session.run(
            [
                "create", "capture", "--boot-image", "boot.wim", "--for-hardware", "laptop.iso", "--output",
                "laptop.iso",
                "--force", "--store", session.store.string,
            ])
        #expect(result.status == 77, "\(result.errorText)")
        #expect(try session.bytes("laptop.iso") == Array(DriverFixture.laptop.utf8))
        let log = try session.run(
            ["bootimage", "show", "boot.wim", "--for-hardware", "laptop.txt", "--log-file", "laptop.txt"])
        #expect(log.status == 77 && log.output.isEmpty, "\(log.errorText)")
    }
}
