// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

extension CommandSession {
    /// The arguments that make prestaged media of the demo at `output`, with the package of the operating system image.
    func prestaged(_ output: String = "OEM.wim", _ more: [String] = []) -> [String] {
        extracted(output, ["--operating-system-image-layout", "package"] + more)
    }

    /// The arguments that make prestaged media of the demo at `output`, with the files of the operating system image.
    func extracted(_ output: String = "OEM.wim", _ more: [String] = []) -> [String] {
        [
            "create", "prestaged", "--distribution-point", library.string, "--store", store.string, "--output", output,
            "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
            "--task-sequence", demo.taskSequenceExport.string, "--management-point", "http://mp.example.com",
        ] + more
    }

    /// Makes prestaged media, which must succeed, and returns its path.
    @discardableResult
    func createPrestaged(_ output: String = "OEM.wim", _ more: [String] = []) throws -> FilePath {
        try succeed(prestaged(output, more))
        return folder.appending(output)
    }

    /// What `--dry-run` plans: the SHA-256 of every file by path.
    func plannedHashes(_ arguments: [String]) throws -> [String: String] {
        let plan = try JSONValue(parsing: try succeed(arguments + ["--dry-run", "--json"]).output)
        return Dictionary(
            uniqueKeysWithValues: plan.plannedFiles.map { ($0.path.text ?? "", $0.sha256.text ?? "") })
    }

    /// Puts the files of `folder` into the library as package `id`.
    func addContent(_ folder: FilePath, _ id: String, version: Int) throws {
        try succeed([
            "content", "add", "--create", folder.string, "--package-id", id, "--version", String(version), "--library",
            library.string,
        ])
    }
}

@Suite("Prestaged media")
struct PrestagedTests {
    private static let compressions = ["none", "fast", "maximum", "solid"]

    @Test(
        "wimlib and 7-Zip accept the file, and applied to a folder it is the planned tree, hash by hash",
        arguments: compressions)
    func appliesToFolder(compression: String) throws {
        let session = try CommandSession()
        let options = ["--compression", compression, "--integrity-table"]
        let file = try session.createPrestaged("OEM.wim", options)
        for arguments in [["verify", file.string], ["info", file.string], ["dir", file.string]] {
            try Program.succeed("wimlib-imagex", arguments)
        }
        try Program.succeed("7z", ["t", file.string])
        let applied = session.work.appending("applied")
        try Program.succeed("wimlib-imagex", ["apply", file.string, "1", applied.string])
        #expect(try TestFolder.hashes(in: applied) == session.plannedHashes(session.prestaged("x.wim", options)))
        #expect(try Stat(FilePath("\(applied)/_SMSTaskSequence/Packages/ABC00011/Logs/Archive")).type == .directory)
        #expect(try session.run(["verify", "OEM.wim"]).status == 0)
    }

    @Test("applied to an NTFS volume it is the planned tree, hash by hash")
    func appliesToNTFS() throws {
        let session = try CommandSession()
        let file = try session.createPrestaged()
        let volume = session.work.appending("ntfs.img").string
        try Program.succeed("truncate", ["-s", "64M", volume])
        try Program.succeed("mkntfs", ["--force", "--fast", volume])
        try Program.succeed("wimlib-imagex", ["apply", file.string, "1", volume])
        for (path, hash) in try session.plannedHashes(session.prestaged("x.wim")) {
            let output = try Program.succeed("sh", ["-c", "ntfscat \"$1\" \"$2\" | sha256sum", "sh", volume, path])
                .output
            #expect(output.hasPrefix(hash), "\(path)")
        }
    }

