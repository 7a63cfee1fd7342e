// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

extension CommandSession {
    /// Makes prestaged media with the files of the operating system image, which must succeed; returns its path.
    @discardableResult
    fileprivate func createExtracted(_ output: String = "OEM.wim", _ more: [String] = []) throws -> FilePath {
        try succeed(extracted(output, more))
        return folder.appending(output)
    }

    /// Replaces the operating system image of the library by that of a volume of Windows, captured with `options`.
    func addWindowsTree(_ options: [String] = ["--compress=LZX"]) throws -> FilePath {
        let file = work.appending("image/install.wim")
        try TestFolder.makeFolder(work.appending("image"))
        try WindowsTree.capture(to: file, options)
        try addContent(work.appending("image"), DemoSite.operatingSystemImage, version: 9)
        return file
    }
}

@Suite("Prestaged media with the files of an image")
struct ExtractedImageTests {
    private static let reason = Comment(rawValue: WindowsTree.reason)

    @Test("without a word the files of the image lie at the root, and neither its package nor a variable against them")
    func usual() throws {
        let session = try CommandSession()
        let file = try session.createExtracted()
        let list = try Program.succeed("wimlib-imagex", ["dir", file.string]).output
        #expect(list.contains("/Windows/System32/"))
        #expect(!list.contains("Packages/\(DemoSite.operatingSystemImage)"))
        #expect(list.contains("Packages/\(DemoSite.driverPackage)"))
        let inspection = try session.inspect("OEM.wim")
        #expect(inspection.variables.OSDUseAlreadyDeployedImage == .null)
        #expect(inspection.operatingSystemImage.id.text == DemoSite.operatingSystemImage)
        #expect(inspection.prestaged.operatingSystemImageLayout.text == "extracted")
        #expect(try session.run(["verify", "OEM.wim"]).status == 0)
    }

    @Test(
        "with its package the media says that nothing is deployed already; the user's word counts more")
    func package() throws {
        let session = try CommandSession()
        try session.createPrestaged()
        let inspection = try session.inspect("OEM.wim")
        #expect(inspection.variables.OSDUseAlreadyDeployedImage.text == "false")
        #expect(inspection.operatingSystemImage == .null)
        #expect(inspection.prestaged.operatingSystemImageLayout.text == "package")
        try session.createPrestaged("own.wim", ["--variable", "OSDUseAlreadyDeployedImage=true"])
        #expect(try session.inspect("own.wim").variables.OSDUseAlreadyDeployedImage.text == "true")
    }

    @Test(
        "every file is as the image has it, applied to NTFS too, and the image's own Windows is told",
        .enabled(if: WindowsTree.isPossible, reason))
    func everything() throws {
        let session = try CommandSession(ownLibrary: true)
        let image = try session.addWindowsTree()
        let result = try session.succeed(session.extracted())
        #expect(result.errorText.contains("has bootmgr where the media has its own"))
        let file = session.folder.appending("OEM.wim")
        try Program.succeed("wimlib-imagex", ["verify", file.string])
        try Program.succeed("7z", ["t", file.string])
        #expect(try ImageListing(image).differences(from: ImageListing(file)) == [#""/bootmgr""#])
        #expect(try WindowsTree.applied(image).differences(from: WindowsTree.applied(file)) == [#""/bootmgr""#])
        let information = try Program.succeed("wimlib-imagex", ["info", file.string]).output
        for text in ["LZX", "x86_64", "Enterprise", "22631", "Relative path junction"] {
            #expect(information.contains(text), "\(text)")
        }
    }

