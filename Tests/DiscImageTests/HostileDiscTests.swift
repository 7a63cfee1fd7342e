// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// A disc image made by hand, block by block, that says whatever a test wants.
private struct HandmadeDisc {
    var bytes: [UInt8]

    /// An image of `blockCount` blocks with a primary volume descriptor whose root lies at block 20.
    init(blockCount: Int, rootByteCount: Int = 2048) {
        bytes = [UInt8](repeating: 0, count: blockCount * 2048)
        var descriptor: [UInt8] = [1] + Array("CD001".utf8) + [1]
        descriptor += [UInt8](repeating: 0x20, count: 121)
        descriptor.append(littleEndian: UInt16(2048))
        descriptor += [UInt8](repeating: 0, count: 26)
        descriptor += Self.record([0], block: 20, byteCount: UInt32(rootByteCount), isFolder: true)
        write(descriptor, block: 16)
        write([255] + Array("CD001".utf8) + [1], block: 17)
    }

    mutating func write(_ part: [UInt8], block: Int, at offset: Int = 0) {
        let start = block * 2048 + offset
        bytes.replaceSubrange(start..<start + part.count, with: part)
    }

    /// A directory record; its big-endian fields are left wrong, because nobody reads them.
    static func record(_ name: [UInt8], block: UInt32, byteCount: UInt32, isFolder: Bool = false, flags: UInt8 = 0)
        -> [UInt8]
    {
        let length = (33 + name.count + 1) / 2 * 2
        var record: [UInt8] = [UInt8(length), 0]
        record.append(littleEndian: block)
        record += [0xDE, 0xAD, 0xBE, 0xEF]
        record.append(littleEndian: byteCount)
        record += [0xDE, 0xAD, 0xBE, 0xEF] + [124, 2, 29, 23, 59, 59, 4] + [flags | (isFolder ? 2 : 0), 0, 0]
        record += [0xFF, 0xFF, 0xFF, 0xFF, UInt8(name.count)] + name
        return record + [UInt8](repeating: 0, count: length - record.count)
    }

    func reader(within bounds: DiscLimits.Bounds = DiscLimits.Bounds()) throws(DiscImageError) -> DiscReader {
        try DiscReader(MemorySource(bytes), name: "disc", within: bounds)
    }
}

@Suite("A hostile disc")
struct HostileDiscTests {
    private static func root(_ records: [UInt8]...) -> HandmadeDisc {
        var disc = HandmadeDisc(blockCount: 24)
        disc.write(records.flatMap { $0 }, block: 20)
        return disc
    }

    @Test("the little-endian fields count, as for Windows, and the time zone is taken off")
    func wrongBothEndianFields() throws {
        let disc = Self.root(HandmadeDisc.record(Array("FILE.TXT;1".utf8), block: 21, byteCount: 5))
        let entry = try #require(try disc.reader().entry(try MediaPath("file.txt")))
        #expect(entry.extents == [DiscExtent(offset: 21 * 2048, byteCount: 5)])
        #expect(entry.modified.unixSeconds == 1_709_251_199 - 3600)
    }

    @Test(
        "versions and forced dots go, and whatever else a name holds stays",
        arguments: [
            ("A.TXT;1", "A.TXT"), ("A.;1", "A"), ("A;1", "A"), ("A.;32767", "A"), ("A.TXT;", "A.TXT"),
            ("A;B.TXT", "A;B.TXT"),
            ("A;B.TXT;1", "A;B.TXT"), ("A;1B", "A;1B"), ("A.B.", "A.B"),
        ])
    func versions(stored: String, name: String) throws {
        let disc = Self.root(HandmadeDisc.record(Array(stored.utf8), block: 21, byteCount: 5))
        #expect(try disc.reader().entries.map(\.path.description) == [name])
    }