    @Test("applied to FAT32 it is the planned tree, hash by hash")
    func appliesToFAT32() throws {
        let session = try CommandSession()
        let file = try session.createPrestaged()
        let (volume, applied) = (session.work.appending("fat.img").string, session.work.appending("applied"))
        try Program.succeed("truncate", ["-s", "96M", volume])
        try Program.succeed("mkfs.fat", ["-F", "32", volume])
        try Program.succeed("wimlib-imagex", ["apply", file.string, "1", applied.string])
        let back = session.work.appending("back")
        try TestFolder.makeFolder(back)
        let environment = ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"]
        try Program.succeed(
            "sh", ["-c", "cd \"$2\" && mcopy -s -i \"$1\" * ::", "sh", volume, applied.string],
            environment: environment)
        try Program.succeed("mcopy", ["-s", "-n", "-i", volume, "::*", back.string], environment: environment)
        #expect(try TestFolder.hashes(in: back) == session.plannedHashes(session.prestaged("x.wim")))
    }

    @Test("no task sequence is on it, and its variables call it OEM media")
    func variables() throws {
        let session = try CommandSession()
        let file = try session.createPrestaged()
        let list = try Program.succeed("wimlib-imagex", ["dir", file.string]).output
        #expect(list.contains("/SMS/data/Variables.dat\n"))
        #expect(!list.contains("Policy.xml"))
        let bootstrap = try Program.succeed(
            "wimlib-imagex", ["extract", file.string, "1", "/SMS/data/TsmBootstrap.ini", "--to-stdout"]
        ).output
        #expect(bootstrap.contains("MediaType=OEMMedia\r\n"))
        let inspection = try session.inspect("OEM.wim")
        #expect(inspection.mediaType.text == "OEMMedia")
        #expect(inspection.variables._SMSTSMediaType.text == "OEMMedia")
        #expect(inspection.variables.SMSTSLocationMPs.text == "http://mp.example.com")
        #expect(inspection.contents.elements.first?.id.text == DemoSite.operatingSystemImage)
        #expect(inspection.taskSequence == .null)
    }