    @Test(
        "an image in another compression, and a solid one, is compressed anew; parts are whole; the base saves the work",
        .enabled(if: WindowsTree.isPossible, reason))
    func compressedAnew() throws {
        let session = try CommandSession(ownLibrary: true)
        let image = try session.addWindowsTree(["--solid"])
        let theirs = try ImageListing(image)
        try session.createExtracted()
        let information = try Program.succeed("wimlib-imagex", ["info", session.folder.appending("OEM.wim").string])
        #expect(information.output.contains("LZX"))
        let options = ["--compression", "fast"]
        try session.createExtracted("fast.wim", options)
        let report = try JSONValue(
            parsing: try session.succeed(session.extracted("next.wim", options + ["--base", "fast.wim", "--json"]))
                .output)
        #expect(try session.bytes("next.wim") == session.bytes("fast.wim"))
        let reused = try session.succeed(session.prestaged("p.wim", options + ["--base", "fast.wim", "--json"])).output
        let count = try #require(report.volumes.elements.first?.reuse.reusedFileCount.number)
        #expect(try count > JSONValue(parsing: reused).volumes.elements.first?.reuse.reusedFileCount.number ?? 0)
        try session.createExtracted("split.wim", ["--split", "2MB"])
        let parts = "\(session.folder)/split*.swm"
        let first = session.folder.appending("split.swm")
        try Program.succeed("wimlib-imagex", ["verify", first.string, "--ref=\(parts)"])
        for (name, parts) in [("OEM.wim", nil), ("fast.wim", nil), ("split.swm", parts)] {
            let found = try ImageListing(session.folder.appending(name), parts: parts)
            #expect(theirs.differences(from: found) == [#""/bootmgr""#], "\(name)")
            #expect(try session.run(["verify", name]).status == 0, "\(name)")
        }
    }

    @Test("the same request gives the same bytes, whatever the threads, the store, and whether all is hashed")
    func reproducible() throws {
        let session = try CommandSession()
        try session.createExtracted("a.wim", ["--jobs", "1", "--rehash"])
        try session.createExtracted("b.wim", ["--jobs", "5", "--rehash"])
        try session.createExtracted("c.wim")
        #expect(try session.bytes("a.wim") == session.bytes("b.wim"))
        #expect(try session.bytes("a.wim") == session.bytes("c.wim"))
        let plan = try JSONValue(
            parsing: try session.succeed(session.extracted("d.wim", ["--dry-run", "--json"])).output)
        let volume = try #require(plan.volumes.elements.first)
        #expect(try #require(volume.size.number) >= session.bytes("a.wim").count)
        #expect(volume.sizeIsExact == .flag(false))
        #expect(volume.operatingSystemImage.index.number == 1)
    }

