// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsImaging

@Suite struct ExtractionTests {
    let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private func image(_ options: [String] = ["--compress=none"]) throws -> WindowsImage {
        var builder = BootImageBuilder(files: WindowsImageTests.files)
        builder.options = options
        return try WindowsImage(path: try builder.build(in: folder))
    }

    @Test(
        "contents are the same for every kind of compression",
        arguments: [["--compress=none"], ["--compress=xpress"], ["--compress=lzx"], ["--solid"], ["--pipable"]])
    func compression(options: [String]) throws {
        let image = try image(options)
        for (path, contents) in WindowsImageTests.files {
            #expect(try image.contents(of: try MediaPath(path), inImage: 1, limit: 1 << 20) == contents)
        }
        try image.verify()
    }

    @Test("a batch keeps its order, and a file may be in it twice")
    func batch() throws {
        let paths = try ["windows/boot/fonts/WGL4_boot.ttf", "Windows/Boot/PCAT/bootmgr", "Windows/boot/pcat/BOOTMGR"]
            .map { try MediaPath($0) }
        let files = try image().contents(of: paths, inImage: 1, limit: 1 << 20, totalLimit: 1 << 20)
        #expect(
            files.map(\.contents) == [WindowsImageTests.large, WindowsImageTests.manager, WindowsImageTests.manager])
        #expect(files[0].entry.path.name == "wgl4_boot.ttf")
        #expect(try image().contents(of: [], inImage: 1, limit: 1, totalLimit: 1).isEmpty)
    }

    @Test("a file is written to a descriptor from where it stands")
    func descriptor() throws {
        let target = folder.appending("out")
        let descriptor = try FileDescriptor.open(
            target, .writeOnly, options: [.create], permissions: FilePermissions(rawValue: 0o600))
        try descriptor.closeAfter {
            try descriptor.writeAll([7])
            try image().extract(try MediaPath("Windows/Boot/Fonts/wgl4_boot.ttf"), fromImage: 1, to: descriptor)
        }
        #expect(try SmallFile.read(target) == [7] + WindowsImageTests.large)
    }

    @Test("a full device is an error without room, not a damaged image")
    func fullDevice() throws {
        let descriptor = try FileDescriptor.open("/dev/full", .writeOnly)
        defer { try? descriptor.close() }
        let image = try image()
        let error = #expect(throws: WindowsImagingError.self) {
            try image.extract(try MediaPath("Windows/Boot/PCAT/bootmgr"), fromImage: 1, to: descriptor)
        }
        #expect(error?.code == .noSpace)
        #expect(error?.failureClass == .cannotCreate)
    }

    @Test("nothing is left behind, after success or failure")
    func nothingLeft() throws {
        let image = try image()
        let staging = try TestFolder()
        let sink = try FileDescriptor.open("/dev/null", .writeOnly)
        defer { try? sink.close() }
        try image.extract(
            try MediaPath("Windows/Boot/PCAT/bootmgr"), fromImage: 1, to: sink, stagingFolder: staging.path)
        #expect(throws: WindowsImagingError.self) {
            try image.extract(
                try MediaPath("Windows/Boot/PCAT/absent"), fromImage: 1, to: sink, stagingFolder: staging.path)
        }
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        defer { try? full.close() }
        #expect(throws: WindowsImagingError.self) {
            try image.extract(
                try MediaPath("Windows/Boot/PCAT/bootmgr"), fromImage: 1, to: full, stagingFolder: staging.path)
        }
        #expect(try Program.run("ls", ["-A", staging.path.string]).output == "")
    }

    @Test("a staging folder that does not exist is an error that names it")
    func noStagingFolder() throws {
        let image = try image()
        let sink = try FileDescriptor.open("/dev/null", .writeOnly)
        defer { try? sink.close() }
        let error = #expect(throws: WindowsImagingError.self) {
            try image.extract(
                try MediaPath("Windows/Boot/PCAT/bootmgr"), fromImage: 1, to: sink,
                stagingFolder: folder.appending("absent"))
        }
        #expect(error?.failureClass == .notFound)
        #expect(error?.description.contains("absent") == true)
    }

    @Test("limits hold for one file and for all together")
    func limits() throws {
        let image = try image()
        let font = try MediaPath("Windows/Boot/Fonts/wgl4_boot.ttf")
        let count = WindowsImageTests.large.count
        #expect(try image.contents(of: font, inImage: 1, limit: count).count == count)
        for (limit, total) in [(count - 1, count * 4), (count, count * 2 - 1)] {
            let error = #expect(throws: WindowsImagingError.self) {
                try image.contents(of: [font, font], inImage: 1, limit: limit, totalLimit: total)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("an absent file, a folder and a link are told apart from a file")
    func notFiles() throws {
        var builder = BootImageBuilder(files: WindowsImageTests.files)
        builder.links = ["Windows/Boot/link": "PCAT/bootmgr", "Links/all": "/etc"]
        let image = try WindowsImage(path: try builder.build(in: folder))
        for (path, code) in [
            ("Windows/Boot/absent", WindowsImagingError.Code.pathNotFound), ("Windows/Boot", .notAFile),
            ("Windows/Boot/link", .notAFile), ("Links/all", .notAFile), ("Links/all/passwd", .pathNotFound),
        ] {
            let error = #expect(throws: WindowsImagingError.self, "\(path)") {
                try image.contents(of: try MediaPath(path), inImage: 1, limit: 1 << 20)
            }
            #expect(error?.code == code, "\(path)")
        }
    }
}
