// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsImaging

@Suite struct WindowsImageTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    static let manager = Array("the boot manager".utf8)
    static let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    static let files: [String: [UInt8]] = [
        "Windows/Boot/PCAT/bootmgr": manager,
        "Windows/Boot/Fonts/wgl4_boot.ttf": large,
        "Windows/Boot/Fonts/Türkçe.ttf": [],
        "Windows/System32/drivers/etc/hosts": Array("127.0.0.1".utf8),
    ]

    func image(_ change: (inout BootImageBuilder) -> Void = { _ in }) throws -> WindowsImage {
        var builder = BootImageBuilder(files: Self.files)
        change(&builder)
        return try WindowsImage(path: try builder.build(in: folder))
    }

    @Test("properties come from the XML", arguments: [(0, Architecture.x86), (9, .x64), (12, .arm64)])
    func properties(value: Int, architecture: Architecture) throws {
        let image = try image {
            $0.architecture = value
            $0.options += [
                "--image-property=WINDOWS/VERSION/MAJOR=10", "--image-property=WINDOWS/VERSION/MINOR=0",
                "--image-property=WINDOWS/VERSION/BUILD=26100", "--image-property=WINDOWS/EDITIONID=WindowsPE",
            ]
        }
        let properties = try image.properties(ofImage: 1)
        #expect(image.imageCount == 1)
        #expect(image.bootIndex == 1)
        #expect(properties.index == 1)
        #expect(properties.name == "Test boot image")
        #expect(properties.description == "made by a test")
        #expect(properties.architecture == architecture)
        #expect(properties.version == "10.0.26100")
        #expect(properties.edition == "WindowsPE")
        #expect(properties.fileCount == 4)
        #expect(properties.totalByteCount == Int64(Self.files.values.map(\.count).reduce(0, +)))
    }

    @Test("an image without Windows properties has neither architecture nor version")
    func plainImage() throws {
        let image = try image {
            $0.architecture = nil
            $0.options = ["--compress=none"]
        }
        let properties = try image.properties(ofImage: 1)
        #expect(properties.architecture == nil)
        #expect(properties.version == nil)
        #expect(image.bootIndex == 0)
    }

    @Test("other architectures are refused", arguments: [5, 6, -1])
    func foreignArchitecture(value: Int) throws {
        let image = try image { $0.architecture = value }
        let error = #expect(throws: WindowsImagingError.self) { try image.properties(ofImage: 1) }
        #expect(error?.code == .unsupportedArchitecture)
    }

    @Test("an image number that does not exist is an error", arguments: [-1, 0, 2, Int.max])
    func imageIndex(index: Int) throws {
        let image = try image()
        let path = try MediaPath("Windows")
        for operation in [
            { _ = try image.properties(ofImage: index) }, { _ = try image.entry(path, inImage: index) },
            { _ = try image.children(of: path, inImage: index) },
            { _ = try image.contents(of: path, inImage: index, limit: 10) },
        ] as [() throws -> Void] {
            let error = #expect(throws: WindowsImagingError.self) { try operation() }
            #expect(error?.code == .imageNotFound)
            #expect(error?.failureClass == .notFound)
        }
    }

    @Test("paths are found without case and told as they are stored")
    func lookUp() throws {
        let image = try image()
        let file = try #require(try image.entry(try MediaPath("WINDOWS\\boot\\pcat\\BOOTMGR"), inImage: 1))
        #expect(file.path.description == "Windows/Boot/PCAT/bootmgr")
        #expect(file.byteCount == Self.manager.count)
        #expect(file.isPlainFile)
        #expect(file.modified.unixSeconds > 1_700_000_000)
        let directory = try #require(try image.entry(try MediaPath("windows/boot"), inImage: 1))
        #expect(directory.isDirectory)
        #expect(!directory.isPlainFile)
        #expect(try image.entry(try MediaPath("Windows/Boot/EFI"), inImage: 1) == nil)
        #expect(try image.entry(try MediaPath("Windows/Boot/PCAT/bootmgr/x"), inImage: 1) == nil)
    }

    @Test("the time of a file is the time it was captured with")
    func time() throws {
        let source = try TestFolder()
        let file = try source.write([1], to: "file")
        _ = try Program.run("touch", ["-d", "2039-05-06T07:08:09.5Z", file.string])
        let wim = folder.appending("time.wim")
        _ = try Program.run("wimlib-imagex", ["capture", source.path.string, wim.string])
        let entry = try #require(try WindowsImage(path: wim).entry(try MediaPath("file"), inImage: 1))
        // 2039 needs more than 31 bits of seconds.
        #expect(entry.modified == Timestamp(unixSeconds: 2_188_278_489, nanoseconds: 500_000_000))
    }

    @Test("children are listed by name, also when their names are not ASCII; an absent folder has none")
    func children() throws {
        let image = try image()
        let fonts = try image.children(of: try MediaPath("windows/BOOT/fonts"), inImage: 1)
        #expect(fonts.map(\.path.name) == ["Türkçe.ttf", "wgl4_boot.ttf"])
        #expect(fonts.map(\.path.parent?.description) == ["Windows/Boot/Fonts", "Windows/Boot/Fonts"])
        #expect(try image.children(of: try MediaPath("Windows/Nothing"), inImage: 1).isEmpty)
        #expect(try image.children(of: try MediaPath("Windows/Boot/PCAT/bootmgr"), inImage: 1).isEmpty)
    }
}
