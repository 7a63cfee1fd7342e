// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// Lists of files that somebody made to harm whoever reads them.
@Suite("Hostile trees of images")
struct HostileTreeTests {
    private let folder: TestFolder
    private let image: HostileImage

    init() throws {
        folder = try TestFolder()
        image = try HostileImage(
            try BootImageBuilder(files: [
                "alpha/one.txt": Array("one".utf8), "alpha/two.txt": Array("two".utf8),
                "beta/gamma/deep.txt": Array("deep".utf8), "top.txt": Array("top".utf8),
            ]).build(in: folder))
    }

    /// What comes of reading the image with a change.
    private func code(_ change: (inout HostileImage) throws -> Void) throws -> WindowsImagingError.Code? {
        var changed = image
        try change(&changed)
        try folder.write(changed.bytes, to: "changed.wim")
        do {
            let tree = try WindowsImageTree(WindowsImage(path: folder.appending("changed.wim")), index: 1)
            _ = try WindowsImageOverlay(tree, files: [], folders: [])
            return nil
        } catch let error as WindowsImagingError {
            #expect(!error.object.contains("\n") && !error.problem.contains("\n"))
            return error.code
        }
    }

    @Test("what is sound is read")
    func sound() throws { #expect(try code { _ in } == nil) }

    @Test("folders that hold each other, or themselves, are an error and no endless list")
    func circles() throws {
        let root = try image.listOffset(of: nil)
        #expect(try code { try $0.setList(of: "alpha", to: root) } == .damaged)
        #expect(try code { try $0.setList(of: "beta", to: root) } == .damaged)
        #expect(try code { try $0.setList(of: "gamma", to: try $0.listOffset(of: "beta")) } == .damaged)
    }

    @Test(
        "lists past the end are an error, wherever they claim to be",
        arguments: [1 << 20, 1 << 40, .max, .max - 7, 1 << 63] as [UInt64])
    func pastTheEnd(offset: UInt64) throws {
        #expect(try code { try $0.setList(of: "alpha", to: offset) } == .damaged)
    }

    @Test("entries that claim another length than they have are an error")
    func lengths() throws {
        for length: UInt64 in [9, 101, 1 << 16, 1 << 32, .max, .max - 6] {
            #expect(try code { try $0.change("one.txt") { $0.set(length, at: 0) } } == .damaged, "\(length)")
        }
        // The bytes of the name, of the short name, and the number of streams.
        for field in [100, 98, 96] {
            #expect(try code { try $0.change("one.txt") { $0.set(UInt16.max, at: field) } } == .damaged, "\(field)")
        }
        #expect(try code { try $0.change("one.txt") { $0.set(UInt16(13), at: 100) } } == .damaged)
    }

    @Test("a table of security descriptors that claims too much is an error")
    func securityTable() throws {
        for (length, count): (UInt32, UInt32) in [(.max, 0), (8, 1), (8, .max), (16, 2), (1 << 31, 1 << 28)] {
            let found = try code {
                try $0.changeMetadata {
                    $0.set(length, at: 0); $0.set(count, at: 4)
                }
            }
            #expect(found == .damaged, "\(length) \(count)")
        }
    }

    @Test("names that no file has, and two of one folder that are the same, are an error")
    func names() throws {
        for name in ["..\u{0}.txt", "o/e.txt", "o\\e.txt", "o\u{0}e.txt"] {
            #expect(try code { try $0.rename("one.txt", to: name) } == .hostileName, "\(name)")
        }
        #expect(try code { try $0.rename("one.txt", to: "two.txt") } == .hostileName)
        #expect(try code { try $0.change("one.txt") { $0.setName("..") } } == .hostileName)
        #expect(try code { try $0.change("one.txt") { $0.setName("") } } == .hostileName)
        // Windows can keep names apart that differ in case.
        #expect(try code { try $0.rename("one.txt", to: "TWO.TXT") } == nil)
    }

    @Test("a file whose content is not in the archive is an error that names it")
    func missingStream() throws {
        var changed = image
        try changed.change("deep.txt") { $0[64] ^= 1 }
        try folder.write(changed.bytes, to: "changed.wim")
        let tree = try WindowsImageTree(WindowsImage(path: folder.appending("changed.wim")), index: 1)
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImageOverlay(tree, files: [], folders: [])
        }
        #expect(error?.code == .incomplete)
        #expect(error?.object.contains("beta\\gamma\\deep.txt") == true)
    }

    @Test("resources that lie over each other are not copied, so that small archives do not grow large")
    func overlappingStreams() throws {
        var changed = image
        try changed.overlapResources()
        try folder.write(changed.bytes, to: "changed.wim")
        let tree = try WindowsImageTree(WindowsImage(path: folder.appending("changed.wim")), index: 1)
        let layout = WindowsImageLayout(
            WindowsImageDescription(
                name: "x", properties: [], compression: .none, hasIntegrityTable: false, guid: Array(1...16),
                created: Timestamp(unixSeconds: 0)),
            files: [], folders: [], over: try WindowsImageOverlay(tree, files: [], folders: []))
        #expect(!layout.copiesStreams)
    }

    @Test("a pipable archive, whose resources no other can hold, is refused")
    func pipable() throws {
        let file = folder.appending("pipable.wim")
        try Program.succeed(
            "wimlib-imagex", ["export", folder.appending("boot.wim").string, "1", file.string, "--pipable"])
        let image = try WindowsImage(path: file)
        let error = #expect(throws: WindowsImagingError.self) { try WindowsImageTree(image, index: 1) }
        #expect(error?.code == .unsupported)
    }

    @Test("whatever byte of the list of files is another, nothing crashes and nothing is endless")
    func anyByte() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<Rounds.of(60) {
            _ = try code { image in
                try image.changeMetadata { bytes in
                    for _ in 0..<Int.random(in: 1...3, using: &generator) {
                        let place = Int.random(in: 0..<bytes.count, using: &generator)
                        bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    }
                }
            }
        }
    }
}
