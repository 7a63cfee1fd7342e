// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture
import WindowsImaging

@Suite("several volumes become one archive", .enabled(if: WindowsTree.isPossible))
struct SeveralVolumesTests {
    private let volumes: CapturedVolumes

    init() throws { volumes = try CapturedVolumes() }

    private func info(_ file: FilePath, _ index: Int) throws -> [String: String] {
        let output = try Program.succeed("wimlib-imagex", ["info", file.string, "\(index)"]).output
        var values: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = parts[1].trimming(\.isWhitespace).description
        }
        return values
    }

    @Test(
        "images have the order of the volumes, whichever file systems these have",
        arguments: [[0, 1], [1, 0], [0, 1, 0], [1, 1, 0]])
    func order(kinds: [Int]) throws {
        let (ntfs, fat) = (try volumes.ntfs(), try volumes.fat())
        let list = kinds.enumerated().map { number, kind in
            volumes.volume(kind == 0 ? ntfs : fat, kind == 0 ? .ntfs : .fat32, "image \(number + 1)")
        }
        let file = try volumes.capture(list)
        try Program.succeed("wimlib-imagex", ["verify", file.string])
        let archive = try WindowsImage(path: file)
        #expect(archive.imageCount == kinds.count)
        for (number, kind) in kinds.enumerated() {
            let values = try info(file, number + 1)
            #expect(values["Name"] == "image \(number + 1)")
            let listing = try ImageListing(file, index: number + 1)
            #expect(listing.entries.keys.contains("\"/plain.txt\"") == (kind == 1))
            #expect(listing.entries.keys.contains("\"/Windows/System32/kernel.dll\"") == (kind == 0))
        }
        // 7-Zip reads the same from lists of its own.
        let listed = try Program.succeed("7z", ["t", file.string]).output
        #expect(listed.contains("Everything is Ok"))
    }

    @Test("what two volumes have in common is there once, and each gets it back")
    func shared() throws {
        let fat = try volumes.fat()
        let one = try volumes.capture([volumes.volume(fat, .fat32, "one")], to: "one.wim")
        let two = try volumes.capture(
            [volumes.volume(fat, .fat32, "one"), volumes.volume(fat, .fat32, "two")], to: "two.wim")
        let sizes = try [one, two].map { try FileIdentity(of: $0).byteCount }
        #expect(sizes[1] - sizes[0] < 4_000)
        for index in [1, 2] {
            let applied = volumes.folder.appending("applied-\(index)")
            try Program.succeed("wimlib-imagex", ["apply", two.string, "\(index)", applied.string])
            try Program.succeed(
                "diff",
                ["-r", "--exclude=PAGEFILE.SYS", volumes.folder.appending("fat.img-files").string, applied.string])
        }
    }

    @Test("what is said of the image stands in its XML, and counts are those of the files")
    func properties() throws {
        let file = try volumes.capture(
            [volumes.volume(try volumes.ntfs(), .ntfs, "Windows"), volumes.volume(try volumes.fat(), .fat32, "Data")],
            CaptureDescription(createdBy: "A & <B>", version: "2.1", description: "Reference\u{1}"))
        for (index, name) in [(1, "Windows"), (2, "Data")] {
            let values = try info(file, index)
            #expect(values["Name"] == name)
            #expect(values["Description"] == "Reference")
            let archive = try WindowsImage(path: file)
            #expect(try archive.property("TSMEDIA/CREATEDBY", ofImage: index) == "A & <B>")
            #expect(try archive.property("TSMEDIA/VERSION", ofImage: index) == "2.1")
        }
        let values = try info(file, 2)
        #expect(values["File Count"] == "4")
        #expect(values["Directory Count"] == "3")
        #expect(values["Total Bytes"] == "700001")
    }

    @Test("an image that is there is replaced when the new one is whole, and stays when there is none")
    func replacing() throws {
        let fat = volumes.volume(try volumes.fat(), .fat32, "Data")
        let file = volumes.folder.appending("captured.wim")
        try TestFolder.write("the old one".utf8, to: file)
        let interruption = Interruption()
        let capture = try VolumeCapture([fat], CaptureDescription(), interruption: interruption)
        try capture.list()
        interruption.request()
        #expect(throws: (any Error).self) { try capture.write(to: file, threadCount: 1) }
        #expect(try SmallFile.read(file) == Array("the old one".utf8))
        #expect(
            try Program.succeed("ls", ["-A", volumes.folder.path.string]).output.contains("tsmedia-partial") == false)
        try volumes.capture([fat])
        try Program.succeed("wimlib-imagex", ["verify", file.string])
    }
}
