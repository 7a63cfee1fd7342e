// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

/// The image of a drive as a stream.
@Suite("Images as streams")
struct SequentialDiskTests {
    /// Keeps what comes, up to a limit.
    private final class Collected: SequentialDisk.Sink, @unchecked Sendable {
        struct Full: Error {}

        // One thread writes, and the test looks when that has ended.
        private(set) var bytes: [UInt8] = []
        private(set) var isFinished = false
        private let limit: Int

        init(limit: Int = .max) { self.limit = limit }

        func write(_ bytes: UnsafeRawBufferPointer) throws {
            guard self.bytes.count + bytes.count <= limit else { throw Full() }
            self.bytes += bytes
        }
        func writeZeros(_ byteCount: Int64) throws { bytes += [UInt8](repeating: 0, count: Int(byteCount)) }
        func finish() throws { isFinished = true }
    }

    private func write(
        _ disk: SampleDisk, to sink: Collected, byteCount: Int64? = nil
    ) throws -> (map: BlockMap, layout: DiskLayout) {
        let layout = try disk.layout()
        let stream = SequentialDisk(
            layout, data: [], byteCount: byteCount ?? layout.deviceByteCount, path: "stream", to: sink)
        try DiskWriter(layout, interruption: Interruption()).write(
            toStream: stream, progress: .silent, content: { disk.content($0) })
        return (try stream.finish(), layout)
    }

    private static let files: [(path: String, bytes: [UInt8])] = [
        ("sources/boot.wim", [UInt8](repeating: 7, count: 9_000_001)), ("empty", []), ("a", [1]),
        ("zeros", [UInt8](repeating: 0, count: 6_000_000)),
    ]

    @Test(
        "it is the image that a file has, and the map has the hashes of its blocks",
        arguments: [PartitionScheme.mbr, .gpt])
    func same(scheme: PartitionScheme) throws {
        let disk = SampleDisk(scheme: scheme, deviceByteCount: (64 << 20) + 512, files: Self.files)
        let folder = try TestFolder()
        let written = try disk.write(to: folder)
        let sink = Collected()
        let (map, layout) = try write(disk, to: sink)
        #expect(sink.isFinished)
        #expect(try sink.bytes == SmallFile.read(written.path, limit: 1 << 30))
        for run in map.runs {
            let part = Array(sink.bytes[Int(run.range.lowerBound)..<Int(run.range.upperBound)])
            #expect(SHA256.digest(of: part) == run.sha256)
        }
        let read = try BlockMap(
            of: layout, [], at: written.path, byteCount: layout.deviceByteCount, interruption: Interruption(),
            progress: SilentProgress())
        #expect(read == map)
        // All that is not zero is in the map.
        var rest = sink.bytes
        for run in map.runs {
            rest.replaceSubrange(
                Int(run.range.lowerBound)..<Int(run.range.upperBound), with: repeatElement(0, count: run.range.count))
        }
        #expect(rest.allSatisfy { $0 == 0 })
    }

    @Test("it ends behind what it holds where that is wanted")
    func shrunk() throws {
        let disk = SampleDisk(scheme: .gpt, files: Self.files)
        let whole = Collected()
        let end = try write(disk, to: whole).layout.endOfContents
        let short = Collected()
        let (map, _) = try write(disk, to: short, byteCount: end)
        #expect(end < 24 << 20 && Int64(short.bytes.count) == end)
        #expect(short.bytes.elementsEqual(whole.bytes.prefix(Int(end))))
        #expect(map.imageByteCount == end && map.runs.last?.range.upperBound ?? 0 <= end)
    }

    @Test("a sink that takes no more ends it with its own error")
    func full() throws {
        #expect(throws: Collected.Full.self) {
            try write(SampleDisk(files: Self.files), to: Collected(limit: 3_000_000))
        }
    }

    @Test("bmaptool takes the map of any layout, and its checksum")
    func map() throws {
        let disk = SampleDisk(files: Self.files)
        let folder = try TestFolder()
        let sink = Collected()
        let (map, _) = try write(disk, to: sink)
        try folder.write(sink.bytes, to: "image")
        try folder.write(map.encoded, to: "image.bmap")
        try Program.succeed("bmaptool", ["--quiet", "copy", "image", "copy"], in: folder.path)
        #expect(try Program.run("cmp", ["image", "copy"], in: folder.path).status == 0)
        let damaged = String(decoding: map.encoded, as: UTF8.self).replacing(
            "<BlockSize> 4096", with: "<BlockSize>  4096")
        try folder.write(Array(damaged.utf8), to: "image.bmap")
        #expect(try Program.run("bmaptool", ["copy", "image", "other"], in: folder.path).status != 0)
    }
}
