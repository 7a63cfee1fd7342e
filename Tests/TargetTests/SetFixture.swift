// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A set of three discs, and discs that are none of it.
final class SetFixture: @unchecked Sendable {
    private static let tool = "ABC00021"
    private static let image = "ABC00022"
    private static let drivers = "ABC00023"
    private static let largeImage = "ABC00024"
    /// A disc holds what starts the computer and little else, or a content.
    private static let capacity = "80MB"

    /// The discs in their order.
    let discs: [String]
    /// The second disc of another set.
    let other: String
    /// A disc without media on it.
    let noMedia: String
    /// A disc without anything on it.
    let empty: String
    private let deployment: Deployment

    static let shared = Result { try SetFixture(Deployment.shared.get()) }

    private init(_ deployment: Deployment) throws {
        self.deployment = deployment
        try Self.addContents(deployment)
        let drivers = TS.step(
            "Drivers", "ApplyDriverPackage", [("DriverPackageID", Self.drivers), ("Recurse", "true")])
        let steps = Self.steps(Self.image, drivers)
        func make(_ name: String, _ steps: String) throws -> [String] {
            try Self.discs(deployment, name, steps, [Self.tool, Self.image, Self.drivers], Self.capacity)
        }
        discs = try make("whole", steps)
        other = try make("other", TS.command("Other", "true") + steps)[1]
        let folder = deployment.session.work.appending("holiday")
        try TestFolder.write("pictures\n".utf8, to: folder.appending("readme.txt"))
        noMedia = "holiday.iso"
        try Program.succeed(
            "xorriso",
            [
                "-as", "mkisofs", "-quiet", "-o", deployment.session.folder.appending(noMedia).string, folder.string,
            ])
        empty = "empty.iso"
        try Program.succeed(
            "truncate", ["--size", "4M", deployment.session.folder.appending(empty).string])
    }

    /// What a set deploys: the tool of the first disc is used before and behind the image.
    private static func steps(_ image: String, _ more: String = "") -> String {
        TS.partition
            + TS.step("First", "RunCommandLine", [("CommandLine", "sh tool.sh first"), ("PackageID", tool)])
            + TS.step(
                "Apply Operating System", "ApplyOperatingSystem",
                [("ImagePackageID", image), ("ImageIndex", "1"), ("DestinationVariable", "OSDisk")]) + more
            + TS.step("Second", "RunCommandLine", [("CommandLine", "sh tool.sh second"), ("PackageID", tool)])
            + TS.setup
    }

    /// Makes a set, and returns its discs.
    private static func discs(
        _ deployment: Deployment, _ name: String, _ steps: String, _ packages: [String], _ capacity: String
    ) throws -> [String] {
        try deployment.media(
            "\(name).iso", steps, packages: packages, more: ["--allow-unattended", "--media-size", capacity])
        return (1...9).map { "\(name)\($0).iso" }.filter {
            (try? Stat(deployment.session.folder.appending($0))) != nil
        }
    }

    /// The discs of a set whose image fits none of them, so that its parts lie on several.
    func tornDiscs() throws -> [String] {
        let image = deployment.session.work.appending("set-content/\(Self.largeImage)/install.wim")
        try TestFolder.makeFolder(image.removingLastComponent())
        try Program.succeed("cp", [deployment.windows.string, image.string])
        try Self.fill(image, with: deployment.session.work.appending("large-filler"), mebibytes: 100)
        try deployment.session.succeed([
            "content", "add", image.removingLastComponent().string, "--package-id", Self.largeImage, "--library",
            deployment.library.string,
        ])
        return try Self.discs(
            deployment, "torn", Self.steps(Self.largeImage), [Self.tool, Self.largeImage], Self.capacity)
    }

    /// A tool that is small, an image and drivers that each take most of a disc.
    private static func addContents(_ deployment: Deployment) throws {
        let folders = deployment.session.work.appending("set-content")
        func add(_ id: String) throws {
            try deployment.session.succeed([
                "content", "add", folders.appending(id).string, "--package-id", id, "--library",
                deployment.library.string,
            ])
        }
        try TestFolder.write(
            "#!/bin/sh\necho tool of the set says $1\n".utf8, to: folders.appending(tool).appending("tool.sh"))
        try add(tool)
        let image = folders.appending(Self.image).appending("install.wim")
        try TestFolder.makeFolder(folders.appending(Self.image))
        try Program.succeed("cp", [deployment.windows.string, image.string])
        try fill(image, with: deployment.session.work.appending("filler"), mebibytes: 48)
        try add(Self.image)
        let drivers = folders.appending(Self.drivers).appending("net")
        try TestFolder.write(
            "[Version]\r\nSignature=\"$WINDOWS NT$\"\r\n".utf8, to: drivers.appending("net.inf"))
        try TestFolder.write(noise(40 << 20, seed: 7), to: drivers.appending("net.sys"))
        try add(Self.drivers)
    }

    /// Adds files to an image that do not become smaller.
    private static func fill(_ image: FilePath, with folder: FilePath, mebibytes: Int) throws {
        for number in 0..<(mebibytes / 4) {
            try TestFolder.write(noise(4 << 20, seed: UInt64(number) + 100), to: folder.appending("\(number).bin"))
        }
        try Program.succeed(
            "wimlib-imagex", ["update", image.string, "1", "--command=add \(folder.string) /Filler"])
    }

    /// Bytes that nothing makes smaller, the same each time.
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var bytes = [UInt8]()
        bytes.reserveCapacity(count)
        while bytes.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// A copy of a disc with one bit of its largest file flipped.
    func damaged(_ index: Int) throws -> String {
        let name = "damaged-\(discs[index])"
        let folder = deployment.session.folder
        try Program.succeed("cp", [folder.appending(discs[index]).string, folder.appending(name).string])
        let byteCount = try Stat(folder.appending(name)).size
        // Such a file takes nearly all of the disc, and its middle.
        try CommandSession.flipBit(of: folder.appending(name), at: byteCount / 2)
        return name
    }

    /// The discs as sticks: their files, copied to FAT32 as somebody would who has no drive for discs.
    func sticks() throws -> [String] {
        try discs.enumerated().map { number, disc in
            let files = deployment.session.work.appending("stick\(number)")
            try deployment.session.succeed(["extract", disc, "--output", files.string])
            let name = "stick\(number + 1).img"
            let image = deployment.session.folder.appending(name)
            // One partition of FAT32 (type 0C) behind the first MiB.
            try Program.succeed("truncate", ["--size", "200M", image.string])
            try Program.succeed("sfdisk", ["--quiet", image.string], input: Array("2048,,0c,*\n".utf8))
            try Program.succeed(
                "mkfs.fat", ["-F", "32", "-s", "1", "--offset", "2048", image.string, "\((200 - 2) * 1024)"])
            let names = try FolderEntry.entries(of: files).compactMap(\.name).sorted()
            try Program.succeed(
                "mcopy", ["-s", "-i", "\(image)@@1M"] + names.map { files.appending($0).string } + ["::/"])
            try Folder.removeTree(files)
            return name
        }
    }
}
