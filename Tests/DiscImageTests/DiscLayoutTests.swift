// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

@Suite("A disc layout")
struct DiscLayoutTests {
    @Test("7z reads every file back, byte for byte and with its name")
    func isReadBy7z() throws {
        let disc = try SampleDisc.everything()
        let output = disc.folder.appending("out")
        try Program.succeed("7z", ["x", "-o\(output)", disc.image.string])
        for (name, bytes) in disc.files {
            #expect(try SmallFile.read(output.appending("\(name)")) == bytes, "\(name)")
        }
        let listing = try Program.succeed("7z", ["l", "-slt", disc.image.string]).output
        #expect(!listing.contains(";1"))
        #expect(!listing.contains("boot-catalog"))
        #expect(!listing.contains("padding"))
        #expect(listing.contains("SMS/PKG/ABC00001/leer"))
    }

    @Test("isoinfo sees no version numbers, in ISO 9660 and in Joliet")
    func hasNoVersionNumbers() throws {
        let disc = try SampleDisc.everything()
        for option in ["-R", "-J"] {
            let listing = try Program.succeed("isoinfo", [option, "-l", "-i", disc.image.string]).output
            #expect(!listing.contains(";1"))
            #expect(listing.uppercased().contains("BOOTMGR"))
        }
    }

    @Test("the directory record of BOOTMGR has just that name, as etfsboot.com wants it")
    func hasBareNames() throws {
        let disc = try SampleDisc.everything()
        // ECMA-119 9.1.10 and 9.1.11: the length of the name, then the name.
        let record = [7] + Array("BOOTMGR".utf8)
        let metadata = disc.layout.metadata
        #expect(metadata.indices.contains { metadata[$0...].starts(with: record) })
        let primary = try DiscReader(MemorySource(withoutJoliet(metadata)), name: "disc")
        #expect(primary.entries.contains { $0.path.description == "BOOTMGR" })
    }

    /// The image with a Joliet descriptor that nobody recognises, so that the primary tree is read.
    private func withoutJoliet(_ metadata: [UInt8]) -> [UInt8] {
        var bytes = metadata
        for block in 16..<20 where bytes[block * 2048] == 2 { bytes[block * 2048 + 88] = 0 }
        return bytes
    }

    @Test("xorriso sees one entry for BIOS and one for UEFI")
    func hasBootEntries() throws {
        let disc = try SampleDisc.everything()
        let report = try Program.succeed(
            "xorriso", ["-indev", disc.image.string, "-report_el_torito", "plain"]
        ).output
        let images = report.split(separator: "\n").filter { $0.hasPrefix("El Torito boot img") }
        #expect(images.count == 2)
        #expect(images.first?.contains("BIOS  y   none  0x0000  0x00      8") == true)
        #expect(images.last?.contains("UEFI  y   none  0x0000  0x00     80") == true)
        #expect(report.contains("/boot/etfsboot.com"))
        #expect(report.contains("/EFI/Microsoft/Boot/efisys.bin"))
    }

    @Test("our reader finds what was laid out, boot entries included")
    func isReadByUs() throws {
        let disc = try SampleDisc.everything()
        let reader = try DiscReader(path: disc.image)
        #expect(Set(reader.entries.filter { !$0.isFolder }.map(\.path.description)) == Set(disc.files.keys))
        #expect(reader.entry(try MediaPath("SMS/PKG/abc00001/LEER"))?.isFolder == true)
        #expect(reader.bootRecords.map(\.firmware) == [.bios, .uefi])
        #expect(reader.bootRecords.map(\.loadSectorCount) == [8, 80])
        let efisys = try #require(reader.entry(try MediaPath("EFI/Microsoft/Boot/efisys.bin")))
        #expect(reader.bootRecords.last?.offset == efisys.extents.first?.offset)
        #expect(efisys.modified == Timestamp(unixSeconds: 1_600_000_000))
        // Joliet keeps 16 characters of a label.
        #expect(reader.label == "Configuration Ma")
    }

    @Test("files of the same content share one extent")
    func sharesExtents() throws {
        let disc = try SampleDisc.everything()
        let reader = try DiscReader(path: disc.image)
        let first = try #require(reader.entry(try MediaPath("sources/boot.wim")))
        let second = try #require(reader.entry(try MediaPath("SMS/PKG/ABC00002/copy of boot.wim")))
        #expect(first.extents == second.extents)
    }