    @Test("inspect reads back who made it, and wimlib-imagex info shows it")
    func description() throws {
        let session = try CommandSession()
        let comment = "for <line> 4 & 5"
        let file = try session.createPrestaged(
            "OEM.wim", ["--created-by", "The Factory", "--version", "2026.11", "--comment", comment])
        let prestaged = try session.inspect("OEM.wim").prestaged
        #expect(prestaged.createdBy.text == "The Factory")
        #expect(prestaged.version.text == "2026.11")
        #expect(prestaged.comment.text == comment)
        #expect(prestaged.operatingSystemImageId.text == DemoSite.operatingSystemImage)
        #expect(prestaged.operatingSystemImageIndex.number == 1)
        let information = try Program.succeed("wimlib-imagex", ["info", file.string]).output
        for text in [comment, "The Factory", "2026.11"] { #expect(information.contains(text)) }
    }

    @Test("what is compressed already lies on it as it is")
    func storedOnce() throws {
        let session = try CommandSession()
        let file = try session.createPrestaged("OEM.wim", ["--compression", "maximum"])
        for (path, isStored) in [
            ("/_SMSTaskSequence/Packages/ABC00010/demo-system.wim", true), ("/sources/boot.wim", true),
            ("/SMS/data/MediaManifest.json", false),
        ] {
            let details = try Program.succeed(
                "wimlib-imagex", ["dir", file.string, "--detailed", "--one-file-only", "--path=\(path)"]
            ).output
            #expect(details.contains("WIM_RESHDR_FLAG_COMPRESSED") != isStored, "\(path): \(details)")
        }
    }

    @Test(
        "the same request gives the same bytes, whatever the number of threads and the store", arguments: compressions)
    func reproducible(compression: String) throws {
        let session = try CommandSession()
        let options = ["--compression", compression, "--integrity-table"]
        try session.createPrestaged("a.wim", options + ["--jobs", "1"])
        try session.createPrestaged("b.wim", options + ["--jobs", "5"])
        let other = try CommandSession(ownLibrary: true)
        try other.createPrestaged("c.wim", options + ["--rehash"])
        #expect(try session.bytes("a.wim") == session.bytes("b.wim"))
        #expect(try session.bytes("a.wim") == other.bytes("c.wim"))
    }

    @Test("without compression the planned size is exact, and with it never exceeded", arguments: compressions)
    func size(compression: String) throws {
        let session = try CommandSession()
        let options = ["--compression", compression, "--integrity-table"]
        let plan = try JSONValue(
            parsing: try session.succeed(session.prestaged("OEM.wim", options + ["--dry-run", "--json"])).output)
        let volume = try #require(plan.volumes.elements.first)
        let size = try Stat(try session.createPrestaged("OEM.wim", options)).size
        #expect(volume.sizeIsExact == .flag(compression == "none"))
        let planned = try #require(volume.size.number)
        #expect(compression == "none" ? planned == size : planned >= size)
    }

    @Test("a flipped bit anywhere is found by verify", arguments: compressions)
    func flippedBit(compression: String) throws {
        let session = try CommandSession()
        let file = try session.createPrestaged("OEM.wim", ["--compression", compression])
        let bytes = try session.bytes("OEM.wim")
        // Inside the first large content: everything but gaps is proved, and there is none there.
        for place in [bytes.count / 4, bytes.count / 2, bytes.count - 60_000] {
            var damaged = bytes
            damaged[place] ^= 0x10
            try session.work.write(damaged, to: "damaged.wim")
            let result = try session.run(["verify", session.work.appending("damaged.wim").string])
            #expect(result.status == 65, "\(place) of \(file): \(result.errorText)")
        }
    }

    // MARK: Parts

    @Test("parts are no larger than asked for, wimlib joins them, and inspect and verify read them")
    func parts() throws {
        let session = try CommandSession()
        try session.createPrestaged("OEM.wim", ["--split", "10000000"])
        let names = try session.outputs()
        #expect(names.count > 1 && names.contains("OEM.swm") && names.contains("OEM2.swm"))
        for name in names { #expect(try Stat(session.folder.appending(name)).size <= 10_000_000) }
        let first = session.folder.appending("OEM.swm").string
        try Program.succeed("wimlib-imagex", ["verify", first, "--ref=\(session.folder)/OEM*.swm"])
        let applied = session.work.appending("applied")
        try Program.succeed("wimlib-imagex", ["apply", first, "1", applied.string, "--ref=\(session.folder)/OEM*.swm"])
        #expect(
            try TestFolder.hashes(in: applied)
                == session.plannedHashes(session.prestaged("x.wim", ["--split", "10000000"])))
        #expect(try session.run(["verify", "OEM.swm"]).status == 0)
        #expect(try session.inspect("OEM.swm").mediaType.text == "OEMMedia")
        let other = try session.run(["verify", "OEM2.swm"])
        #expect(other.status == 65 && other.errorText.contains("part 2"))
        try Program.succeed("rm", [session.folder.appending("OEM2.swm").string])
        let missing = try session.run(["verify", "OEM.swm"])
        #expect(missing.status == 65 && missing.errorText.contains("OEM2.swm"))
    }

    @Test("a file that is larger than a part makes one larger part, and a warning names it")
    func largePart() throws {
        let session = try CommandSession()
        let result = try session.succeed(session.prestaged("OEM.wim", ["--split", "2MB"]))
        #expect(result.errorText.contains("more than --split allows"))
        let first = session.folder.appending("OEM.swm").string
        try Program.succeed("wimlib-imagex", ["verify", first, "--ref=\(session.folder)/OEM*.swm"])
    }

    // MARK: An earlier file

    @Test("with an earlier file as its base it is the same, byte by byte", arguments: ["none", "fast", "maximum"])
    func base(compression: String) throws {
        let session = try CommandSession(ownLibrary: true)
        let options = ["--compression", compression]
        try session.createPrestaged("old.wim", options)
        try session.work.write(Array("another text\r\n".utf8), to: "new/readme.txt")
        try session.addContent(session.work.appending("new"), DemoSite.toolsPackage, version: 9)
        let report = try JSONValue(
            parsing: try session.succeed(session.prestaged("delta.wim", options + ["--base", "old.wim", "--json"]))
                .output)
        try session.createPrestaged("whole.wim", options + ["--rehash"])
        #expect(try session.bytes("delta.wim") == session.bytes("whole.wim"))
        let count = try #require(report.volumes.elements.first?.reuse.reusedFileCount.number)
        #expect((count > 0) == (compression != "none"))
    }

    @Test("a damaged base is noticed, and the result is whole all the same")
    func damagedBase() throws {
        let session = try CommandSession()
        try session.createPrestaged("old.wim")
        var bytes = try session.bytes("old.wim")
        for place in stride(from: 4096, to: bytes.count - 100_000, by: 50_000) { bytes[place] ^= 0xFF }
        try session.work.write(bytes, to: "damaged.wim")
        let result = try session.run(
            session.prestaged("delta.wim", ["--base", session.work.appending("damaged.wim").string]))
        if result.status == 0 {
            #expect(try session.bytes("delta.wim") == session.bytes("old.wim"))
        } else {
            // The damage hit what the base says of itself.
            #expect(result.status == 65)
            #expect(try session.outputs() == ["old.wim"])
        }
    }

    // MARK: Bad input

    @Test(
        "what is asked for wrongly is 64 and names the option",
        arguments: [
            ("--created-by", String(repeating: "x", count: 51)), ("--version", String(repeating: "x", count: 33)),
            ("--comment", String(repeating: "x", count: 128)), ("--operating-system-image-index", "0"),
            ("--operating-system-image", "nothing"), ("--compression", "best"), ("--split", "0"), ("--split", "12QB"),
            ("--split", "1KB"),
        ])
    func usage(option: String, value: String) throws {
        let session = try CommandSession()
        let result = try session.run(session.prestaged("OEM.wim", [option, value]))
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.errorText.contains(option))
        #expect(try session.outputs().isEmpty)
    }

