// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import VolumeCapture

/// Volumes that are captured in tests, in files.
struct CapturedVolumes {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A volume of FAT32 with long and short names, every DOS attribute, empty files and folders, and two files of one content.
    func fat(_ name: String = "fat.img") throws -> FilePath {
        let image = folder.appending(name)
        try Program.succeed("truncate", ["--size", "48M", image.string])
        try Program.succeed("mkfs.fat", ["-F", "32", "-s", "1", "-n", "DATA", image.string])
        let files = folder.appending("\(name)-files")
        try TestFolder.write(Array(repeating: UInt8(ascii: "a"), count: 200_000), to: files.appending("plain.txt"))
        try TestFolder.write(
            Array(repeating: UInt8(ascii: "a"), count: 200_000), to: files.appending("a long name.text"))
        try TestFolder.write(
            (0..<300_001).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7 &* 2_654_435_761 >> 11) },
            to: files.appending("Sub folder/Mixed Case.bin"))
        try TestFolder.write([], to: files.appending("Sub folder/empty.txt"))
        try TestFolder.makeFolder(files.appending("NOTHING"))
        try TestFolder.write("page".utf8, to: files.appending("PAGEFILE.SYS"))
        for path in ["plain.txt", "a long name.text", "Sub folder", "NOTHING", "PAGEFILE.SYS"] {
            try Program.succeed("mcopy", ["-s", "-m", "-i", image.string, files.appending(path).string, "::"])
        }
        try Program.succeed("mattrib", ["+r", "+h", "+s", "-i", image.string, "::plain.txt"])
        try Program.succeed("mattrib", ["-a", "-i", image.string, "::a long name.text"])
        try Program.succeed("mattrib", ["+h", "-i", image.string, "::NOTHING"])
        return image
    }

    /// The volume of `WindowsTree`.
    func ntfs() throws -> FilePath { try WindowsTree.image() }

    func volume(_ node: FilePath, _ fileSystem: CaptureVolume.FileSystem, _ name: String) -> CaptureVolume {
        CaptureVolume(node: node, title: name, fileSystem: fileSystem, imageName: name)
    }

    /// Captures `volumes` to a file of this folder.
    @discardableResult
    func capture(
        _ volumes: [CaptureVolume], to name: String = "captured.wim",
        _ description: CaptureDescription = CaptureDescription()
    ) throws -> FilePath {
        let capture = try VolumeCapture(volumes, description, interruption: Interruption())
        try capture.list()
        let file = folder.appending(name)
        try capture.write(to: file, threadCount: 2)
        return file
    }
}
