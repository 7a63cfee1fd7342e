// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// The files of an image on a volume of NTFS, read by `DriveImage`, beside what `WindowsImaging` promises of them.
@Suite("Trees of images on NTFS", .enabled(if: WindowsTree.isPossible, Comment(rawValue: WindowsTree.reason)))
struct AppliedTreeTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func overlay(_ archive: FilePath, _ files: [String] = []) throws -> WindowsImageOverlay {
        try WindowsImageOverlay(
            WindowsImageTree(WindowsImage(path: archive), index: 1), files: try files.map { try MediaPath($0) },
            folders: [MediaPath]())
    }

    private func volume(_ name: String) throws -> FilePath {
        let volume = folder.appending(name)
        try Program.succeed("truncate", ["--size", "64M", volume.string])
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", volume.string])
        return volume
    }

    private func freeByteCount(of volume: FilePath) throws -> Int64 {
        let lines = try Program.succeed("ntfsinfo", ["-m", volume.string]).output.split(separator: "\n")
        let line = try #require(lines.first { $0.contains("Free Clusters:") })
        let words = line.split { " \t".contains($0) }
        return try #require(words.count > 2 ? Int64(words[2]) : nil) * 4096
    }

    private func read(_ volume: FilePath) throws -> NTFSTree {
        let file = try FileDescriptor.open(volume, .readOnly)
        return try file.closeAfter {
            let size = try file.seek(offset: 0, from: .end)
            let reader = try #require(NTFSVolumeReader(file, path: volume, range: 0..<size))
            return try reader.tree(
                MediaMask(files: [MediaPath](), folders: [MediaPath](), sharedFolders: [MediaPath]()),
                byteLimit: 1 << 30, interruption: Interruption()
            ) { _ in }
        }
    }

    @Test(
        "a volume has the tree that the archive promises, whether we or wimlib-imagex applied it",
        arguments: ["--compress=LZX", "--compress=none", "--solid"])
    func promised(compression: String) throws {
        let archive = folder.appending("install.wim")
        try WindowsTree.capture(to: archive, [compression])
        let overlay = try overlay(archive)
        let promised = try overlay.appliedTree()
        let (ours, theirs) = (try volume("ours"), try volume("theirs"))
        try overlay.apply(archive, index: 1, to: ours, interruption: Interruption(), progress: SilentProgress())
        try Program.succeed("wimlib-imagex", ["apply", archive.string, "1", theirs.string])
        let found = try read(ours)
        #expect(found.sha256 == promised.sha256)
        #expect(try read(theirs) == found)
        let summary = overlay.summary
        #expect(found.fileCount == summary.fileCount && found.folderCount == summary.folderCount)
        #expect(found.streamCount == summary.streamCount && found.byteCount == summary.byteCount)
        #expect(found.unreadable == [])
        let used = try freeByteCount(of: volume("empty")) - freeByteCount(of: ours)
        #expect(used > summary.byteCount && used <= promised.byteCount)
    }

    @Test("what media replaces is not applied")
    func replaced() throws {
        let archive = folder.appending("install.wim")
        try WindowsTree.capture(to: archive)
        let overlay = try overlay(archive, ["BOOTMGR", "sources/boot.wim", "Users/Public"])
        #expect(overlay.replacedNames.sorted() == ["Users\\Public", "bootmgr"])
        let volume = try volume("volume")
        try overlay.apply(archive, index: 1, to: volume, interruption: Interruption(), progress: SilentProgress())
        #expect(try read(volume).matches(overlay.appliedTree().sha256))
        #expect(try !read(volume).matches(self.overlay(archive).appliedTree().sha256))
    }

    @Test("an image without descriptors, as of a folder of Linux, is the same tree too")
    func withoutDescriptors() throws {
        let source = folder.appending("source")
        for name in ["Windows/System32/a.dll", "Windows/b.txt"] {
            let file = source.appending(name)
            try Program.succeed("mkdir", ["-p", file.removingLastComponent().string])
            try Program.succeed("sh", ["-c", "echo text > \"$1\"", "sh", file.string])
        }
        try Program.succeed("ln", ["-s", "b.txt", source.appending("Windows/link").string])
        let archive = folder.appending("install.wim")
        try Program.succeed("wimlib-imagex", ["capture", source.string, archive.string])
        let overlay = try overlay(archive)
        let volume = try volume("volume")
        try overlay.apply(archive, index: 1, to: volume, interruption: Interruption(), progress: SilentProgress())
        let found = try read(volume)
        #expect(found.sha256 != found.sha256WithoutRootDescriptor)
        #expect(try found.matches(overlay.appliedTree().sha256))
    }

    @Test("two volumes of one image are the same, byte for byte, whatever the clock says")
    func reproducible() throws {
        let source = try volume("source")
        try NTFSMount.change(source, Self.manyNames)
        let archive = folder.appending("install.wim")
        try Program.succeed("wimlib-imagex", ["capture", source.string, archive.string, "x"])
        let overlay = try overlay(archive)
        let tree = try overlay.appliedTree()
        let disk = DividedDisk(
            division: DiskDivision(
                scheme: .gpt,
                partitions: [
                    DividedPartition(purpose: .basic, size: .percentOfFree(100), fileSystem: .ntfs, label: "Windows")
                ]),
            contents: [
                0: DividedDisk.Content(
                    firstFile: 0,
                    files: [
                        DiskFile(
                            path: try MediaPath("many/OURS.txt"), byteCount: 7, modified: Timestamp(unixSeconds: 1))
                    ],
                    tree: NTFSTreePlan(
                        byteCount: tree.byteCount, sha256: tree.sha256, sharedFolders: [try MediaPath("MANY")]))
            ], identity: DiskIdentity(seed: SHA256.digest(of: [1])), created: Timestamp(unixSeconds: 2),
            deviceByteCount: 100 << 20)
        let layout = try #require(try DiskLayout(disk).ntfsVolumes.first)
        for name in ["first", "second"] {
            let place = folder.appending(name)
            try TestFolder.makeFolder(place)
            _ = try DataVolume(
                layout, in: place, interruption: Interruption(),
                applying: {
                    try overlay.apply(
                        archive, index: 1, to: $0, interruption: Interruption(), progress: SilentProgress())
                })
        }
        let (first, second) = ("first/volume.ntfs", "second/volume.ntfs")
        try Program.succeed("cmp", [first, second], in: folder.path)
        let checked = try Program.succeed("ntfsfix", ["-n", folder.appending(first).string]).output
        #expect(checked.contains("was processed successfully"), "\(checked)")
        let names = try Program.succeed("ntfsls", ["--path", "many", folder.appending(first).string]).output
        #expect(names.contains("OURS.txt") && names.contains("a name of some length 399"))
    }

    /// A folder of more names than a block of it holds, short ones and links in it.
    private static let manyNames = """
        os.makedirs(place('many'))
        for number in range(400):
            path = place('many/a name of some length %d' % number)
            with open(path, 'wb') as file:
                file.write(b'x' * number)
            if number % 8 == 0:
                os.setxattr(path, 'system.ntfs_dos_name', b'NAME%d.DLL' % number)
                os.link(path, place('many/link %d' % number))
        """

    /// What is done to a volume, and lines of Python that do it and keep the times.
    private static let changes: [(what: String, lines: String)] = [
        (
            "a byte of a file",
            """
            with keeping('Windows/System32/kernel.dll'), open(place('Windows/System32/kernel.dll'), 'r+b') as file:
                file.seek(100000)
                file.write(b'!')
            """
        ),
        (
            "a byte of a further stream",
            """
            with keeping('Users/Public/note.txt'):
                os.setxattr(place('Users/Public/note.txt'), 'user.Zone.Identifier', b'[ZoneTransfeR]')
            """
        ),
        (
            "a stream less",
            "with keeping('Users'):\n    os.removexattr(place('Users'), 'user.of a folder')"
        ),
        (
            "a descriptor",
            """
            with keeping('Windows'):
                acl = bytearray(os.getxattr(place('Windows'), 'system.ntfs_acl'))
                acl[-16] ^= 1
                os.setxattr(place('Windows'), 'system.ntfs_acl', bytes(acl))
            """
        ),
        (
            "the target of a junction",
            """
            with keeping('Documents and Settings'):
                name = 'system.ntfs_reparse_data'
                data = os.getxattr(place('Documents and Settings'), name, follow_symlinks=False)
                data = data.replace('Users'.encode('utf-16le'), 'Usert'.encode('utf-16le'))
                os.setxattr(place('Documents and Settings'), name, data, follow_symlinks=False)
            """
        ),
        (
            "an attribute",
            """
            with keeping('Users/Public/note.txt'):
                os.setxattr(place('Users/Public/note.txt'), 'system.ntfs_attrib_be', struct.pack('>I', 0x21))
            """
        ),
        (
            "a time",
            """
            times = bytearray(os.getxattr(place('Users'), 'system.ntfs_times'))
            times[0] ^= 1
            os.setxattr(place('Users'), 'system.ntfs_times', bytes(times))
            """
        ),
        (
            "a short name less",
            "with keeping('Program Files'):\n    os.removexattr(place('Program Files'), 'system.ntfs_dos_name')"
        ),
        (
            "a file less",
            "with keeping('Users/Public'):\n    os.remove(place('Users/Public/empty.txt'))"
        ),
        (
            "a file more",
            "with keeping('Users/Public'):\n    open(place('Users/Public/more.txt'), 'w').close()"
        ),
        (
            "a file of its own for one of several names",
            """
            path = 'Windows/WinSxS/third name.dll'
            with open(place(path), 'rb') as file:
                data = file.read()
            with keeping('Windows/WinSxS', 'Windows/System32/kernel.dll'):
                names = ['system.ntfs_acl', 'system.ntfs_attrib_be', 'system.ntfs_times']
                facts = [(name, os.getxattr(place(path), name)) for name in names]
                os.remove(place(path))
                with open(place(path), 'wb') as file:
                    file.write(data)
                for name, value in facts:
                    os.setxattr(place(path), name, value)
            """
        ),
    ]

    @Test("whatever is another on the volume makes another tree, and a volume that was only mounted is the same")
    func changed() throws {
        let archive = folder.appending("install.wim")
        try WindowsTree.capture(to: archive)
        let overlay = try overlay(archive)
        let promised = try overlay.appliedTree().sha256
        let volume = try volume("volume")
        try overlay.apply(archive, index: 1, to: volume, interruption: Interruption(), progress: SilentProgress())
        let copy = folder.appending("copy")
        let nothing = """
            with keeping('Users/Public/note.txt', 'Windows', 'Documents and Settings'):
                with open(place('Users/Public/note.txt'), 'r+b') as file:
                    file.write(b'a')
                acl = os.getxattr(place('Windows'), 'system.ntfs_acl')
                os.setxattr(place('Windows'), 'system.ntfs_acl', acl)
            """
        for (what, lines) in [("nothing", nothing)] + Self.changes {
            try Program.succeed("cp", [volume.string, copy.string])
            try NTFSMount.change(copy, lines)
            #expect(try read(copy).matches(promised) == (what == "nothing"), "\(what)")
        }
    }
}
