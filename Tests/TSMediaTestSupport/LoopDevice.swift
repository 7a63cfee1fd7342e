// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import Synchronization
import SystemPackage

/// A loop device on a file of its own, detached when the test lets go of it, however the test ends.
public final class LoopDevice {
    /// True where loop devices can be made: by root, with the driver.
    public static var isPossible: Bool { geteuid() == 0 && access("/dev/loop-control", W_OK) == 0 }
    /// Why the tests are skipped elsewhere.
    public static let reason = "loop devices need root and the loop driver"

    /// The test's own files.
    public let folder: TestFolder
    /// The file.
    public let image: FilePath
    /// The device.
    public let node: FilePath
    private var mounts: [FilePath] = []

    /// A loop device of `mebibytes`, on a file that `prepare` may fill before.
    public init(
        mebibytes: Int = 64, options: [String] = [], in folder: TestFolder? = nil, name: String = "drive.img",
        prepare: (FilePath) throws -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TestFolder()
        self.folder = folder
        image = folder.appending(name)
        try Self.makeImage(image, mebibytes: mebibytes)
        try prepare(image)
        node = try Self.attached(options, image)
    }

    /// Has the kernel make more devices than tests use at a time.
    ///
    /// Whoever needs one is given the free one with the lowest number: with these there, nobody is given those of high numbers, which
    /// tests take out and put in again by their names.
    public static func provide() { _ = provided }
    private static let provided: Void = {
        let control = open("/dev/loop-control", O_RDWR | O_CLOEXEC)
        guard control >= 0 else { return }
        defer { close(control) }
        for number in CInt(0)..<96 { _ = ioctl(control, 0x4C80, number) }  // LOOP_CTL_ADD of linux/loop.h
    }()

    /// One at a time: losetup opens the device that is free before it knows whether another has taken it meanwhile, and a
    /// drive that somebody holds open is refused.
    private static let turn = Mutex(())

    private static func attached(_ options: [String], _ image: FilePath) throws -> FilePath {
        provide()
        return try turn.withLock { _ in
            let output = try Program.succeed("losetup", options + ["--find", "--show", image.string]).output
            let node = FilePath(output.trimmingTrailing(\.isWhitespace))
            // Of a run that was killed; a kernel that looks for partitions finds these anew.
            if !options.contains("--partscan") { forgetPartitions(of: node) }
            return node
        }
    }

    /// A loop device on an image that is there already, or on a part of it.
    public init(on image: FilePath, _ range: Range<Int64>? = nil, isWritable: Bool = false) throws {
        folder = try TestFolder()
        self.image = image
        var arguments = isWritable ? [] : ["--read-only"]
        if let range { arguments += ["--offset", String(range.lowerBound), "--sizelimit", String(range.count)] }
        node = try Self.attached(arguments, image)
    }

    deinit {
        for mount in mounts.reversed() { _ = try? Program.run("umount", ["--lazy", mount.string]) }
        detach()
    }

    /// A sparse file.
    public static func makeImage(_ path: FilePath, mebibytes: Int) throws {
        try Program.succeed("truncate", ["--size", "\(mebibytes)M", path.string])
    }

    /// Lets go of the file; the node stays.
    public func detach() {
        forgetPartitions()
        _ = try? Program.run("losetup", ["--detach", node.string])
    }

    /// Has the kernel forget the partitions of the device: those that it did not find itself outlive the file, and the
    /// next test would be given a drive that holds partitions.
    public func forgetPartitions() { Self.forgetPartitions(of: node) }

    private static func forgetPartitions(of node: FilePath) {
        guard let name = node.lastComponent?.string else { return }
        // Whoever lists the drives of this computer meanwhile holds a partition open for a moment.
        for _ in 0..<100 {
            let entries = (try? FolderEntry.entries(of: FilePath("/sys/block/\(name)"))) ?? []
            let left = entries.compactMap(\.name).compactMap { child in
                child.hasPrefix("\(name)p") ? Int(child.dropFirst(name.count + 1)) : nil
            }
            guard !left.isEmpty else { return }
            for number in left { _ = try? Program.run("delpart", [node.string, String(number)]) }
            usleep(20_000)
        }
    }

    /// Puts another file behind the same node.
    public func attach(_ image: FilePath) throws { try Program.succeed("losetup", [node.string, image.string]) }

    /// Mounts the file system of `device`, of the whole drive when none is given, at a new folder called `name`.
    @discardableResult
    public func mount(_ device: FilePath? = nil, at name: String = "mount", options: [String] = []) throws -> FilePath {
        let point = folder.appending(name)
        try Folder.create(point)
        try Program.succeed("mount", options + [(device ?? node).string, point.string])
        mounts.append(point)
        return point
    }

    /// Puts a file system on an image.
    public static func makeExt4(_ image: FilePath) throws {
        try Program.succeed("mkfs.ext4", ["-q", "-F", "-L", "STICK", image.string])
    }

    /// Puts a partition table with one partition on an image.
    public static func makePartition(_ image: FilePath) throws {
        try Program.succeed("sfdisk", ["--quiet", image.string], input: Array("label: dos\n,,c,*\n".utf8))
    }

    /// Has the kernel know the partition of the table, whether or not it can read such tables, and returns its node.
    public func addPartition() throws -> FilePath {
        let partition = FilePath("\(node)p1")
        if access(partition.string, F_OK) != 0 {
            try Program.succeed("partx", ["--add", node.string])
        }
        return partition
    }
}