    @Test("content of 128 KiB and more begins on 4 KiB, and content lies in the order that was asked for")
    func alignsAndOrders() throws {
        let sizes = [100, 131_072, 2_049, 131_073, 1, 200_000, 131_071, 400_000]
        let files = try sizes.enumerated().map { index, size in
            MediaFile(
                path: try MediaPath("file\(index).bin"), byteCount: Int64(size),
                sha256: SHA256.digest(of: [UInt8(index)]), modified: Timestamp(unixSeconds: 0))
        }
        for count in 1...files.count {
            let layout = try DiscLayout(description(Array(files.prefix(count))))
            let offsets = files.prefix(count).compactMap { layout.contentOffsets[$0.sha256] }
            #expect(offsets.count == count)
            #expect(offsets == offsets.sorted())
            for (file, offset) in zip(files, offsets) where file.byteCount >= 128 << 10 {
                #expect(offset % 4096 == 0, "\(file.path) of \(count)")
            }
        }
    }

    private func description(_ files: [MediaFile], created: Int64 = 1_700_000_000) -> DiscDescription {
        DiscDescription(
            label: "Media", files: files, folders: [], bootEntries: [], created: Timestamp(unixSeconds: created),
            fileSystem: .iso)
    }

    @Test("a file of 5 GiB has several extents of whole blocks, and 7z knows its size")
    func laysOutLargeFiles() throws {
        let byteCount: Int64 = 5 << 30 | 1234
        let folder = try TestFolder()
        let large = MediaFile(
            path: try MediaPath("SMS/PKG/ABC00001/install.wim"), byteCount: byteCount,
            sha256: SHA256.digest(of: [1]), modified: Timestamp(unixSeconds: 0))
        let layout = try DiscLayout(description([large]))
        #expect(layout.imageByteCount > byteCount)
        let image = try folder.write(layout.metadata, to: "large.iso")
        let descriptor = try FileDescriptor.open(image, .readWrite)
        try descriptor.closeAfter { try descriptor.resize(to: layout.imageByteCount) }
        let entry = try #require(try DiscReader(path: image).entry(large.path))
        #expect(entry.byteCount == byteCount)
        #expect(entry.extents.count > 1)
        #expect(entry.extents.dropLast().allSatisfy { $0.byteCount % 2048 == 0 })
        #expect(entry.contiguousOffset == layout.contentOffsets[large.sha256])
        let listing = try Program.succeed("7z", ["l", "-slt", image.string]).output
        #expect(listing.contains("Size = \(byteCount)"))
    }

    @Test("the same description gives the same bytes a second later")
    func isReproducible() throws {
        let files = [
            MediaFile(
                path: try MediaPath("a/b.txt"), byteCount: 5, sha256: SHA256.digest(of: [1]),
                modified: Timestamp(unixSeconds: 1_234_567_890))
        ]
        let first = try DiscLayout(description(files, created: 0))
        // Long enough for the clock's second to change.
        usleep(1_100_000)
        #expect(try DiscLayout(description(files, created: 0)) == first)
    }

    @Test("names that no disc can hold are refused before anything is written", arguments: [103, 104, 200])
    func limitsNames(length: Int) throws {
        let file = MediaFile(
            path: try MediaPath("SMS/" + String(repeating: "n", count: length)), byteCount: 1,
            sha256: SHA256.digest(of: [1]), modified: Timestamp(unixSeconds: 0))
        if length <= 103 {
            #expect(try DiscLayout(description([file])).imageByteCount > 0)
        } else {
            let error = #expect(throws: DiscImageError.self) { try DiscLayout(description([file])) }
            #expect(error?.code == .unsuitableName)
            #expect(error?.failureClass == .malformed)
        }
    }