    @Test("the longest texts are taken")
    func longestTexts() throws {
        let session = try CommandSession()
        try session.createPrestaged(
            "OEM.wim",
            [
                "--created-by", String(repeating: "ü", count: 50), "--version", String(repeating: "1", count: 32),
                "--comment", String(repeating: "c", count: 127),
            ])
    }

    @Test("only a .wim is prestaged media, and nothing else is a .wim", arguments: ["OEM.iso", "OEM"])
    func otherOutput(output: String) throws {
        let session = try CommandSession()
        #expect(try session.run(session.prestaged(output)).status == 64)
        #expect(try session.run(session.arguments(.bootable, "boot.wim")).status == 64)
    }

    @Test("an image that does not exist is 66 and told with the images there are")
    func imageNumber() throws {
        let session = try CommandSession()
        let result = try session.run(session.prestaged("OEM.wim", ["--operating-system-image-index", "4"]))
        #expect(result.status == 66)
        #expect(result.errorText.contains("image 4") && result.errorText.contains("image 1"))
        #expect(try session.outputs().isEmpty)
    }

    @Test("a damaged operating system image is 65 and nothing is left", arguments: [20, 3_000_000, -1] as [Int64])
    func damagedImage(place: Int64) throws {
        let session = try CommandSession(ownLibrary: true)
        let file = try session.libraryFile("demo-system.wim", of: DemoSite.operatingSystemImage)
        try CommandSession.flipBit(of: file, at: place)
        let result = try session.run(session.prestaged())
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains("damaged"))
        #expect(try session.outputs().isEmpty)
    }

    @Test(
        "images of different architectures are refused or warned of",
        arguments: [(0, 0, "for x86"), (12, 65, "for arm64")])
    func architectures(number: Int, status: Int32, text: String) throws {
        let session = try CommandSession(ownLibrary: true)
        try TestFolder.makeFolder(session.work.appending("image"))
        try BootImageBuilder(files: ["a.txt": Array("a".utf8)], architecture: number)
            .build(in: session.work, as: "image/install.wim")
        try session.addContent(session.work.appending("image"), DemoSite.operatingSystemImage, version: 7)
        let result = try session.run(session.prestaged())
        #expect(result.status == status, "\(result.errorText)")
        #expect(result.errorText.contains(text))
    }

    @Test("an existing file is kept without --force, and replaced with it")
    func existing() throws {
        let session = try CommandSession()
        try Program.succeed("sh", ["-c", "echo old > \"$1\"", "sh", session.folder.appending("OEM.wim").string])
        #expect(try session.run(session.prestaged()).status == 73)
        #expect(try session.bytes("OEM.wim") == Array("old\n".utf8))
        try session.createPrestaged("OEM.wim", ["--force"])
        #expect(try session.outputs() == ["OEM.wim"])
        #expect(try session.run(["verify", "OEM.wim"]).status == 0)
    }

    @Test(
        "a disk that fills up is 73 and nothing is left",
        .enabled(if: DiskSpaceTests.canMount, "needs root or user namespaces"), arguments: compressions)
    func diskFull(compression: String) throws {
        let session = try CommandSession()
        let result = try DiskSpaceTests.run(
            session, session.prestaged("OEM.wim", ["--compression", compression]), byteCount: 6 << 20)
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.output == "left:\n")
    }

    @Test("an interruption leaves nothing, and what a kill leaves is gone after the next run")
    func stopped() throws {
        let session = try CommandSession()
        for signal in [SIGINT, SIGKILL] {
            let result = try RunningProgram.end(by: signal) {
                try Program.succeed("rm", ["-rf", "OEM.wim"], in: session.folder)
                return try session.start(session.prestaged("OEM.wim", ["--compression", "maximum", "--rehash"]))
            } when: { _ in
                try session.outputs().contains { $0.hasSuffix(".tsmedia-partial") }
            }
            if signal == SIGINT {
                #expect(result.status == 130)
                #expect(try session.outputs().isEmpty)
            } else {
                #expect(try !session.outputs().contains("OEM.wim"))
            }
        }
        try session.createPrestaged()
        #expect(try session.outputs() == ["OEM.wim"])
    }

    // MARK: Against a distribution point

    @Test("verify --against tells what is current, outdated, missing and absent, of any media")
    func against() throws {
        let session = try CommandSession(ownLibrary: true)
        try session.createPrestaged()
        try session.create(.standalone, "media.iso")
        let arguments = ["--against", session.library.string, "--json"]
        func statuses(_ media: String, _ more: [String] = [], status: Int32) throws -> [String: String] {
            let result = try session.run(["verify", media] + arguments + more)
            #expect(result.status == status, "\(result.errorText)")
            let contents = try JSONValue(parsing: result.output).contents.elements
            return Dictionary(uniqueKeysWithValues: contents.map { ($0.id.text ?? "", $0.status.text ?? "") })
        }
        for media in ["OEM.wim", "media.iso"] {
            #expect(try Set(statuses(media, status: 0).values) == ["current"])
        }
        try session.work.write(Array("x".utf8), to: "new/x.txt")
        try session.addContent(session.work.appending("new"), DemoSite.driverPackage, version: 5)
        try session.succeed(["content", "remove", DemoSite.toolsPackage, "--library", session.library.string])
        for media in ["OEM.wim", "media.iso"] {
            let found = try statuses(media, status: 65)
            #expect(found[DemoSite.driverPackage] == "outdated")
            #expect(found[DemoSite.toolsPackage] == "missing")
            #expect(found[DemoSite.operatingSystemImage] == "current")
            #expect(found[DemoSite.bootImage] == "current")
        }
        let small = [
            "create", "prestaged", "--distribution-point", session.library.string, "--boot-image", DemoSite.bootImage,
            "--operating-system-image", DemoSite.operatingSystemImage, "--management-point", "http://mp.example.com",
            "--output", "small.wim",
        ]
        try session.succeed(small)
        let found = try statuses(
            "small.wim", ["--task-sequence", session.demo.taskSequenceExport.string], status: 65)
        #expect(found[DemoSite.driverPackage] == "absent")
        #expect(found[DemoSite.operatingSystemImage] == "current")
    }
}
