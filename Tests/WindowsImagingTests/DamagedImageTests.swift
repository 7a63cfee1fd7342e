// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsImaging

@Suite struct DamagedImageTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    /// Small enough to try every place in it.
    private static let files: [String: [UInt8]] = [
        "Windows/Boot/PCAT/bootmgr": Array("the boot manager".utf8),
        "Windows/Boot/EFI/bootmgfw.efi": Array(repeating: 7, count: 5_000) + Array("loader".utf8),
    ]

    private func bytes(_ options: [String]) throws -> [UInt8] {
        var builder = BootImageBuilder(files: Self.files)
        builder.options = options
        return try SmallFile.read(try builder.build(in: folder))
    }

    /// Reads everything; what is returned must be what was stored.
    private func readAll(_ bytes: [UInt8]) throws {
        let image = try WindowsImage(path: try folder.write(bytes, to: "damaged.wim"))
        for index in 1...max(1, min(image.imageCount, 3)) {
            _ = try image.properties(ofImage: index)
            _ = try image.children(of: try MediaPath("Windows/Boot"), inImage: index)
            for (path, contents) in Self.files {
                guard let entry = try image.entry(try MediaPath(path), inImage: index) else { continue }
                let read = try image.contents(of: entry.path, inImage: index, limit: 1 << 20)
                #expect(read == contents)
            }
        }
        try image.verify()
    }

    @Test(
        "a list of files that claims more than its bytes can become is refused before room is made for it",
        arguments: [33 << 20, 1 << 32, 1 << 52, UInt64.max] as [UInt64])
    func claimedList(byteCount: UInt64) throws {
        var bytes = try bytes(["--compress=lzx"])
        // The lookup table's resource header is at 48; its entries have 50 bytes, flag 2 marks metadata, 16 is the size.
        let reader = ByteReader(bytes)
        let table = Int(try #require(reader.littleEndian(UInt64.self, at: 56)))
        let length = Int(try #require(reader.littleEndian(UInt64.self, at: 48)) & 0xFF_FFFF_FFFF_FFFF)
        let entry = try #require(stride(from: table, to: table + length, by: 50).first { bytes[$0 + 7] & 2 != 0 })
        bytes.replaceSubrange(entry + 16..<entry + 24, with: withUnsafeBytes(of: byteCount.littleEndian) { Array($0) })
        let path = try folder.write(bytes, to: "claims.wim")
        let error = #expect(throws: WindowsImagingError.self) { try WindowsImage(path: path) }
        #expect(error?.code == .tooLarge)
    }

    @Test("a WIM cut short anywhere is an error", arguments: [["--compress=none"], ["--compress=lzx"], ["--solid"]])
    func truncated(options: [String]) throws {
        let bytes = try bytes(options)
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
            let error = #expect(throws: WindowsImagingError.self, "cut to \(length)") {
                try readAll(Array(bytes[..<length]))
            }
            #expect(error?.failureClass == .malformed, "cut to \(length): \(String(describing: error))")
        }
    }

    @Test(
        "a flipped bit anywhere never crashes us nor gives wrong contents",
        arguments: [["--compress=none"], ["--compress=lzx"], ["--solid"]])
    func flipped(options: [String]) throws {
        let bytes = try bytes(options)
        try readAll(bytes)
        // The header, every byte; then a sample of everything else.
        let places = Array(0..<208) + Array(stride(from: 208, to: bytes.count, by: max(1, bytes.count / 300)))
        for place in places {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            do { try readAll(damaged) } catch is WindowsImagingError {}
        }
    }

    @Test("a flipped bit in a file is found by verify and by extraction")
    func flippedContent() throws {
        var damaged = try bytes(["--compress=none"])
        let needle = Array("the boot manager".utf8)
        let place = try #require(damaged.indices.first { damaged[$0...].starts(with: needle) })
        damaged[place] ^= 1
        let image = try WindowsImage(path: try folder.write(damaged, to: "flipped.wim"))
        for operation in [
            { try image.verify() },
            { _ = try image.contents(of: try MediaPath("Windows/Boot/PCAT/bootmgr"), inImage: 1, limit: 100) },
        ] as [() throws -> Void] {
            let error = #expect(throws: WindowsImagingError.self) { try operation() }
            #expect(error?.code == .damaged)
            #expect(error?.description.hasSuffix("; get a fresh copy of it") == true)
        }
    }

    @Test("a flipped bit under an integrity table is found even where no SHA-1 looks")
    func integrityTable() throws {
        var damaged = try bytes(["--compress=none", "--check"])
        try WindowsImage(path: try folder.write(damaged, to: "sound.wim")).verify()
        // The stored SHA-1s are in the lookup table, whose reference counts nothing else covers.
        let table = Int(try #require(ByteReader(damaged).littleEndian(UInt64.self, at: 56)))
        let entry = try #require(stride(from: table, to: damaged.count, by: 50).first { damaged[$0 + 7] & 2 == 0 })
        damaged[entry + 26] ^= 2
        let image = try WindowsImage(path: try folder.write(damaged, to: "flipped.wim"))
        let error = #expect(throws: WindowsImagingError.self) { try image.verify() }
        #expect(error?.code == .damaged)
    }

    @Test("verify reports its progress and stops when asked")
    func progress() throws {
        let path = try folder.write(try bytes(["--compress=none", "--check"]), to: "sound.wim")
        let image = try WindowsImage(path: path)
        let observer = Recorder()
        try image.verify(progress: observer)
        #expect(observer.phases == ["checking integrity", "checking files"])
        let interruption = Interruption()
        interruption.request()
        let error = #expect(throws: WindowsImagingError.self) { try image.verify(interruption: interruption) }
        #expect(error?.failureClass == .interrupted)
        try image.verify()
    }

    @Test("a file that is not a WIM is told from one that is not there, and a folder from both")
    func notAnImage() throws {
        let text = try folder.write(Array(repeating: 65, count: 4_096), to: "text")
        let empty = try folder.write([], to: "empty")
        for (path, code, failureClass) in [
            (text, WindowsImagingError.Code.notAnImage, FailureClass.malformed),
            (empty, .notAnImage, .malformed),
            (folder.path, .notAnImage, .malformed), (folder.appending("absent"), .io, .notFound),
        ] {
            let error = #expect(throws: WindowsImagingError.self) { try WindowsImage(path: path) }
            #expect(error?.code == code, "\(path)")
            #expect(error?.failureClass == failureClass, "\(path)")
        }
    }

    @Test("a part of a split WIM is refused")
    func splitPart() throws {
        var builder = BootImageBuilder(files: ["a": Array(repeating: 1, count: 900_000), "b": WindowsImageTests.large])
        builder.options = ["--compress=none"]
        let whole = try builder.build(in: folder)
        let part = folder.appending("part.swm")
        #expect(try Program.run("wimlib-imagex", ["split", whole.string, part.string, "0.5"]).status == 0)
        for part in [part, folder.appending("part2.swm")] {
            let error = #expect(throws: WindowsImagingError.self) { try WindowsImage(path: part) }
            #expect(error?.code == .incomplete)
        }
    }

    @Test("a hostile name in an image is refused", arguments: ["CON", "a:b", "a\\b", "ab "])
    func hostileName(name: String) throws {
        var hostile = try HostileImage(
            try BootImageBuilder(files: ["Fonts/xyz": [1], "other": [2]]).build(in: folder))
        try hostile.rename("xyz", to: name)
        let image = try WindowsImage(path: try folder.write(hostile.bytes, to: "hostile.wim"))
        let error = #expect(throws: WindowsImagingError.self) {
            try image.children(of: try MediaPath("Fonts"), inImage: 1)
        }
        #expect(error?.code == .hostileName)
        #expect(try image.contents(of: try MediaPath("other"), inImage: 1, limit: 1) == [2])
    }

    @Test("a file below a folder that is a link is not extracted through it")
    func fileBelowLink() throws {
        var hostile = try HostileImage(
            try BootImageBuilder(files: ["Windows/Boot/EFI/bootmgfw.efi": [1]]).build(in: folder))
        // FILE_ATTRIBUTE_REPARSE_POINT is 0x400 (MS-FSCC 2.6).
        try hostile.addAttributes(0x04, toSecondByteOf: "EFI")
        let image = try WindowsImage(path: try folder.write(hostile.bytes, to: "hostile.wim"))
        let error = #expect(throws: WindowsImagingError.self) {
            try image.contents(of: try MediaPath("Windows/Boot/EFI/bootmgfw.efi"), inImage: 1, limit: 1)
        }
        #expect(error?.code == .pathNotFound)
        #expect(try image.children(of: try MediaPath("Windows/Boot/EFI"), inImage: 1).isEmpty)
    }
}

/// Remembers which phases were reported.
private final class Recorder: ProgressObserver, @unchecked Sendable {
    private(set) var phases: [String] = []
    func update(_ update: ProgressUpdate) { if phases.last != update.phase { phases.append(update.phase) } }
    func finish(phase: String) {}
}
