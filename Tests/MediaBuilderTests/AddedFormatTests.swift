// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Fixtures
import Logging
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

/// A format that the program does not have: media as a tar archive (POSIX.1-2017 pax, ustar interchange format).
private struct TarFormat: VolumeFormat {
    func pathLimits(at output: FilePath) -> PathLimits { PathLimits(holder: "a tar archive", nameByteCount: 100) }

    func planner(_ frame: VolumeFrame) -> any VolumePlanner { TarPlanner() }
}

private struct TarPlanner: VolumePlanner {
    let facts = ["tar"]

    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        PackingItem(exactly: TarVolume.byteCount(of: item.files))
    }

    func byteCount(of contents: VolumeContents) -> Int64 { TarVolume.byteCount(of: contents.files) + 1024 }

    func layout(_ contents: inout VolumeContents) -> any VolumeLayout {
        TarVolume(byteCount: byteCount(of: contents))
    }
}

private struct TarVolume: VolumeLayout {
    let byteCount: Int64

    static func byteCount(of files: some Sequence<PlannedFile>) -> Int64 {
        files.reduce(0) { $0 + 512 + ($1.byteCount + 511) / 512 * 512 }
    }

    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let output = try PendingOutput(volume.output, kind: .file, replacesExisting: work.replacesExisting)
        try output.descriptor.resize(to: byteCount)
        var transfers: [Transfer] = []
        var offset: Int64 = 0
        for file in volume.files {
            try output.descriptor.writeAll(toAbsoluteOffset: offset, header(file))
            transfers.append(
                Transfer(
                    name: file.description, source: try work.environment.source(file),
                    target: .image(output.descriptor, offset: offset + 512), byteCount: file.byteCount,
                    sha256: file.sha256))
            offset += Self.byteCount(of: [file])
        }
        return BegunVolume(outputs: [output], transfers: transfers)
    }

    private func header(_ file: PlannedFile) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        func octal(_ number: Int64, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(file.path.description, at: 0)
        put("0000644", at: 100)
        put(octal(file.byteCount, 11), at: 124)
        put(octal(file.modified.unixSeconds, 11), at: 136)
        put("        0", at: 148)
        put("ustar\u{0}00", at: 257)
        put(octal(Int64(header.reduce(0) { $0 + Int($1) }), 6) + "\u{0} ", at: 148)
        return header
    }
}

/// Nobody listens.
private struct SilentObserver: BuildObserver {
    var progress: any ProgressObserver { SilentProgress() }
    let interruption = Interruption()

    func warning(_ text: DiagnosticText) {}
    func note(_ text: DiagnosticText) {}
}

@Suite("A format that is added")
struct AddedFormatTests {
    private let folder: TestFolder
    private let demo: DemoDistributionPoint

    init() throws {
        folder = try TestFolder()
        demo = try DataPartitionTests.madeDemo.get().demo
    }

    /// Creates media whose name is `name` with the formats that there are and tar.
    private func create(_ name: String, capacity: MediaCapacity = .unlimited, isDryRun: Bool = false) throws
        -> MediaPlan
    {
        let formats = VolumeFormats.standard.adding(VolumeFormats.Entry(["tar"]) { TarFormat() })
        var content = StandaloneContent()
        content.sequence.taskSequence = demo.taskSequenceExport
        var request = MediaRequest(.standalone(content), output: folder.appending(name), formats: formats)
        request.capacity = capacity
        var settings = BuildSettings(DistributionPoints([LocalTransport()]))
        settings.distributionPoints = [demo.library.string]
        settings.store = folder.appending("store")
        let observer = SilentObserver()
        let (made, output) = (request, request.output)
        return try MediaBuild(settings, observer: observer, isDryRun: isDryRun) { title, _ in
            Logger(label: title) { _ in SwiftLogNoOpLogHandler() }
        }.run(
            MediaCreation(title: "test", output: output, access: DriveAccess(), observer: observer) { made }
        ).plan
    }

    @Test("goes the whole way with a line in the registry: planned, checked, written, and read by tar")
    func wholeWay() throws {
        let plan = try create("media.tar")
        let output = folder.appending("media.tar")
        #expect(Int64(try Stat(output).size) == plan.volumes[0].byteCount)
        let unpacked = folder.appending("unpacked")
        try TestFolder.makeFolder(unpacked)
        try Program.succeed("tar", ["-xf", output.string, "-C", unpacked.string])
        // What was unpacked is media, and every file of it is what the manifest says.
        let verification = try MediaVerifier(interruption: Interruption(), progress: SilentProgress()).verify(unpacked)
        #expect(verification.findings.isEmpty)
        #expect(verification.fileCount == plan.volumes[0].files.count - 1)
    }

    @Test("has sets, dry runs and the protection of what is there, without a word of its own about them")
    func everythingElse() throws {
        let whole = try create("media.tar", isDryRun: true)
        #expect((try? Stat(folder.appending("media.tar"))) == nil)
        let size = whole.volumes[0].byteCount
        let set = try create("set.tar", capacity: .bytes(size * 9 / 10))
        #expect(set.volumes.count > 1)
        for volume in set.volumes {
            #expect(Int64(try Stat(volume.output).size) == volume.byteCount)
            try Program.succeed("tar", ["-tf", volume.output.string])
        }
        try folder.write("mine".utf8, to: "media.tar")
        #expect(throws: OutputError.self) { _ = try create("media.tar") }
        #expect(try Program.succeed("cat", [folder.appending("media.tar").string]).output == "mine")
    }
}
