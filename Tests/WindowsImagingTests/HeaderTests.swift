// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsImaging

/// What a header claims is held against the file before libwim makes room for it.
@Suite("Headers of archives")
struct HeaderTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func bytes(_ options: [String] = ["--compress=none", "--check", "--boot"]) throws -> [UInt8] {
        var builder = BootImageBuilder(files: ["Windows/a.txt": Array("content".utf8)])
        builder.options = options
        return try SmallFile.read(try builder.build(in: folder))
    }

    /// A number in the header, and what it is changed to.
    struct Lie: Sendable, CustomTestStringConvertible {
        let name: String
        let offset: Int
        let value: UInt64
        var width = 8
        let message: String
        var testDescription: String { name }
    }

    private static let lies: [Lie] = [
        // The size at which libwim took 1.9 GiB.
        .init(name: "images", offset: 44, value: 0x0F00_0001, width: 4, message: "claims 251658241 images"),
        .init(name: "images by one", offset: 44, value: 3, width: 4, message: "claims 3 images"),
        .init(name: "list's offset", offset: 56, value: 1 << 40, message: "its list of resources ends at byte"),
        .init(name: "list's offset, negative", offset: 56, value: .max, message: "its list of resources ends at byte"),
        .init(
            name: "list's size in the file", offset: 48, value: 1 << 33, message: "its list of resources ends at byte"),
        .init(name: "list's size", offset: 64, value: 50 << 30, message: "its list of resources claims"),
        .init(name: "XML's offset", offset: 80, value: 1 << 40, message: "its XML ends at byte"),
        .init(name: "XML's size", offset: 88, value: 1 << 33, message: "its XML claims"),
        .init(name: "boot metadata's offset", offset: 104, value: 1 << 40, message: "of its boot image ends at byte"),
        .init(
            name: "integrity table's offset", offset: 132, value: 1 << 40, message: "its integrity table ends at byte"),
        .init(name: "integrity table's size", offset: 140, value: 1 << 33, message: "its integrity table claims"),
    ]

    private func change(_ bytes: inout [UInt8], _ lie: Lie) {
        for index in 0..<lie.width { bytes[lie.offset + index] = UInt8(truncatingIfNeeded: lie.value >> (8 * index)) }
    }

    @Test("a number that cannot be is named, and libwim never sees it", arguments: lies)
    func lie(lie: Lie) throws {
        var bytes = try bytes()
        _ = try WindowsImage(path: try folder.write(bytes, to: "sound.wim"))
        change(&bytes, lie)
        let path = try folder.write(bytes, to: "lie.wim")
        for open in [{ try WindowsImage(path: path) }, { try WindowsImage(joiningPartsOf: path) }] {
            let error = #expect(throws: WindowsImagingError.self) { try open() }
            #expect(error?.code == .damaged)
            #expect(error?.problem.contains(lie.message) == true, "\(String(describing: error))")
        }
    }

    @Test("a compressed list claims no more than a list of hashes can shrink to")
    func compressedList() throws {
        var bytes = try bytes()
        bytes[55] |= 4
        change(&bytes, .init(name: "", offset: 64, value: 1 << 30, message: ""))
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: try folder.write(bytes, to: "lie.wim"))
        }
        #expect(error?.problem.contains("its list of resources claims 1073741824 bytes") == true)
    }

    @Test("a list that fills a sparse file is no reason to read it", arguments: [48, 72, 124])
    func sparse(offset: Int) throws {
        var bytes = try bytes()
        let flags = bytes[offset + 7]
        for place in [offset, offset + 16] {
            change(&bytes, .init(name: "", offset: place, value: 1 << 34, message: ""))
        }
        bytes[offset + 7] = flags
        let path = try folder.write(bytes, to: "sparse.wim")
        try Program.succeed("truncate", ["--size=32G", path.string])
        let error = #expect(throws: WindowsImagingError.self) { try WindowsImage(path: path) }
        #expect(error?.problem.contains("claims 17179869184 bytes, and no archive has more") == true)
    }

    @Test("chunks that Windows does not read are told with the way out", arguments: [UInt64(0), 2 << 10, 128 << 20])
    func chunks(byteCount: UInt64) throws {
        var bytes = try bytes(["--compress=lzx"])
        change(&bytes, .init(name: "", offset: 20, value: byteCount, width: 4, message: ""))
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: try folder.write(bytes, to: "chunks.wim"))
        }
        #expect(error?.code == .unsupported)
        #expect(error?.nextStep?.contains("--compress=LZX --chunk-size=32K") == true)
    }

    @Test("every kind that wimlib writes is read, and its header told")
    func kinds() throws {
        typealias Kind = (
            options: [String], compression: WindowsImageHeader.Compression, chunk: Int, pipable: Bool, esd: Bool
        )
        let kinds: [Kind] = [
            (["--compress=none"], .none, 0, false, false), (["--compress=xpress"], .xpress, 32 << 10, false, false),
            (["--compress=xpress", "--chunk-size=4K"], .xpress, 4 << 10, false, false),
            (["--compress=lzx", "--chunk-size=2M"], .lzx, 2 << 20, false, false),
            (["--compress=lzms", "--chunk-size=64M"], .lzms, 64 << 20, false, true),
            (["--pipable", "--compress=lzx"], .lzx, 32 << 10, true, false),
            (["--solid", "--compress=lzx"], .lzx, 32 << 10, false, true),
        ]
        for kind in kinds {
            let header = try WindowsImage(path: try folder.write(try bytes(kind.options), to: "kind.wim")).header
            #expect(header.compression == kind.compression, "\(kind.options)")
            #expect(header.chunkByteCount == kind.chunk, "\(kind.options)")
            #expect(header.isPipable == kind.pipable, "\(kind.options)")
            #expect(header.hasFormatOfESD == kind.esd, "\(kind.options)")
            #expect(header.imageCount == 1 && header.part == 1 && header.partCount == 1)
        }
    }

    @Test("an archive that was written to a pipe has its header at its end, which is looked at as well")
    func pipe() throws {
        let source = try TestFolder()
        try source.write([1], to: "file")
        var bytes = try Program.run(
            "sh", ["-c", "wimlib-imagex capture \(source.path) - 2>/dev/null"]
        ).outputBytes
        _ = try WindowsImage(path: try folder.write(bytes, to: "pipe.wim"))
        change(
            &bytes, .init(name: "", offset: bytes.count - 208 + 44, value: 0x0F00_0001, width: 4, message: ""))
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: try folder.write(bytes, to: "pipe.wim"))
        }
        #expect(error?.problem.contains("claims 251658241 images") == true)
    }

    @Test("a further part claims no more images than the first")
    func parts() throws {
        var builder = BootImageBuilder(files: ["a": Array(repeating: 1, count: 900_000), "b": WindowsImageTests.large])
        builder.options = ["--compress=none"]
        let first = folder.appending("part.swm")
        try Program.succeed("wimlib-imagex", ["split", try builder.build(in: folder).string, first.string, "0.5"])
        _ = try WindowsImage(joiningPartsOf: first)
        var bytes = try SmallFile.read(folder.appending("part2.swm"))
        change(&bytes, .init(name: "", offset: 44, value: 0x0F00_0001, width: 4, message: ""))
        try folder.write(bytes, to: "part2.swm")
        let error = #expect(throws: WindowsImagingError.self) { try WindowsImage(joiningPartsOf: first) }
        #expect(error?.code == .damaged)
        #expect(error?.description.contains("part2.swm claims 251658241 images, and the first part 1") == true)
    }

    @Test("a file cut short inside its header is told from one that is no WIM")
    func short() throws {
        let bytes = try bytes()
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: try folder.write(Array(bytes[..<100]), to: "short.wim"))
        }
        #expect(error?.code == .damaged)
        #expect(error?.problem == "is cut short: it has 100 bytes, and its header alone 208")
    }
}
