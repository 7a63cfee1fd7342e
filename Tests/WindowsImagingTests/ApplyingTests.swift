// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

@Suite(
    "Images that are applied to volumes of NTFS",
    .enabled(if: WindowsTree.isPossible, Comment(rawValue: WindowsTree.reason)))
struct ApplyingTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func volume(_ name: String = "volume.img") throws -> FilePath {
        let path = folder.appending(name)
        try Program.succeed("truncate", ["--size", "64M", path.string])
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", path.string])
        return path
    }

    private func listing(_ volume: FilePath) throws -> ImageListing {
        let captured = folder.appending("captured.wim")
        try? Folder.removeFile(captured)
        try Program.succeed("wimlib-imagex", ["capture", volume.string, captured.string, "x", "--compress=none"])
        return try ImageListing(captured)
    }

    private func archive(_ options: [String] = ["--compress=LZX"]) throws -> FilePath {
        let path = folder.appending("image.wim")
        try WindowsTree.capture(to: path, options)
        return path
    }

    @Test("a volume has everything of the image, as when wimlib-imagex applies it")
    func whole() throws {
        let (archive, volume) = (try archive(), try volume())
        try WindowsImage(path: archive).apply(image: 1, toNTFS: volume, interruption: Interruption())
        let expected = try WindowsTree.applied(archive)
        #expect(expected.entries.count > 15)
        #expect(try listing(volume).differences(from: expected) == [])
    }

    @Test("parts of a split archive in three folders are applied as one; without one of them nothing is")
    func parts() throws {
        let whole = try archive(["--compress=none"])
        try Program.succeed("wimlib-imagex", ["split", whole.string, folder.appending("part.swm").string, "0.1"])
        var parts: [FilePath] = []
        for number in 1...9 {
            let part = folder.appending("part.swm").part(number)
            guard (try? Stat(part)) != nil else { break }
            let target = folder.appending("folder \(number)")
            try TestFolder.makeFolder(target)
            let moved = target.appending("any name \(number)")
            try Program.succeed("mv", [part.string, moved.string])
            parts.append(moved)
        }
        #expect(parts.count >= 3)
        let volume = try volume()
        try WindowsImage(path: parts[0], parts: Array(parts.dropFirst().reversed()))
            .apply(image: 1, toNTFS: volume, interruption: Interruption())
        #expect(try listing(volume).differences(from: try WindowsTree.applied(whole)) == [])
        let incomplete = try WindowsImage(path: parts[0], parts: Array(parts.dropFirst(2)))
        let error = #expect(throws: WindowsImagingError.self) {
            try incomplete.apply(image: 1, toNTFS: try self.volume("other.img"), interruption: Interruption())
        }
        #expect(error?.code == .incomplete)
        #expect(throws: WindowsImagingError.self) { try WindowsImage(path: parts[0]) }
    }

    @Test("what the volume has already at its root is left out")
    func leftOut() throws {
        let (archive, volume) = (try archive(), try volume())
        try WindowsImage(path: archive).apply(
            image: 1, toNTFS: volume, leavingOut: ["USERS", "bootmgr", "not there", "a:b"], interruption: Interruption()
        )
        let paths = try listing(volume).entries.keys
        #expect(!paths.contains { $0.contains("/Users") || $0.contains("/bootmgr") })
        #expect(paths.contains { $0.contains("/Windows/System32") })
    }

    @Test("one bit of a file that is wrong is told while it is applied")
    func damaged() throws {
        let archive = try archive(["--compress=none"])
        var bytes = try SmallFile.read(archive)
        let place = try #require(bytes.firstRange(of: Array("kernel kernel".utf8))).lowerBound
        bytes[place + 100_000] ^= 1
        try folder.write(bytes, to: "image.wim")
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: archive).apply(image: 1, toNTFS: try volume(), interruption: Interruption())
        }
        #expect(error?.code == .damaged, "\(String(describing: error))")
    }

    @Test("it stops when it is asked to, and tells how far it is")
    func interrupted() throws {
        let interruption = Interruption()
        let error = #expect(throws: WindowsImagingError.self) {
            try WindowsImage(path: try archive()).apply(
                image: 1, toNTFS: try volume(), interruption: interruption,
                progress: ChangingObserver { interruption.request() })
        }
        #expect(error?.code == .interrupted)
    }

    @Test("an image that is not there, and a volume that is none, are told")
    func wrong() throws {
        let image = try WindowsImage(path: try archive())
        for (index, target) in [
            (2, try volume()), (0, try volume("b.img")), (1, try folder.write([1, 2], to: "none")),
        ] {
            #expect(throws: WindowsImagingError.self) {
                try image.apply(image: index, toNTFS: target, interruption: Interruption())
            }
        }
    }
}
