// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

extension CommandSession {
    /// The arguments that write the image of a prestaged disk of the demo, with the package of the operating system image.
    func prestagedDisk(_ output: String = "disk.img", _ more: [String] = [], size: String? = "4GB") -> [String] {
        prestaged(output).map { $0 == "--output" ? "--disk-image" : $0 } + more
            + (size.map { ["--disk-size", $0] } ?? [])
    }

    /// The arguments that write such an image with the files of the operating system image.
    func extractedDisk(_ output: String = "disk.img", _ more: [String] = [], size: String? = "1GB") -> [String] {
        extracted(output).map { $0 == "--output" ? "--disk-image" : $0 } + more
            + (size.map { ["--disk-size", $0] } ?? [])
    }

    /// Writes such an image, which must succeed.
    @discardableResult
    func createDisk(_ output: String = "disk.img", _ more: [String] = [], size: String = "4GB") throws -> FilePath {
        try succeed(prestagedDisk(output, more, size: size))
        return folder.appending(output)
    }
}

@Suite("Prestaged disks")
struct PrestagedDiskTests {
    /// Types of partitions, from the tables of Microsoft and of UEFI 2.10.
    private enum TypeGUID {
        static let efi = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
        static let reserved = "E3C9E316-0B5C-4DB8-817D-F92DF00215AE"
        static let basic = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
        static let recovery = "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC"
    }

    /// The partitions of the wizard for UEFI, in a file of ours.
    private static let uefiLayout = """
        scheme: gpt
        partitions:
          - {type: efi, size: 200MiB, label: System}
          - {type: msr, size: 16MiB}
          - {type: primary, size: 80%, label: Windows}
          - {type: recovery, size: 100%, label: Recovery}
        """

    private static let biosLayout = """
        scheme: mbr
        partitions:
          - {type: primary, size: 350MiB, fileSystem: ntfs, label: System Reserved, active: true}
          - {type: primary, size: 90%, label: Windows}
          - {type: recovery, size: 100%}
        """

    /// A session with a partition layout, and the option that names it.
    private func session(layout text: String) throws -> (CommandSession, option: [String]) {
        let session = try CommandSession()
        try session.work.write(text.utf8, to: "layout.yaml")
        return (session, ["--partition-layout", session.work.appending("layout.yaml").string])
    }

    /// The planned files below the client's cache, and all others.
    private func planned(
        _ session: CommandSession, _ more: [String] = []
    ) throws -> (boot: [String: String], content: [String: String]) {
        let all = try session.plannedHashes(session.prestagedDisk("other.img", more))
        let content = all.filter { $0.key.hasPrefix("_SMSTaskSequence/") }
        return (all.filter { content[$0.key] == nil }, content)
    }