    @Test(
        "a name that would leave the folder it is unpacked to is told, and is no entry",
        arguments: ["..;1", "../../etc/passwd", "A/B", "A\\B", "NUL.TXT;1", "A\u{1B}[31m", ";1", "C:", "A.TXT \u{1}"])
    func names(stored: String) throws {
        let disc = Self.root(
            HandmadeDisc.record(Array(stored.utf8), block: 21, byteCount: 5),
            HandmadeDisc.record(Array("GOOD.TXT;1".utf8), block: 21, byteCount: 5))
        let reader = try disc.reader()
        #expect(reader.entries.map(\.path.description) == ["GOOD.TXT"])
        let refused = try #require(reader.refusedNames.first)
        #expect(reader.refusedNames.count == 1)
        #expect(refused.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test("a file in several parts whose last part is missing, or lies elsewhere, is damage")
    func sections() throws {
        func part(_ name: String, _ block: UInt32, _ flags: UInt8) -> [UInt8] {
            HandmadeDisc.record(Array(name.utf8), block: block, byteCount: 2048, flags: flags)
        }
        let whole = Self.root(part("A", 21, 0x80), part("A", 22, 0))
        #expect(try whole.reader().entries.map(\.extents.count) == [2])
        let open = Self.root(part("A", 21, 0x80))
        #expect(throws: DiscImageError.self) { try open.reader() }
        let mixed = Self.root(
            part("A", 21, 0x80), HandmadeDisc.record([0x42], block: 23, byteCount: 2048, isFolder: true),
            part("A", 22, 0))
        #expect(throws: DiscImageError.self) { try mixed.reader() }
    }

    @Test("what goes with a file of the same name is no file, and interleaved files are refused")
    func associatedAndInterleaved() throws {
        let disc = Self.root(
            HandmadeDisc.record(Array("FILE".utf8), block: 22, byteCount: 9, flags: 4),
            HandmadeDisc.record(Array("FILE".utf8), block: 21, byteCount: 5))
        #expect(try disc.reader().entries.map(\.byteCount) == [5])
        var record = HandmadeDisc.record(Array("FILE".utf8), block: 21, byteCount: 5)
        record[26] = 1
        let mixed = Self.root(record)
        let error = #expect(throws: DiscImageError.self) { try mixed.reader() }
        #expect(error?.code == .unsupported)
    }

    @Test("fields of Rock Ridge that go on in themselves come to an end", .timeLimit(.minutes(1)))
    func endlessContinuation() throws {
        // The first record of the root says that fields are in use; the area that a file's go on in leads to itself.
        var disc = HandmadeDisc(blockCount: 24)
        let use = Array("SP".utf8) + [7, 1, 0xBE, 0xEF, 0]
        var own = HandmadeDisc.record([0], block: 20, byteCount: 2048, isFolder: true) + use + [0]
        own[0] = UInt8(own.count)
        var area = Array("CE".utf8) + [28, 1]
        for value in [UInt32(23), 23, 0, 0, 28, 28] { area.append(littleEndian: value) }
        var file = HandmadeDisc.record(Array("FILE".utf8), block: 21, byteCount: 5) + area
        file[0] = UInt8(file.count)
        disc.write(own + file, block: 20)
        disc.write(area, block: 23)
        let reader = try disc.reader()
        #expect(reader.fileSystems == [.rockRidge, .iso9660])
        #expect(reader.entries.map(\.path.description) == ["FILE"])
    }

    @Test("sizes and places beyond the end of the image are damage, not a wait or a crash")
    func impossibleExtents() {
        for (block, byteCount) in [(UInt32.max, UInt32.max), (21, .max), (.max, 2048), (23, 4096), (0, .max)] {
            let disc = Self.root(HandmadeDisc.record([0x41], block: block, byteCount: byteCount, isFolder: true))
            let reader = try? disc.reader()
            #expect(reader?.refusedNames.map { "\($0.name) \($0.isDamage)" } ?? ["A true"] == ["A true"])
        }
        // A file may say anything: whoever reads it finds that the bytes are not there.
        let file = Self.root(HandmadeDisc.record([0x41], block: .max, byteCount: .max))
        #expect((try? file.reader().entries.first?.byteCount) == Int64(UInt32.max))
    }

    @Test("a disc in other blocks than 2,048 bytes is refused, not misread", arguments: [UInt16(512), 1024, 4096, 0])
    func blockSize(byteCount: UInt16) {
        var disc = Self.root(HandmadeDisc.record([0x41], block: 21, byteCount: 5))
        disc.write(withUnsafeBytes(of: byteCount.littleEndian) { Array($0) }, block: 16, at: 128)
        let error = #expect(throws: DiscImageError.self) { try disc.reader() }
        #expect(error?.problem == "has blocks of \(byteCount) bytes; only 2048 can be read")
    }

    @Test(
        "folders that share their bytes cannot claim any number of files", .timeLimit(.minutes(2)),
        arguments: [
            DiscLimits.Bounds(folderByteCount: 1 << 20), DiscLimits.Bounds(keptByteCount: 1 << 20),
        ])
    func sharedFolders(bounds: DiscLimits.Bounds) throws {
        // 37 folders, each the rest of the one before it: 28,000 files claimed by 70 blocks.
        let folderCount = 37
        var disc = HandmadeDisc(blockCount: 40 + folderCount, rootByteCount: 2048)
        let files = (0..<40).flatMap { HandmadeDisc.record(Array("FILE\($0).TXT".utf8), block: 21, byteCount: 1) }
        for number in 0..<folderCount { disc.write(files, block: 40 + number) }
        let folders = (0..<folderCount).flatMap { number in
            HandmadeDisc.record(
                Array("D\(number)".utf8), block: UInt32(40 + number),
                byteCount: UInt32((folderCount - number) * 2048), isFolder: true)
        }
        disc.write(folders, block: 20)
        let error = #expect(throws: DiscImageError.self) { try disc.reader(within: bounds) }
        #expect(error?.problem.contains("larger than those of any media") == true)
        // They are limits of what is read, not of discs like this.
        #expect(try disc.reader().entries.count > 28_000)
    }

    @Test("limits stop a disc that claims more than any media has")
    func limits() throws {
        var limits = DiscLimits(name: "disc")
        try limits.enter(byteCount: 200 << 20)
        #expect(throws: DiscImageError.self) { try limits.enter(byteCount: .max) }
        let path = String(repeating: "n", count: 200)
        let error = #expect(throws: DiscImageError.self) { while true { try limits.count(path) } }
        #expect(error?.description.contains("larger than those of any media") == true)
    }

    @Test("a disc that ends after any of its blocks is damaged or whole, and nothing else")
    func truncated() throws {
        let disc = try SampleDisc.everything()
        let metadata = disc.layout.metadata
        for count in 0...metadata.count / 2048 {
            for extra in [0, 1, 1000] where count * 2048 + extra < metadata.count {
                let error = #expect(throws: DiscImageError.self) {
                    try DiscReader(MemorySource(Array(metadata[..<(count * 2048 + extra)])), name: "cut")
                }
                #expect(error?.failureClass == .malformed)
            }
        }
    }

    @Test("a pipe is refused at once", .timeLimit(.minutes(1)))
    func pipe() throws {
        let folder = try TestFolder()
        let pipe = folder.appending("pipe.iso")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        let error = #expect(throws: FileError.self) { try DiscReader(path: pipe) }
        #expect(error?.failureClass == .malformed)
    }
}