    @Test("two names that Windows takes for one are refused, and so is a boot image that is not there")
    func refusesContradictions() throws {
        func file(_ name: String) throws -> MediaFile {
            MediaFile(
                path: try MediaPath(name), byteCount: 1, sha256: SHA256.digest(of: [1]),
                modified: Timestamp(unixSeconds: 0))
        }
        let files = [try file("SMS/Setup.exe"), try file("sms/SETUP.EXE")]
        let twice = #expect(throws: DiscImageError.self) { try DiscLayout(description(files)) }
        #expect(twice?.code == .duplicateName)
        var withBoot = description([try file("a")])
        withBoot.bootEntries = [
            DiscBootEntry(firmware: .uefi, imagePath: try MediaPath("missing.bin"), loadSectorCount: 1)
        ]
        let missing = #expect(throws: DiscImageError.self) { try DiscLayout(withBoot) }
        #expect(missing?.code == .bootImageMissing)
    }

    @Test("20,000 files in one folder keep their names")
    func holdsManyFiles() throws {
        let files = try (0..<20_000).map { number in
            MediaFile(
                path: try MediaPath("SMS/PKG/ABC00001/a file with a long name \(number).txt"), byteCount: 1,
                sha256: SHA256.digest(of: Array("\(number)".utf8)), modified: Timestamp(unixSeconds: 0))
        }
        let layout = try DiscLayout(description(files))
        #expect(layout.contentOffsets.count == files.count)
        #expect(Set(layout.contentOffsets.values).count == files.count)
    }

    private func file(_ path: String, byteCount: Int64 = 1) throws -> MediaFile {
        MediaFile(
            path: try MediaPath(path), byteCount: byteCount, sha256: SHA256.digest(of: path.utf8),
            modified: Timestamp(unixSeconds: 0))
    }

    @Test("names are found whatever order Joliet gives them, and folders that differ in case only are one")
    func findsAllNames() throws {
        // UTF-16 puts the surrogates of 😀 before U+FF5E, UTF-8 puts them behind.
        let names = ["a", "B", "b.txt", "~", "é", "\u{FF5E}", "😀", "\u{FFFD}", "😀\u{FF5E}", "日本"]
        let folders = ["", "Drivers/", "drivers/", "DRIVERS/x/", "Drivers/X/y/", "\u{FF5E}/", "😀/"]
        let files = try folders.enumerated().flatMap { number, folder in
            try names.map { try file("\(folder)\(number)\($0)") }
        }
        for files in [files, files.reversed(), files.shuffled()] {
            let layout = try DiscLayout(description(files))
            #expect(files.allSatisfy { layout.contentOffsets[$0.sha256] != nil })
            let reader = try DiscReader(MemorySource(layout.metadata), name: "layout")
            for file in files {
                #expect(reader.entry(file.path)?.contiguousOffset == layout.contentOffsets[file.sha256])
            }
        }
    }

    @Test("a name that libisofs changes is refused", arguments: ["a;b", "SMS/;"])
    func refusesChangedNames(name: String) throws {
        let error = #expect(throws: DiscImageError.self) {
            try DiscLayout(description([try file("x"), try file(name), try file("y")]))
        }
        #expect(error?.code == .unsuitableName)
        #expect(error?.description.contains(name) == true)
    }

    @Test("the order of the files decides the order of their content, not what the directories hold")
    func orderDoesNotChangeDirectories() throws {
        let files = try (0..<300).map { try file("folder\($0 % 7)/sub\($0 % 3)/file\($0)") }
        let layouts = try [files, files.reversed()].map { try DiscLayout(description($0)) }
        #expect(layouts[0].metadata.count == layouts[1].metadata.count)
        #expect(layouts[0].imageByteCount == layouts[1].imageByteCount)
        let offsets = files.map { layouts[0].contentOffsets[$0.sha256] ?? 0 }
        #expect(offsets == offsets.sorted())
        #expect(files.map { layouts[1].contentOffsets[$0.sha256] ?? 0 } == offsets.reversed())
    }

    @Test(
        "very many large contents, each with padding before it, take no longer than small ones", .timeLimit(.minutes(1))
    )
    func padsManyContents() throws {
        let files = try (0..<30_000).map { try file("SMS/PKG/ABC00001/file\($0)", byteCount: 131_073) }
        let layout = try DiscLayout(description(files))
        #expect(layout.contentOffsets.values.allSatisfy { $0.isMultiple(of: 4096) })
    }
}
