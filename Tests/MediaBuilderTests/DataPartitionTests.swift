// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
internal import CLinux
import Cryptography
import DistributionPoints
import DriveImage
import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

/// Media with files that are too large for FAT32: here from 450,001 bytes on, which two installers of the demo have.
@Suite("Media with a data partition")
struct DataPartitionTests {
    private static let limit: Int64 = 450_000

    /// A demo whose operating system image is no larger than the limit, and stays whole; made once, and only read.
    static let madeDemo = Result {
        let folder = try TestFolder()
        // What a static constant holds is never let go of.
        atexit { DataPartitionTests.removeDemo() }
        return (
            folder: folder, demo: try demoDistributionPoint(in: folder.path, operatingSystemImageByteCount: 100_000)
        )
    }

    private static func removeDemo() {
        if let folder = try? madeDemo.get().folder { _ = tsm_remove_tree(folder.path.string) }
    }

    private let folder: TestFolder
    private let demo: DemoDistributionPoint
    private let environment: BuildEnvironment

    init() throws {
        folder = try TestFolder()
        demo = try Self.madeDemo.get().demo
        let store = ContentStore(folder: folder.appending("store"))
        environment = BuildEnvironment(
            distributionPoints: try DistributionPoints([LocalTransport()]).open(
                locations: [demo.library.string], store: store),
            store: store, staging: StagingArea(in: folder.path), interruption: Interruption(),
            progress: SilentProgress())
    }

    private var image: FilePath { folder.appending("media.img") }

    private func request(_ drives: [BlockDevice] = []) -> MediaRequest {
        var request =
            drives.isEmpty
            ? MediaRequest(.standalone, output: image)
            : MediaRequest(.standalone, output: drives[0].node, format: DriveFormat(drives))
        request.standalone.sequence.taskSequence = demo.taskSequenceExport
        request.drive.choice.dataPartition = .requested
        request.limitFiles(to: Self.limit)
        return request
    }

    private func plan(_ request: MediaRequest) throws -> MediaPlan {
        try MediaPlanner(request, environment: environment).plan()
    }

    @discardableResult
    private func create(_ request: MediaRequest? = nil) throws -> VolumePlan {
        let plan = try plan(request ?? self.request())
        try MediaWriter(environment: environment, replacesExisting: true).write(plan)
        return plan.volumes[0]
    }

    private func verify(_ path: FilePath? = nil) throws -> MediaVerification {
        try MediaVerifier(interruption: Interruption(), progress: SilentProgress()).verify(path ?? image)
    }

    private func update(_ change: (inout MediaRequest) -> Void = { _ in }) throws -> UpdateReport {
        var request = request()
        request.drive.choice.dataPartition = .asIs
        request.replacesExisting = true
        change(&request)
        return try DriveUpdater(environment: environment)
            .update(image, to: try plan(request), password: request.password, verifies: true, isDryRun: false)
    }

    /// The data partition of `drive` in a file of its own.
    private func dataPartition(_ drive: FilePath, _ volume: VolumePlan) throws -> FilePath {
        let partition = try #require(volume.disk?.ntfsVolumes.first?.range)
        let copy = folder.appending("data.ntfs")
        try Program.succeed(
            "dd",
            [
                "if=\(drive)", "of=\(copy)", "bs=1048576", "skip=\(partition.lowerBound >> 20)",
                "count=\(partition.count >> 20)", "status=none", "conv=sparse",
            ])
        return copy
    }

    private func expectDataFiles(_ drive: FilePath, _ volume: VolumePlan) throws {
        let partition = try dataPartition(drive, volume)
        try Program.succeed("ntfsfix", ["-n", partition.string])
        #expect(volume.dataFiles.count == 2)
        for file in volume.dataFiles {
            let bytes = try Program.succeed("ntfscat", [partition.string, file.path.description]).outputBytes
            #expect(SHA256.digest(of: bytes) == file.sha256)
            #expect(file.byteCount > Self.limit)
        }
    }

    @Test("an image holds all files, ntfs-3g reads those on the data partition, and verify and inspect see one media")
    func wholeMedia() throws {
        let plan = try plan(request())
        let volume = try create()
        #expect(plan.notes.contains { $0.contains("data partition") && $0.contains("reader-x64.msi") })
        try expectDataFiles(image, volume)
        let verification = try verify()
        #expect(verification.findings.isEmpty)
        // The manifest does not list itself.
        #expect(verification.fileCount == volume.files.count - 1)
        let inspection = try MediaInspector(password: nil).inspect(image)
        #expect(inspection.bootEntries.map(\.firmware) == ["bios", "uefi"])
        let bootPartition = try #require(volume.disk).fatVolumes[0].range.count
        #expect(bootPartition >= 34 << 20)
    }

    @Test("both firmwares start it")
    func boots() throws {
        try create()
        #expect(try Firmware.ovmfX64.boot(drive: image, bus: .usb).bootImageDigest == demo.bootImageDigest)
        #expect(try Firmware.seaBIOS.boot(drive: image, bus: .usb).loaders.map(\.name) == ["bootmgr"])
    }

    @Test("a drive with room has a boot partition that can be updated")
    func slack() throws {
        var request = request()
        request.capacity = .bytes(1 << 30)
        let layout = try #require(try create(request).disk)
        #expect(layout.fatVolumes[0].range.count >= 96 << 20)
        #expect(layout.ntfsVolumes.first?.range.upperBound == 1 << 30)
        #expect(try verify().findings.isEmpty)
    }