    @Test("the archive is read once: each of its bytes is hashed while it is copied")
    func readsOnce() throws {
        let session = try CommandSession(ownLibrary: true)
        let image = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
        let trace = session.work.appending("trace")
        let program = try BuiltProgram.tsmedia.string
        try Program.succeed(
            "strace",
            ["-f", "-y", "-e", "trace=read,pread64,copy_file_range", "-o", trace.string, program]
                + session.extracted("OEM.wim", ["--rehash"]),
            environment: ["HOME": session.work.path.string], in: session.folder)
        var count = 0
        for line in try SmallFile.read(trace, limit: 1 << 28).split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: line, as: UTF8.self)
            guard line.contains("<\(image)>"), let result = line.split(separator: "=").last else { continue }
            count += Int(result.drop { $0 == " " }) ?? 0
        }
        let size = Int(try Stat(image).size)
        // Lists are read when the media is planned.
        #expect(count >= size && count < size + size / 20, "\(count) of \(size)")
    }

    // MARK: Verifying

    @Test(
        "verify finds whatever is another: a file more, less, renamed, changed, and what is below ours",
        .enabled(if: WindowsTree.isPossible, reason))
    func verifies() throws {
        let session = try CommandSession(ownLibrary: true)
        _ = try session.addWindowsTree(["--compress=none"])
        let file = try session.createExtracted()
        let other = session.folder.appending("changed.wim")
        for (command, text) in [
            ("delete '/Users/Public/empty.txt'", "9 files instead of 10"),
            ("add '\(file)' '/Windows/added.wim'", "11 files instead of 10"),
            ("rename '/Users/Empty folder' '/Users/Empty'", "is not as it was written"),
            ("add '\(session.work.path)/image/install.wim' '/SMS/more.wim'", "SMS/more.wim"),
            ("delete '/SMS/data/TsmBootstrap.ini'", "SMS/data/TsmBootstrap.ini"),
        ] {
            try Program.succeed("cp", [file.string, other.string])
            try Program.succeed("wimlib-imagex", ["update", other.string, "1", "--command", command])
            let result = try session.run(["verify", "changed.wim"])
            #expect(result.status == 65, "\(command): \(result.output)")
            #expect(result.output.contains(text), "\(command): \(result.output)")
        }
        // A byte of a content: the files that have it are named.
        var bytes = try session.bytes("OEM.wim")
        let place = try #require(bytes.firstRange(of: Array("kernel kernel".utf8)))
        bytes[place.lowerBound + 100] ^= 4
        try session.work.write(bytes, to: "flipped.wim")
        let result = try session.run(["verify", session.work.appending("flipped.wim").string])
        #expect(result.status == 65)
        for name in ["Windows/System32/kernel.dll", "Windows/WinSxS/a/kernel.dll", "Windows/WinSxS/third name.dll"] {
            #expect(result.output.contains(name), "\(result.output)")
        }
    }

    @Test("what another program writes anew is the same media")
    func rewritten() throws {
        let session = try CommandSession()
        let file = try session.createExtracted()
        let other = session.folder.appending("other.wim").string
        try Program.succeed("wimlib-imagex", ["export", file.string, "1", other, "--compress=XPRESS"])
        #expect(try session.run(["verify", "other.wim"]).status == 0)
    }

    @Test("a flipped bit anywhere is found by verify")
    func flippedBit() throws {
        let session = try CommandSession()
        let bytes = try session.bytes(session.createExtracted().lastComponent?.string ?? "")
        var generator = SeededGenerator(seed: 3)
        for place in [bytes.count / 3, bytes.count / 2, bytes.count - 2_000_000]
            + (0..<Rounds.of(2)).map({ _ in Int.random(in: 300..<bytes.count - 60_000, using: &generator) })
        {
            var damaged = bytes
            damaged[place] ^= 0x10
            // A byte between two resources is nobody's.
            if damaged[place] == 0x10, bytes[max(0, place - 8)..<place + 8].allSatisfy({ $0 == 0 }) { continue }
            try session.work.write(damaged, to: "damaged.wim")
            let result = try session.run(["verify", session.work.appending("damaged.wim").string])
            #expect(result.status == 65, "\(place): \(result.errorText)")
        }
    }

    @Test("verify --against knows the image by its package, and says when that is another")
    func against() throws {
        let session = try CommandSession(ownLibrary: true)
        try session.createExtracted()
        func status() throws -> String? {
            let result = try session.run(["verify", "OEM.wim", "--against", session.library.string, "--json"])
            return try JSONValue(parsing: result.output).contents.elements
                .first { $0.id.text == DemoSite.operatingSystemImage }?.status.text
        }
        #expect(try status() == "current")
        try BootImageBuilder(files: ["a.txt": Array("a".utf8)]).build(in: session.work, as: "install.wim")
        try TestFolder.makeFolder(session.work.appending("image"))
        try Program.succeed("mv", ["\(session.work.path)/install.wim", "\(session.work.path)/image/install.wim"])
        try session.addContent(session.work.appending("image"), DemoSite.operatingSystemImage, version: 8)
        #expect(try status() == "outdated")
    }

    // MARK: What goes wrong

    @Test("a damaged image is 65 and nothing is left", arguments: [20, 3_000_000, -1] as [Int64])
    func damagedImage(place: Int64) throws {
        let session = try CommandSession(ownLibrary: true)
        let file = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
        try CommandSession.flipBit(of: file, at: place)
        for options in [[], ["--compression", "fast"]] {
            let result = try session.run(session.extracted("OEM.wim", options))
            #expect(result.status == 65, "\(result.errorText)")
            #expect(result.errorText.contains("damaged"))
            #expect(try session.outputs().isEmpty)
        }
    }

    @Test(
        "a full disk is 73 and nothing is left", .enabled(if: DiskSpaceTests.canMount, "needs root or user namespaces"))
    func diskFull() throws {
        let session = try CommandSession()
        let result = try DiskSpaceTests.run(session, session.extracted(), byteCount: 6 << 20)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.output == "left:\n")
    }
}
