// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

extension Deployment {
    /// What other programs find on the disk.
    func check(disk: FilePath, isGPT: Bool, image: FilePath? = nil) throws {
        let table = try Program.succeed("sfdisk", ["--json", disk.string]).output
        let partitions = try JSONValue(parsing: table).partitiontable.partitions.elements
        #expect(partitions.count == (isGPT ? 3 : 2))
        let last = try #require(partitions.last)
        let start = try #require(last.start.number), size = try #require(last.size.number)
        // Whole MiB, of 2048 sectors.
        #expect(partitions.allSatisfy { ($0.start.number ?? 1) % 2048 == 0 && ($0.size.number ?? 1) % 2048 == 0 })
        let volume = session.work.appending("volume.ntfs")
        try Program.succeed(
            "dd",
            ["if=\(disk)", "of=\(volume)", "bs=512", "skip=\(start)", "count=\(size)", "conv=sparse", "status=none"])
        defer { try? Folder.removeFile(volume) }
        // wimlib captures what lies on the volume: files, links, streams, descriptors are those of the image.
        let captured = session.work.appending("captured.wim")
        try Program.succeed(
            "wimlib-imagex", ["capture", volume.string, captured.string, "--compress=none", "--no-acls"])
        let files = try Program.succeed("wimlib-imagex", ["dir", captured.string]).output
        #expect(files.contains("/Windows/System32/config/SOFTWARE"))
        #expect(files.contains("部署映像的很长的名字"))
        #expect(files.contains("/Windows/Panther/Unattend/Unattend.xml"))
        let original = try Program.succeed("wimlib-imagex", ["dir", (image ?? windows).string, "1"]).output
        let missing = original.split(separator: "\n").filter { !files.contains($0) }
        #expect(missing.isEmpty, "\(missing.prefix(5))")
    }

    /// The package of an image that takes a while to apply.
    static let largeImage = "ABC00019"

    /// Makes that image, once: the stand-in with 1,500 files more.
    func addLargeImage() throws {
        let folder = session.work.appending("content/\(Self.largeImage)")
        guard !Folder.exists(folder) else { return }
        let large = session.work.appending("large.wim")
        try Program.succeed("cp", [windows.string, large.string])
        let bulk = session.work.appending("bulk")
        let script = """
            import os, random, sys
            random.seed(1)
            for n in range(1500):
                d = os.path.join(sys.argv[1], "Folder %d" % (n % 40))
                os.makedirs(d, exist_ok=True)
                with open(os.path.join(d, "File %d.bin" % n), "wb") as f: f.write(random.randbytes(random.randrange(1000, 120000)))
            """
        try Program.succeed("python3", ["-c", script, bulk.string])
        try Program.succeed("wimlib-imagex", ["update", large.string, "1", "--command", "add '\(bulk)' '\\Bulk'"])
        try TestFolder.makeFolder(folder)
        try Program.succeed("cp", [large.string, folder.appending("install.wim").string])
        try session.succeed([
            "content", "add", folder.string, "--package-id", Self.largeImage, "--library", library.string,
        ])
    }
}
