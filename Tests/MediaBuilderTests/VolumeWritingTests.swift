// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DiscImage
import DistributionPoints
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

@Suite("Writing a volume")
struct VolumeWritingTests {
    private static func files(_ contents: KeyValuePairs<String, [UInt8]>) throws -> [PlannedFile] {
        try contents.map {
            PlannedFile(
                MediaFile(
                    path: try MediaPath($0.key), byteCount: Int64($0.value.count), sha256: SHA256.digest(of: $0.value),
                    modified: Timestamp(unixSeconds: 1_700_000_000)),
                source: .bytes($0.value), place: "the test")
        }
    }

    private static func volume(
        _ files: [PlannedFile], folders: [String] = [], output: FilePath, layout: (any VolumeLayout)? = nil
    ) throws -> VolumePlan {
        VolumePlan(
            number: 1, output: output, capacity: nil,
            label: "Media", files: files, folders: try folders.map { try MediaPath($0) },
            layout: layout ?? FolderVolume(byteCount: files.reduce(0) { $0 + $1.byteCount }))
    }

    private static func begin(_ volume: VolumePlan, in folder: TestFolder) throws -> BegunVolume {
        let store = ContentStore(folder: folder.appending("store"))
        let environment = BuildEnvironment(
            distributionPoints: try DistributionPoints([]).open(locations: [], store: store), store: store,
            staging: StagingArea(in: folder.path), interruption: Interruption(), progress: SilentProgress())
        return try volume.layout.begin(
            volume, VolumeWriting(environment: environment, replacesExisting: false, isSecret: false, progress: meter())
        )
    }

    private static func finish(_ begun: BegunVolume) throws {
        try ContentCopier(interruption: Interruption()).run(begun.transfers, progress: meter())
        try PendingOutput.publish(begun.outputs)
    }

    private static func meter() -> ProgressMeter {
        ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress())
    }

    @Test("folders whose names differ in case alone become one, as on Windows")
    func foldersWithoutCase() throws {
        let place = try TestFolder()
        let files = try Self.files([
            "Drivers/Net/a.inf": [1], "DRIVERS/net/b.inf": [2, 2], "drivers/c.inf": [], "top": [3],
        ])
        let volume = try Self.volume(files, folders: ["drivers/Leer"], output: place.appending("media"))
        try Self.finish(try Self.begin(volume, in: place))
        let found = try Program.succeed("find", [".", "-mindepth", "1"], in: place.appending("media")).output
        #expect(
            Set(found.split(separator: "\n").map(String.init))
                == [
                    "./drivers", "./drivers/Leer", "./drivers/Net", "./drivers/Net/a.inf", "./drivers/Net/b.inf",
                    "./drivers/c.inf", "./top",
                ])
        let media = try FolderMedia(place.appending("media"))
        #expect(media.file("DRIVERS/NET/B.INF")?.byteCount == 2)
        #expect(media.file("drivers/net") == nil)
    }

    @Test(
        "a disc written where its content lies verified shares the blocks of what is large",
        arguments: ["btrfs", "xfs"])
    func sharesBlocks(kind: String) throws {
        let folder = try TestFolder()
        let image = folder.appending("disk.img")
        try Program.succeed("truncate", ["-s", "512M", image.string])
        try Program.succeed("mkfs.\(kind)", ["-q", image.string])
        let mount = folder.appending("mount")
        try folder.makeFolder(mount)
        try Program.succeed("mount", ["-o", "loop", image.string, mount.string])
        defer { _ = try? Program.run("umount", ["-l", mount.string]) }

        // An odd number of blocks before and between, so that only padding brings the large ones to 4 KiB.
        let sizes = [2_047, 9 << 20 | 3, 2_048, 5 << 20 | 1, 300_000]
        var generator = SeededGenerator(seed: 9)
        var files: [PlannedFile] = []
        for (index, size) in sizes.enumerated() {
            let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let source = try folder.write(bytes, to: "mount/source \(index)")
            let identity = try FileIdentity(of: source)
            files.append(
                PlannedFile(
                    MediaFile(
                        path: try MediaPath("SMS/PKG/ABC00001/file \(index).bin"), byteCount: Int64(size),
                        sha256: SHA256.digest(of: bytes), modified: Timestamp(unixSeconds: 0)),
                    source: .localFile(source, identity), place: source.string))
        }
        let layout = try DiscLayout(
            DiscDescription(
                label: "Media",
                files: files.map(\.file), folders: [], bootEntries: [], created: Timestamp(unixSeconds: 0),
                fileSystem: .iso))
        let output = mount.appending("disc.iso")
        let volume = try Self.volume(files, output: output, layout: DiscVolume(disc: layout, hasChecksum: false))
        try Self.finish(try Self.begin(volume, in: folder))

        try Program.succeed("sync", ["-f", output.string])
        let map = try Program.succeed("filefrag", ["-v", "-b4096", output.string]).output
        // "  0:   1280..  3583:   ...: 2304: ... shared": the fourth column counts blocks of 4 KiB.
        let shared = map.split(separator: "\n").filter { $0.contains("shared") }.compactMap { line in
            line.split(separator: ":").dropFirst(3).first.flatMap { Int($0.trimming(" ")) }
        }
        let expected = sizes.filter { $0 >= 128 << 10 }.reduce(0) { $0 + $1 / 4096 }
        #expect(shared.reduce(0, +) >= expected, "\(map)")
        let unpacked = folder.appending("unpacked")
        try Program.succeed("7z", ["x", "-o\(unpacked.string)", output.string])
        for index in sizes.indices {
            let name = "SMS/PKG/ABC00001/file \(index).bin"
            try Program.succeed(
                "cmp", [unpacked.string + "/" + name, mount.appending("source \(index)").string])
        }
    }
}

extension Substring {
    /// The text without `character` at either end.
    fileprivate func trimming(_ character: Character) -> Substring {
        var text = drop { $0 == character }
        while text.last == character { text.removeLast() }
        return text
    }
}
