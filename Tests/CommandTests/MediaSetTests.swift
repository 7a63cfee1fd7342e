// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Sets of volumes, as `create standalone --media-size` makes them.
@Suite("Sets of discs")
struct MediaSetTests {
    private let session: CommandSession

    init() throws {
        session = try CommandSession()
        let source = session.work.appending("some")
        try TestFolder.write([1], to: source.appending("file"))
        try add(source, "SET99999")
    }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }

    /// A library of our own with packages of these sizes in bytes, each of two files.
    private func packages(_ sizes: [Int]) throws -> [String] {
        try sizes.enumerated().map { index, size in
            let id = "SET0000\(index / 10)\(index % 10)".suffix(8).description
            let source = session.work.appending("source-\(id)")
            try TestFolder.write(Self.noise(size / 2, seed: UInt64(index)), to: source.appending("a/first.bin"))
            try TestFolder.write(
                Self.noise(size - size / 2, seed: UInt64(index) + 1_000), to: source.appending("second.bin"))
            try add(source, id)
            return id
        }
    }

    private var library: String { session.work.appending("lib").string }

    private func add(_ source: FilePath, _ id: String) throws {
        try session.succeed(["content", "add", "--create", source.string, "--package-id", id, "--library", library])
    }

    private func arguments(_ packages: [String], _ output: String = "set.iso", _ more: [String]) throws -> [String] {
        let sequence = try session.work.write(Array("<sequence version=\"3.10\"></sequence>\n".utf8), to: "s.xml")
        let bootImage = try SharedDemo.distributionPoint().library.string
        return [
            "create", "standalone", "--distribution-point", library, "--distribution-point", bootImage, "--boot-image",
            DemoSite.bootImage, "--task-sequence", sequence.string, "--store", session.store.string, "--output", output,
        ] + packages.flatMap { ["--package", $0] } + more
    }

    private func plan(_ packages: [String], _ more: [String]) throws -> JSONValue {
        try JSONValue(
            parsing: try session.succeed(try arguments(packages, "set.iso", more + ["--dry-run", "--json"])).output)
    }

    @Test("what fits to the byte is one disc, and one byte less makes two that are no larger")
    func boundary() throws {
        let ids = try packages([300_000, 500_000, 400_000])
        let whole = try #require(try plan(ids, []).volumes.elements.first?.size.number)
        let one = try plan(ids, ["--media-size", String(whole)])
        #expect(one.volumes.elements.count == 1)
        #expect(one.volumes.elements.first?.output.text == "set.iso")
        let two = try plan(ids, ["--media-size", String(whole - 1)])
        #expect(two.volumes.elements.map(\.output.text) == ["set1.iso", "set2.iso"])
        #expect(two.volumes.elements.allSatisfy { ($0.size.number ?? .max) < whole })
        // And the same once more: the first volume has just the room that it takes.
        let first = try #require(two.volumes.elements.first?.size.number)
        let exact = try plan(ids, ["--media-size", String(first)])
        #expect(exact.volumes.elements.first?.size.number == first)
    }

    @Test("a set is made, each disc knows it, other programs read it, and it is proved whole")
    func makesSet() throws {
        let boot = try bootByteCount()
        let ids = try packages([900_000, boot, 700_000, boot - 500_000, boot / 2, 100_000])
        let limit = boot + 1_500_000
        let arguments = try arguments(ids, "set.iso", ["--media-size", String(limit), "--label", "Werkstatt"])
        try session.succeed(arguments, environment: ["SOURCE_DATE_EPOCH": "1700000000"])
        let names = try session.outputs()
        #expect(names.count >= 3 && names == names.indices.map { "set\($0 + 1).iso" })
        var found: Set<String> = []
        for (index, name) in names.enumerated() {
            #expect(try FileIdentity(of: session.folder.appending(name)).byteCount <= limit)
            let inspection = try session.inspect(name)
            #expect(inspection.volume.number == Int64(index + 1))
            #expect(inspection.volumeCount.number == Int64(names.count))
            #expect(inspection.label.text == "Werkstatt #\(index + 1)")
            #expect(inspection.bootEntries.elements.isEmpty == (index > 0))
            let information = try Program.succeed("isoinfo", ["-d", "-i", name], in: session.folder).output
            #expect(information.contains("Volume id: Werkstatt #\(index + 1)"))
            let extracted = try session.extract(name, to: "extracted\(index)")
            for id in ids where access(extracted, "SMS/PKG/\(id)") {
                #expect(found.insert(id).inserted, "\(id) is whole on one volume")
                try Program.succeed(
                    "diff",
                    ["-r", extracted.appending("SMS/PKG/\(id)").string, session.work.appending("source-\(id)").string])
            }
        }
        #expect(found == Set(ids))
        let verified = try session.succeed(["verify"] + names)
        #expect(verified.output.contains("complete: all \(names.count) volumes"))
        // The same request gives the same bytes.
        let before = try names.map { try session.bytes($0) }
        try session.succeed(arguments + ["--force", "--jobs", "1"], environment: ["SOURCE_DATE_EPOCH": "1700000000"])
        #expect(try names.map { try session.bytes($0) } == before)
    }

    /// The bytes of a disc that holds nothing but what boots.
    private func bootByteCount() throws -> Int {
        Int(try #require(try plan([], []).volumes.elements.first?.size.number))
    }

    private func access(_ folder: FilePath, _ path: String) -> Bool {
        (try? Stat(folder.appending(path)))?.type == .directory
    }

    @Test("a set with a wrong, a missing or a doubled disc is refused with the reason")
    func wrongDiscs() throws {
        let ids = try packages([2_000_000, 2_000_000])
        let size = ["--media-size", String(try bootByteCount() + 100_000 + 2_000_000)]
        try session.succeed(try arguments(ids, "set.iso", size))
        try session.succeed(try arguments(ids.reversed(), "other.iso", size))
        let foreign = try session.run(["verify", "set1.iso", "other2.iso"])
        #expect(foreign.status == 65)
        #expect(
            foreign.output.contains("missing volume   1 of 2") && foreign.output.contains("missing volume   2 of 2"))
        #expect(foreign.failure.contains("lacks volume 2"))
        let missing = try session.run(["verify", "set2.iso", "./set2.iso"])
        #expect(missing.status == 65)
        #expect(missing.output.contains("missing volume   1 of 2") && missing.failure.contains("lacks volume 1"))
        let inspected = try session.succeed(["inspect", "set1.iso", "other2.iso"]).output
        #expect(inspected.contains("missing volume   1 of 2") && inspected.contains("missing volume   2 of 2"))
        let set = try JSONValue(parsing: try session.succeed(["inspect", "set1.iso", "set2.iso", "--json"]).output)
        #expect(set.isComplete == .flag(true) && set.volumes.elements.map(\.volume.number) == [1, 2])
        let json = try session.run(["verify", "set1.iso", "set2.iso", "--json"])
        #expect(try JSONValue(parsing: json.output).isComplete == .flag(true))
        try CommandSession.flipBit(of: session.folder.appending("set2.iso"), at: -400_000)
        #expect(try session.run(["verify", "set1.iso", "set2.iso"]).status == 65)
    }

    @Test("an existing volume is not overwritten, and none of the set is left then")
    func existingVolume() throws {
        let ids = try packages([2_000_000, 2_000_000])
        let size = ["--media-size", String(try bootByteCount() + 100_000 + 2_000_000)]
        try TestFolder.write([1], to: session.folder.appending("set2.iso"))
        let result = try session.run(try arguments(ids, "set.iso", size))
        #expect(result.status == 73)
        #expect(result.failure.contains("set2.iso exists"))
        #expect(try session.outputs() == ["set2.iso"])
        // Of an older, larger set a volume remains: that is told.
        try TestFolder.write([1], to: session.folder.appending("set3.iso"))
        let forced = try session.succeed(try arguments(ids, "set.iso", size + ["--force"]))
        #expect(forced.errorText.contains("set3.iso is no volume of this set"))
    }

    @Test("a package too large for a disc is named before anything is written; so is a file too large for any")
    func tooLarge() throws {
        let boot = try bootByteCount()
        let ids = try packages([boot * 3 / 2, boot * 3])
        let result = try session.run(try arguments([ids[0]], "set.iso", ["--media-size", String(boot + 100_000)]))
        #expect(result.status == 73)
        #expect(result.failure.contains("package \(ids[0]) has \(boot * 3 / 2) bytes and fits no volume"))
        let single = try session.run(try arguments([ids[1]], "set.iso", ["--media-size", String(boot + 100_000)]))
        #expect(single.status == 73)
        #expect(single.failure.contains("file a/first.bin of package \(ids[1])"))
        let tiny = try session.run(try arguments(ids, "set.iso", ["--media-size", "1000000"]))
        #expect(tiny.status == 73)
        #expect(tiny.failure.contains("volume 1, which holds all that boots,"))
        #expect(try session.outputs() == [])
    }

    @Test("an operating system image larger than a disc becomes parts, which wimlib-imagex applies")
    func splitsImage() throws {
        let boot = try bootByteCount()
        let files = Dictionary(
            uniqueKeysWithValues: (0..<30).map {
                ("Windows/file\($0).bin", Self.noise(boot / 12, seed: UInt64($0) + 50))
            })
        try TestFolder.makeFolder(session.work.appending("os"))
        let image = try BootImageBuilder(files: files).build(in: session.work, as: "os/install.wim")
        try add(image.removingLastComponent(), "SET00099")
        let size = ["--media-size", String(boot + 100_000)]
        let staging = session.work.appending("staging")
        try TestFolder.makeFolder(staging)
        try session.succeed(try arguments(["SET00099"], "set.iso", size + ["--staging-folder", staging.string]))
        #expect(try FolderEntry.entries(of: staging).isEmpty)
        let names = try session.outputs()
        let parts = session.work.appending("parts")
        try TestFolder.makeFolder(parts)
        for name in names {
            let extracted = try session.extract(name, to: "x-\(name)")
            try Program.succeed(
                "find", [extracted.string, "-name", "*.swm", "-exec", "cp", "-t", parts.string, "{}", "+"])
        }
        let swm = try FolderEntry.entries(of: parts).compactMap(\.name).sorted()
        #expect(swm.count >= 3)
        #expect(swm.allSatisfy { $0.hasPrefix(String(swm[0].prefix(64))) } && swm[0].hasSuffix("000.swm"))
        let reference = "--ref=\(parts)/*.swm"
        try Program.succeed(
            "wimlib-imagex", ["apply", parts.appending(swm[0]).string, "1", "\(parts)/applied", reference])
        for (path, bytes) in files { #expect(try SmallFile.read(FilePath("\(parts)/applied/\(path)")) == bytes) }
        #expect(try session.succeed(["verify"] + names).output.contains("complete"))
    }

    @Test("an image of which one file is larger than a disc is refused, and the file is named")
    func uncuttable() throws {
        let boot = try bootByteCount()
        try TestFolder.makeFolder(session.work.appending("os"))
        let image = try BootImageBuilder(files: [
            "Windows/huge.bin": Self.noise(boot * 2, seed: 3), "Windows/small.bin": [1],
        ]).build(in: session.work, as: "os/install.wim")
        try add(image.removingLastComponent(), "SET00098")
        let first = try #require(try plan([], []).volumes.elements.first?.size.number)
        let result = try session.run(
            try arguments(["SET00098"], "set.iso", ["--media-size", String(first + 3_500_000)]))
        #expect(result.status == 73)
        #expect(result.failure.contains("/Windows/huge.bin in image 1 takes \(boot * 2) bytes"))
        #expect(try session.outputs() == [])
    }

    @Test("an application too large for a disc spreads file by file, and every file is on one disc")
    func spreadsApplication() throws {
        let boot = try bootByteCount()
        let source = session.work.appending("application")
        // Three fit a disc beside what every disc has.
        for index in 0..<7 {
            try TestFolder.write(
                Self.noise(boot / 3 - 300_000, seed: UInt64(index) + 500), to: source.appending("data/file\(index).cab")
            )
        }
        try session.succeed([
            "content", "add", "--create", source.string, "--package-id", "SET00097", "--application-content",
            "--library", library,
        ])
        let size = ["--media-size", String(boot + 100_000)]
        try session.succeed(try arguments(["SET00097"], "set.iso", size))
        let names = try session.outputs()
        #expect(names.count == 4)
        let joined = session.work.appending("joined")
        try TestFolder.makeFolder(joined)
        for name in names {
            let extracted = try session.extract(name, to: "x-\(name)")
            try Program.succeed(
                "find", [extracted.string, "-name", "*.cab", "-exec", "mv", "-n", "-t", joined.string, "{}", "+"])
            // What could not be moved was there already.
            let left = try Program.succeed("find", [extracted.string, "-name", "*.cab"]).output
            #expect(left.isEmpty)
        }
        try Program.succeed("diff", ["-r", joined.string, source.appending("data").string])
        let first = try session.inspect(names[1])
        #expect(first.contents.elements.count == 1)
        #expect(try session.succeed(["verify"] + names).output.contains("complete: all 4 volumes"))
    }

    @Test("dense packing takes fewer discs than the order of use where it can, and both counts are told")
    func dense() throws {
        let boot = try bootByteCount()
        // In order: a half and two thirds do not share a disc, nor do two thirds and two thirds.
        let ids = try packages([boot / 3, boot * 7 / 10, boot / 3, boot * 7 / 10, boot / 4, boot * 7 / 10, boot / 4])
        let size = ["--media-size", String(boot + 100_000)]
        let ordered = try plan(ids, size)
        let dense = try plan(ids, size + ["--packing", "dense"])
        #expect(ordered.packing.method.text == "ordered" && dense.packing.method.text == "dense")
        #expect(dense.volumes.elements.count < ordered.volumes.elements.count)
        #expect(ordered.packing.orderedVolumeCount.number == Int64(ordered.volumes.elements.count))
        #expect(ordered.packing.denseVolumeCount.number == Int64(dense.volumes.elements.count))
        #expect((dense.packing.lowerBound.number ?? 0) <= Int64(dense.volumes.elements.count))
        let text = try session.succeed(try arguments(ids, "set.iso", size + ["--dry-run"])).output
        #expect(text.contains("volumes, ordered: in the order of the task sequence") && text.contains("% full"))
    }
}