    @Test("without --data-partition the error names the file and that field; nothing is written")
    func withoutOption() throws {
        var request = request()
        request.drive.choice.dataPartition = .none
        let error = #expect(throws: MediaBuilderError.self) { _ = try plan(request) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description.contains("reader-") == true)
        #expect(error?.nextStep?.names(.dataPartition) == true)
    }

    @Test("where no file needs it --data-partition changes nothing, and a note says so")
    func notNeeded() throws {
        var request = request()
        request.drive.largestFileByteCount = DiskLayout.largestFileByteCount
        let with = try plan(request)
        #expect(with.notes.contains { $0.contains("data partition changes nothing") })
        request.drive.choice.dataPartition = .none
        #expect(try plan(request).volumes[0].isSameDrive(as: with.volumes[0]))
        #expect(with.volumes[0].disk?.ntfsVolumes.first?.range == nil)
    }

    @Test("a drive that is too small is told with what both partitions need, a disc has none of this")
    func impossible() throws {
        var small = request()
        small.capacity = .bytes(40 << 20)
        let error = #expect(throws: DriveImageError.self) { _ = try plan(small) }
        #expect(error?.failureClass == .cannotCreate)
        #expect(error?.description.contains("the data partition") == true)
        var disc = request()
        disc.format = DiscFormat()
        let choice = disc.drive.choice
        #expect(throws: MediaBuilderError.self) {
            _ = try disc.format.divided(
                DriveChoice(scheme: choice.scheme, dataPartition: .requested), output: disc.output)
        }.map { #expect($0.code == .badRequest) }
    }

    @Test("verify names a file on the data partition that is damaged, and one that is foreign")
    func damage() throws {
        let volume = try create()
        let partition = try #require(volume.disk?.ntfsVolumes.first?.range)
        let file = try #require(volume.dataFiles.first)
        let copy = try dataPartition(image, volume)
        let note = try folder.write("x".utf8, to: "note.txt")
        // As many bytes, but others.
        let other = try folder.write([UInt8](repeating: 7, count: Int(file.byteCount)), to: "other.bin")
        try Program.succeed("ntfscp", [copy.string, other.string, file.path.description])
        try Program.succeed("ntfscp", [copy.string, note.string, "note.txt"])
        try Program.succeed(
            "dd",
            [
                "if=\(copy)", "of=\(image)", "bs=1048576", "seek=\(partition.lowerBound >> 20)", "conv=notrunc",
                "status=none",
            ])
        let findings = try verify().findings
        #expect(findings.first { $0.path == file.path.description }?.problem == .damaged)
        #expect(findings.first { $0.path == "note.txt" }?.problem == .foreign)
        #expect(findings.count == 2)
        let error = #expect(throws: MediaBuilderError.self) { _ = try update() }
        #expect(error?.description.contains("is damaged") == true, "\(error?.description ?? "")")
    }

    @Test("an update leaves the data partition alone when its files are the same, and else says to write anew")
    func updates() throws {
        var roomy = request()
        roomy.capacity = .bytes(400 << 20)
        let volume = try create(roomy)
        #expect(try update { $0.capacity = roomy.capacity }.isUpToDate)
        let before = try Program.succeed("sha256sum", [try dataPartition(image, volume).string]).output
        let report = try update {
            $0.capacity = roomy.capacity
            $0.includesAutorun = true
        }
        #expect(!report.isUpToDate)
        #expect(try verify().findings.isEmpty)
        #expect(try Program.succeed("sha256sum", [try dataPartition(image, volume).string]).output == before)
        // Files that fit on FAT32 by now.
        let error = #expect(throws: MediaBuilderError.self) {
            _ = try update {
                $0.capacity = roomy.capacity
                $0.includesAutorun = true
                $0.drive.largestFileByteCount = 600_000
            }
        }
        #expect(error?.failureClass == .cannotCreate)
        #expect(error?.nextStep?.names(.dataPartition) == true)
        #expect(try verify().findings.isEmpty)
    }

    @Test("a drive without a data partition is not updated to media that needs one")
    func updateWithout() throws {
        var plain = request()
        plain.drive.largestFileByteCount = DiskLayout.largestFileByteCount
        plain.capacity = .bytes(400 << 20)
        try create(plain)
        let error = #expect(throws: MediaBuilderError.self) { _ = try update { $0.capacity = plain.capacity } }
        #expect(error?.description.contains("is too large for FAT32 and is not on the drive") == true)
        #expect(try verify().findings.isEmpty)
    }

    @Test(
        "drives are written side by side and verified, of any size",
        .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
    func drives() throws {
        let loops = try [256, 300].map { try LoopDevice(mebibytes: $0, in: folder, name: "drive-\($0)") }
        for loop in loops {
            try Program.succeed("sh", ["-c", "head -c 256M /dev/zero | tr '\\0' '\\132' > '\(loop.node)'"])
        }
        let devices = BlockDevices()
        let plan = try plan(request(try loops.map { try devices.resolve($0.node) }))
        let outcomes = try DriveWriter(environment: environment, devices: devices).write(plan, verifies: true)
        for (outcome, loop) in zip(outcomes, loops) {
            #expect(outcome.failure == nil)
            #expect(outcome.isVerified)
            #expect(try verify(loop.node).findings.isEmpty)
            try expectDataFiles(loop.image, plan.volumes[0])
            try Program.succeed("sfdisk", ["--verify", loop.image.string])
        }
    }
}
