// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Prestaged disks with the files of an image")
struct ExtractedDiskTests {
    private static let reason = Comment(rawValue: WindowsTree.reason)
    /// The index of the partition for Windows in ``twoVolumes``.
    private static let windows = 1

    private static let twoVolumes = """
        scheme: gpt
        partitions:
          - {type: efi, size: 200MiB, label: System}
          - {type: primary, size: 100%, label: Windows}
        """

    private static func oneVolume(_ fileSystem: String) -> String {
        "scheme: mbr\npartitions:\n  - {type: primary, size: 100%, fileSystem: \(fileSystem), active: true}\n"
    }

    private func layout(_ session: CommandSession, _ text: String) throws -> [String] {
        try session.work.write(text.utf8, to: "layout.yaml")
        return ["--partition-layout", session.work.appending("layout.yaml").string]
    }

    /// What wimlib-imagex says of the files on partition `index`, those of the client's cache left out.
    private func listing(
        _ image: PartitionedImage, _ index: Int, _ session: CommandSession
    ) throws -> (all: ImageListing, own: [String]) {
        let archive = session.work.appending("captured.wim").string
        try Program.succeed("rm", ["-f", archive])
        try Program.succeed(
            "wimlib-imagex", ["capture", try image.volume(index).string, archive, "x", "--compress=none"])
        let all = try ImageListing(session.work.appending("captured.wim"))
        return (all, all.entries.keys.filter { $0.hasPrefix(#""/_SMSTaskSequence"#) })
    }

    @Test(
        "the partition for Windows has what wimlib-imagex would apply, and the cache; others boot from the other one",
        .enabled(if: WindowsTree.isPossible, reason))
    func everything() throws {
        let session = try CommandSession(ownLibrary: true)
        let archive = try session.addWindowsTree()
        let layout = try layout(session, Self.twoVolumes)
        let plan = try JSONValue(
            parsing: try session.succeed(session.extractedDisk("x.img", layout + ["--dry-run", "--json"])).output)
        let volume = try #require(plan.volumes.elements.first)
        #expect(volume.size.number == 1_000_000_000)
        #expect(volume.operatingSystemImage.partition.number == 2)
        #expect(volume.operatingSystemImage.treeSha256 == .null)
        let made = try session.succeed(session.extractedDisk("disk.img", layout))
        // What boots is on the other partition: nothing of the image is in its way.
        #expect(!made.errorText.contains("where the media has its own"), "\(made.errorText)")
        let path = session.folder.appending("disk.img")
        let image = try PartitionedImage(path)
        let (found, own) = try listing(image, Self.windows, session)
        let applied = try WindowsTree.applied(archive)
        #expect(applied.differences(from: found) == [])
        #expect(!own.isEmpty && found.entries.count == applied.entries.count + own.count)
        let hashes = try image.ntfsHashes(Self.windows).filter { $0.key.hasPrefix("_SMSTaskSequence/") }
        let planned = plan.plannedFiles.map { ($0.path.text ?? "", $0.sha256.text ?? "") }
        #expect(hashes == Dictionary(uniqueKeysWithValues: planned.filter { $0.0.hasPrefix("_SMSTaskSequence/") }))
        #expect(try session.run(["verify", "disk.img"]).status == 0)
        let inspection = try session.inspect("disk.img")
        #expect(inspection.operatingSystemImage.id.text == DemoSite.operatingSystemImage)
        #expect(inspection.operatingSystemImage.fileCount.number == 11)
        #expect(inspection.variables.OSDUseAlreadyDeployedImage == .null)
        #expect(try session.succeed(["inspect", "disk.img"]).output.contains("extracted at the root of partition 2:"))
        let against = try session.run(["verify", "disk.img", "--against", session.library.string, "--json"])
        let contents = try JSONValue(parsing: against.output).contents.elements
        #expect(contents.first { $0.id.text == DemoSite.operatingSystemImage }?.status.text == "current")
        // Another day, another run: the same bytes.
        try session.succeed(session.extractedDisk("again.img", layout + ["--jobs", "1", "--rehash"]))
        try Program.succeed("cmp", ["disk.img", "again.img"], in: session.folder)
    }

    @Test(
        "verify finds what is another on the volume, names what it cannot read, and what is not the media's in the cache",
        .enabled(if: WindowsTree.isPossible, reason))
    func verifies() throws {
        let session = try CommandSession(ownLibrary: true)
        _ = try session.addWindowsTree()
        try session.succeed(session.extractedDisk("disk.img", try layout(session, Self.twoVolumes), size: "500MB"))
        let disk = session.folder.appending("disk.img")
        let image = try PartitionedImage(disk)
        let place = image.partitions[Self.windows].start / 2048
        for (lines, texts) in [
            ("pass", []),
            (
                """
                with keeping('Windows/System32/kernel.dll'), open(place('Windows/System32/kernel.dll'), 'r+b') as file:
                    file.write(b'K')
                """, ["is not as it was written"]
            ),
            ("os.remove(place('Users/Public/empty.txt'))", ["10 files instead of 11"]),
            ("open(place('Windows/more.txt'), 'w').close()", ["12 files instead of 11"]),
            (
                "open(place('_SMSTaskSequence/Packages/more.txt'), 'w').close()",
                ["_SMSTaskSequence/Packages/more.txt"]
            ),
        ] as [(String, [String])] {
            let volume = try image.volume(Self.windows)
            try NTFSMount.change(volume, lines)
            try Program.succeed("cp", ["--sparse=always", "disk.img", "changed.img"], in: session.folder)
            try Program.succeed(
                "dd", ["if=\(volume)", "of=changed.img", "bs=1M", "seek=\(place)", "conv=notrunc", "status=none"],
                in: session.folder)
            let result = try session.run(["verify", "changed.img"])
            #expect(result.status == (texts.isEmpty ? 0 : 65), "\(lines): \(result.output) \(result.errorText)")
            for text in texts { #expect(result.output.contains(text), "\(lines): \(result.output)") }
        }
    }

    @Test(
        "on one volume folders become one, what boots takes the place of what the image has, and a BIOS finds it",
        .enabled(if: WindowsTree.isPossible, reason))
    func together() throws {
        let session = try CommandSession(ownLibrary: true)
        let archive = try session.addWindowsTree(["--solid"])
        let layout = try layout(session, Self.oneVolume("ntfs"))
        let made = try session.succeed(session.extractedDisk("disk.img", layout))
        #expect(made.errorText.contains("has bootmgr where the media has its own"), "\(made.errorText)")
        let image = try PartitionedImage(session.folder.appending("disk.img"))
        let (found, _) = try listing(image, 0, session)
        #expect(try WindowsTree.applied(archive).differences(from: found) == [#""/bootmgr""#])
        let planned = try session.plannedHashes(session.extractedDisk("x.img", layout))
        let hashes = Dictionary(
            try image.ntfsHashes(0).map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        for (path, hash) in planned { #expect(hashes[path.lowercased()] == hash, "\(path)") }
        #expect(try session.run(["verify", "disk.img"]).status == 0)
        #expect(try session.inspect("disk.img").bootEntries.elements.first?.firmware.text == "bios")
    }

    @Test("content on FAT32 gets the package of the image, and extracted there is told with 64")
    func withoutNTFS() throws {
        let session = try CommandSession()
        let layout = try layout(session, Self.oneVolume("fat32"))
        let plan = try session.plannedHashes(session.extractedDisk("disk.img", layout))
        #expect(plan.keys.contains { $0.contains("Packages/\(DemoSite.operatingSystemImage)/") })
        let refused = try session.run(
            session.extractedDisk("disk.img", layout + ["--operating-system-image-layout", "extracted"]))
        #expect(refused.status == 64)
        #expect(refused.failure.contains("--operating-system-image-layout"), "\(refused.failure)")
        #expect(refused.failure.contains("ntfs"), "\(refused.failure)")
    }

    @Test("a partition that is too small for the image is 73, and a damaged image 65; nothing is left")
    func refused() throws {
        let session = try CommandSession(ownLibrary: true)
        let small = try layout(
            session, Self.twoVolumes.replacing("size: 100%", with: "size: 24MiB"))
        let result = try session.run(session.extractedDisk("disk.img", small))
        #expect(result.status == 73)
        #expect(result.failure.contains("partition 2 'Windows'"), "\(result.failure)")
        let file = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
        try CommandSession.flipBit(of: file, at: 3_000_000)
        let damaged = try session.run(session.extractedDisk("disk.img", try layout(session, Self.twoVolumes)))
        #expect(damaged.status == 65)
        #expect(damaged.failure.contains("damaged"), "\(damaged.failure)")
        #expect(try session.outputs() == [])
    }

    @Test(
        "a drive is written, verified, and reads back; update refuses it",
        .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
    func drive() throws {
        let session = try CommandSession()
        let loop = try LoopDevice(mebibytes: 600)
        let arguments = session.extractedDisk("x", try layout(session, Self.twoVolumes), size: nil)
        let output = try #require(arguments.firstIndex(of: "--disk-image"))
        let consent = ["--usb", loop.node.string, "--allow-fixed-disk", "--confirm", loop.node.string]
        try session.succeed(Array(arguments[..<output] + arguments[(output + 2)...]) + consent)
        #expect(try session.run(["verify", loop.node.string]).status == 0)
        #expect(
            try session.run(["update", loop.node.string] + consent.dropFirst(2)).failure.contains("create prestaged"))
    }
}
