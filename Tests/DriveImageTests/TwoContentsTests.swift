// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Glibc
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

/// Large contents on a drive that is faster than SHA-256: two of them are read at once.
@Suite("Large contents on a fast drive", .serialized)
struct TwoContentsTests {
    private static let fileByteCount = 32 << 20
    private let folder: TestFolder
    private let layout: DiskLayout
    private let sources: [(path: FilePath, sha256: SHA256Digest)]

    init() throws {
        let folder = try TestFolder()
        let sources = try (0..<4).map { number in
            // The last bytes share a page with what follows.
            var bytes = [UInt8](repeating: UInt8(number + 1), count: Self.fileByteCount + number * 511)
            bytes[Self.fileByteCount - 1] = 0xFF
            return (path: try folder.write(bytes, to: "SMS/file\(number).wim"), sha256: SHA256.digest(of: bytes))
        }
        let files = try sources.enumerated().map { number, source in
            DiskFile(
                path: try MediaPath("SMS/file\(number).wim"), byteCount: Int64(try Stat(source.path).size),
                modified: FixtureTree.time)
        }
        layout = try MediaDisk(
            scheme: .mbr, label: try FATLabel("TSMEDIA"), identity: DiskIdentity(seed: SHA256.digest(of: [1])),
            files: files, folders: [], created: FixtureTree.time, deviceByteCount: 192 << 20
        ).layout()
        (self.folder, self.sources) = (folder, sources)
    }

    private func write(
        to drive: FastDrive, interruption: Interruption = Interruption(), wrong: Int? = nil
    ) throws -> [(any Error)?] {
        let (sources, sizes) = (sources, try sources.map { Int64(try Stat($0.path).size) })
        return try DiskWriter(layout, interruption: interruption).write(
            to: [DiskTarget(drive)], progress: .silent,
            content: { number in
                TransferContent(
                    name: "file \(number)", source: .file(sources[number].path), byteCount: sizes[number],
                    sha256: number == wrong ? SHA256.digest(of: [2]) : sources[number].sha256)
            })
    }

    @Test("two are written side by side, and mcopy reads every one with its bytes")
    func sideBySide() throws {
        let image = folder.appending("drive.img")
        var isSideBySide = false
        // A machine that is busy with something else may be too slow to need it.
        for _ in 0..<10 where !isSideBySide {
            let drive = try FastDrive(image, byteCount: 192 << 20)
            #expect(try write(to: drive).allSatisfy { $0 == nil })
            let body = drive.offsets.filter { $0 >= 4 << 20 }.dropLast(2)
            isSideBySide = zip(body, body.dropFirst()).contains { $0 > $1 + 8 << 20 }
            let written = WrittenDisk(path: image, layout: layout)
            try written.check()
            #expect(
                try written.digests(in: folder)
                    == Dictionary(
                        uniqueKeysWithValues: sources.enumerated().map { ("SMS/file\($0).wim", $1.sha256) }))
        }
        #expect(isSideBySide)
    }

    @Test("one that is not what was promised keeps the drive from booting, whoever reads it", arguments: 0..<4)
    func damaged(number: Int) throws {
        let image = folder.appending("drive.img")
        let drive = try FastDrive(image, byteCount: 192 << 20)
        let failure = #expect(throws: TransferError.self) { try write(to: drive, wrong: number) }
        #expect(failure?.code == .wrongHash)
        #expect(failure?.object == "file \(number)")
        try requireNoPartition(image)
    }

    @Test("one from a server that is not what was promised is read again, over what was wrong, whoever reads it")
    func again() throws {
        let image = folder.appending("drive.img")
        let drive = try FastDrive(image, byteCount: 192 << 20)
        let (sources, sizes) = (sources, try sources.map { Int64(try Stat($0.path).size) })
        let opened = Mutex([0, 0, 0, 0])
        let failures = try DiskWriter(layout, interruption: Interruption()).write(
            to: [DiskTarget(drive)], progress: .silent,
            content: { number in
                // The first comes wrong once, the third twice.
                let stream = StreamedContent(place: "memory", retry: { _ in }) {
                    let count = opened.withLock { opened in
                        opened[number] += 1
                        return opened[number]
                    }
                    let isWrong = number == 0 && count == 1 || number == 2 && count <= 2
                    return WrongStream(try FileDescriptor.open(sources[number].path, .readOnly), isWrong: isWrong)
                }
                return TransferContent(
                    name: "file \(number)", source: .stream(stream), byteCount: sizes[number],
                    sha256: sources[number].sha256)
            })
        #expect(failures.allSatisfy { $0 == nil })
        #expect(opened.withLock { $0 } == [2, 1, 3, 1])
        let written = WrittenDisk(path: image, layout: layout)
        try written.check()
        #expect(
            try written.digests(in: folder)
                == Dictionary(uniqueKeysWithValues: sources.enumerated().map { ("SMS/file\($0).wim", $1.sha256) }))
    }

    @Test("one that ends while it is read is an error", arguments: 0..<4)
    func shortened(number: Int) throws {
        let path = sources[number].path
        let drive = try FastDrive(folder.appending("drive.img"), byteCount: 192 << 20) { _ in
            truncate(path.string, 1 << 20)
        }
        let failure = #expect(throws: TransferError.self) { try write(to: drive) }
        #expect(failure?.object == "file \(number)")
    }

    @Test("the user can stop it at any moment, and nothing boots", arguments: [2, 20, 35, 50, 70, 90])
    func stopped(mebibyte: Int64) throws {
        let interruption = Interruption()
        let image = folder.appending("drive.img")
        // The end of the drive is wiped first.
        let place = mebibyte << 20..<160 << 20
        let drive = try FastDrive(image, byteCount: 192 << 20) { if place.contains($0) { interruption.request() } }
        #expect(throws: InterruptedError.self) { try write(to: drive, interruption: interruption) }
        try requireNoPartition(image)
    }

    private func requireNoPartition(_ image: FilePath) throws {
        #expect(!(try Program.run("sfdisk", ["--dump", image.string]).output.contains("start=")))
    }
}

/// A file as a stream, every byte of it another one if that is wanted.
private final class WrongStream: ByteStream {
    private let file: FileDescriptor
    private let isWrong: Bool

    init(_ file: FileDescriptor, isWrong: Bool) { (self.file, self.isWrong) = (file, isWrong) }

    deinit { try? file.close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try file.read(into: buffer)
        if isWrong { for index in 0..<count { buffer[index] = ~buffer[index] } }
        return count
    }
}