    @Test(
        "a UEFI disk has the partitions of the layout, and sgdisk, fsck.fat, ntfsfix, mtools and 7-Zip read all of it")
    func uefi() throws {
        let (session, layout) = try session(layout: Self.uefiLayout)
        let image = try PartitionedImage(try session.createDisk("disk.img", layout))
        #expect(image.scheme == "gpt")
        #expect(
            image.partitions.map(\.type) == [TypeGUID.efi, TypeGUID.reserved, TypeGUID.basic, TypeGUID.recovery])
        #expect(image.partitions[0].start == 2048)
        #expect(image.partitions.map(\.size).prefix(2) == [200 * 2048, 16 * 2048])
        #expect(image.partitions[3].attributes.contains("RequiredPartition"))
        let checked = try Program.succeed("sgdisk", ["--verify", image.path.string]).output
        #expect(checked.contains("No problems found"), "\(checked)")
        let (boot, content) = try planned(session, layout)
        #expect(boot.keys.contains("sources/boot.wim") && boot.keys.contains("SMS/data/TsmBootstrap.ini"))
        #expect(try image.fatHashes(0) == boot)
        #expect(!content.isEmpty)
        #expect(try image.ntfsHashes(2) == content)
        #expect(try image.ntfsHashes(3) == [:])
        for (index, label) in [(0, "SYSTEM"), (2, "Windows"), (3, "Recovery")] {
            let found = try Program.succeed(
                "blkid", ["--probe", "--match-tag", "LABEL", "--output", "value", try image.volume(index).string])
            #expect(found.output == "\(label)\n")
        }
        #expect(try session.run(["verify", "disk.img"]).status == 0)
        let inspection = try session.inspect("disk.img")
        #expect(inspection.mediaType.text == "OEMMedia")
        #expect(inspection.contents.elements.first?.id.text == DemoSite.operatingSystemImage)
    }

    @Test("a BIOS disk starts from NTFS, and everything on it is read back by others")
    func bios() throws {
        let (session, layout) = try session(layout: Self.biosLayout)
        let image = try PartitionedImage(try session.createDisk("disk.img", layout))
        #expect(image.scheme == "dos")
        #expect(image.partitions.map(\.type) == ["7", "7", "27"])
        #expect(image.partitions.map(\.isBootable) == [true, false, false])
        let (boot, content) = try planned(session, layout)
        #expect(boot.keys.contains { $0.lowercased() == "bootmgr" })
        #expect(try image.ntfsHashes(0) == boot)
        #expect(try image.ntfsHashes(1) == content)
        #expect(try session.run(["verify", "disk.img"]).status == 0)
        #expect(try session.inspect("disk.img").mediaType.text == "OEMMedia")
    }

    @Test("a disk of one FAT32 partition holds everything")
    func onePartition() throws {
        let (session, layout) = try session(
            layout: "scheme: mbr\npartitions:\n  - {type: primary, size: 100%, fileSystem: fat32, active: true}\n")
        let image = try PartitionedImage(try session.createDisk("disk.img", layout, size: "300MiB"))
        #expect(image.partitions.map(\.type) == ["c"])
        #expect(try image.fatHashes(0) == session.plannedHashes(session.prestagedDisk("x.img", layout, size: "300MiB")))
    }

    @Test(
        "without a file the partitions are those of the task sequence's step for the scheme",
        arguments: ["gpt", "mbr"])
    func fromTaskSequence(scheme: String) throws {
        let session = try CommandSession()
        try session.work.write(try Self.sequence(session).utf8, to: "line.xml")
        let arguments = session.prestagedDisk("disk.img", ["--partition-scheme", scheme]).map {
            $0 == session.demo.taskSequenceExport.string ? session.work.appending("line.xml").string : $0
        }
        let result = try session.succeed(arguments)
        #expect(
            result.errorText.contains("note: the disk is divided by step 'Partition Disk 0 - "), "\(result.errorText)")
        let image = try PartitionedImage(session.folder.appending("disk.img"))
        // The sizes of docs/formats/task-sequence.md section 4, in mebibytes; 99 % of what is left, then all of it.
        let sizes = image.partitions.map { $0.size / 2048 }
        if scheme == "gpt" {
            #expect(
                image.partitions.map(\.type) == [TypeGUID.efi, TypeGUID.reserved, TypeGUID.basic, TypeGUID.recovery])
            #expect(sizes.prefix(2) == [500, 128])
        } else {
            #expect(image.partitions.map(\.type) == ["7", "7", "27"])
            #expect(sizes.first == 350)
        }
        let rest = sizes.suffix(2)
        #expect(abs(Double(rest.first ?? 0) / Double(rest.reduce(0, +)) - 0.99) < 0.001)
    }

    @Test("a boot partition of a task sequence that is too small is enlarged, with a warning")
    func smallBootPartition() throws {
        let session = try CommandSession()
        let sequence = try Self.sequence(session).replacing(
            "property=\"Partitions0Size\">350<", with: "property=\"Partitions0Size\">9<")
        try session.work.write(sequence.utf8, to: "small.xml")
        let wanted = session.prestagedDisk("disk.img", ["--partition-scheme", "mbr"]).map {
            $0 == session.demo.taskSequenceExport.string ? session.work.appending("small.xml").string : $0
        }
        let result = try session.succeed(wanted)
        #expect(
            result.errorText.contains("warning: partition 1 'System Reserved' would have 9 MB"), "\(result.errorText)")
        let image = try PartitionedImage(session.folder.appending("disk.img"))
        #expect(image.partitions[0].size / 2048 > 109)
        #expect(try image.ntfsHashes(0).keys.contains("sources/boot.wim"))
    }

    private static func sequence(_ session: CommandSession) throws -> String {
        try session.succeed([
            "sequence", "new", "install", "--name", "Line", "--boot-image", DemoSite.bootImage,
            "--operating-system-image",
            DemoSite.operatingSystemImage, "--client-package", DemoSite.clientPackage, "--output", "line.xml",
        ])
        return String(decoding: try session.bytes("line.xml"), as: UTF8.self)
    }

    @Test("two disks of one request are the same, byte for byte, and --dry-run writes nothing")
    func reproducible() throws {
        let (session, layout) = try session(layout: Self.biosLayout)
        let plan = try JSONValue(
            parsing: try session.succeed(session.prestagedDisk("a.img", layout + ["--dry-run", "--json"])).output)
        #expect(plan.volumes.elements.first?.size.number == 4_000_000_000)
        #expect(try !session.outputs().contains("a.img"))
        try session.createDisk("a.img", layout)
        try session.createDisk("b.img", layout + ["--jobs", "1"])
        try Program.succeed("cmp", ["a.img", "b.img"], in: session.folder)
    }

    @Test("a flipped bit on either partition is found by verify, which names the file")
    func flippedBit() throws {
        let (session, layout) = try session(layout: Self.uefiLayout)
        let path = try session.createDisk("disk.img", layout)
        let image = try PartitionedImage(path)
        for (index, name, source) in [
            (0, "sources/boot.wim", try session.libraryFile("boot.ABC00005.wim", of: DemoSite.bootImage)),
            (
                2, "_SMSTaskSequence/Packages/\(DemoSite.operatingSystemImage)/",
                try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
            ),
        ] {
            let bytes = try SmallFile.read(source, limit: 1 << 30)
            let sample = Array(bytes[(bytes.count / 2)..<(bytes.count / 2 + 4_000)])
            let place = try #require(try Self.find(sample, in: try image.volume(index)))
            let offset = image.partitions[index].start * 512 + place
            try CommandSession.flipBit(of: path, at: offset)
            let result = try session.run(["verify", "disk.img"])
            #expect(result.status == 65)
            #expect((result.output + result.errorText).contains(name), "\(result.output)")
            try CommandSession.flipBit(of: path, at: offset)
        }
        #expect(try session.run(["verify", "disk.img"]).status == 0)
    }

    /// Where `sample` lies in a file.
    private static func find(_ sample: [UInt8], in file: FilePath) throws -> Int64? {
        let script = """
            import mmap, sys
            with open(sys.argv[1], "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
                print(m.find(bytes.fromhex(sys.argv[2])))
            """
        let digits = sample.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let output = try Program.succeed("python3", ["-c", script, file.string, digits]).output
        return Int64(output.dropLast()).flatMap { $0 >= 0 ? $0 : nil }
    }

    @Test(
        "a disk is written to a drive, verified, and reads back",
        .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
    func drive() throws {
        let (session, layout) = try session(layout: Self.uefiLayout)
        let loop = try LoopDevice(mebibytes: 1_024)
        let arguments = session.prestagedDisk("x", layout, size: nil)
        let output = try #require(arguments.firstIndex(of: "--disk-image"))
        let common = Array(arguments[..<output] + arguments[(output + 2)...])
        let consent = ["--usb", loop.node.string, "--allow-fixed-disk", "--confirm", loop.node.string]
        let refused = try session.run(common + ["--usb", loop.node.string])
        #expect(refused.status == 77)
        try session.succeed(common + consent)
        #expect(try session.run(["verify", loop.node.string]).status == 0)
        let image = try PartitionedImage(loop.node)
        #expect(image.partitions.count == 4)
        #expect(
            try session.run(["update", loop.node.string] + consent.dropFirst(2)).failure.contains("create prestaged"))
    }

    @Test(
        "wrong options are told with 64 and what to do",
        arguments: [
            ([String](), "--disk-size is missing"), (["--disk-size", "8"], "its partitions need"),
            (["--disk-size", "4GB", "--output", "x.wim"], "name one of them"),
            (["--disk-size", "4 GB"], "--disk-size '4 GB' is not a size"),
            (["--disk-size", "64g"], "write it as 64GB (powers of ten) or 64GiB"),
            (["--disk-size", "4GB", "--split", "1GB"], "--split"),
            (["--disk-size", "4GB", "--compression", "fast"], "WIM"),
            (["--disk-size", "4GB", "--comment", "x"], "--comment"),
            (["--disk-size", "4GB", "--fleet", "x.csv"], "--fleet"),
        ])
    func usage(more: [String], text: String) throws {
        let session = try CommandSession()
        let result = try session.run(session.prestagedDisk("disk.img", more, size: nil))
        #expect(result.status == (text == "its partitions need" ? 73 : 64), "\(result.failure)")
        #expect(result.failure.contains(text), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("options of disks with a WIM are told")
    func archiveUsage() throws {
        let (session, layout) = try session(layout: Self.uefiLayout)
        let result = try session.run(session.prestaged("OEM.wim", layout))
        #expect(result.status == 64 && result.failure.contains("--partition-layout"), "\(result.failure)")
    }

    @Test(
        "a wrong layout is told with its line or its partition",
        arguments: [
            ("scheme: dos\npartitions: []", 65, "layout.yaml:1:9"), ("scheme: gpt\npartitions: []", 65, "0 partitions"),
            ("partitions: [{type: efi, size: 1GB}]", 65, "scheme"),
            ("scheme: gpt\npartitions: [{type: ESP, size: 1GB}]", 65, "type 'ESP'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 1q}]", 65, "size '1q'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 1G}]", 65, "1GiB"),
            ("scheme: gpt\npartitions: [{type: efi, size: 101%}]", 65, "size '101%'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 99999999999TB}]", 65, "size '99999999999TB'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 1GB, fileSystem: ext4}]", 65, "'ext4'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 1GB, fileSystem: ntfs}]", 65, "UEFI cannot read"),
            ("scheme: gpt\npartitions: [{type: primary, size: 1GB}]", 65, "EFI partition"),
            ("scheme: mbr\npartitions: [{type: primary, size: 1GB}]", 65, "bootable partition"),
            ("scheme: mbr\npartitions: [{type: msr, size: 1GB}, {type: primary, size: 1GB, active: true}]", 65, "gpt"),
            (
                "scheme: gpt\npartitions: [{type: efi, size: 1GB, content: true}, {type: primary, size: 1GB, content: true}]",
                65, "second"
            ),
            (
                "scheme: gpt\npartitions: [{type: efi, size: 1GB}, {type: msr, size: 16MB, content: true}]", 65,
                "no file system"
            ),
            ("scheme: mbr\npartitions: [{type: primary, size: 12MB, label: S, active: true}]", 73, "partition 1 'S'"),
            ("scheme: gpt\npartitions: [{type: efi, size: 900GB}]", 73, "its partitions need"),
            (
                "scheme: gpt\npartitions: [{type: efi, size: 1GB}, {type: primary, size: 90%}, {type: primary, size: 9MB}]",
                73, "partition 3"
            ),
        ])
    func wrongLayout(text: String, status: Int32, message: String) throws {
        let (session, layout) = try session(layout: text)
        let result = try session.run(session.prestagedDisk("disk.img", layout))
        #expect(result.status == status, "\(result.failure)")
        #expect(result.failure.contains(message), "\(result.failure)")
        #expect(try session.outputs() == [])
    }
}
