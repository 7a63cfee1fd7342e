// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// An image of an NTFS volume that has everything that an image of Windows keeps of files: security descriptors, further
/// streams of files and folders, hard links, a short name, a junction, attributes, empty files and folders.
///
/// At its root are `Sources`, `Boot` and `bootmgr`, which media has too.
public enum WindowsTree {
    /// True where one can be made: the volume is mounted.
    public static var isPossible: Bool { NTFSMount.isPossible }
    /// Why the tests are skipped elsewhere.
    public static let reason = NTFSMount.reason

    /// Options of wimlib-imagex that make it an image of Windows for x64.
    private static let properties = [
        "WINDOWS/ARCH=9", "WINDOWS/EDITIONID=Enterprise", "WINDOWS/VERSION/MAJOR=10", "WINDOWS/VERSION/MINOR=0",
        "WINDOWS/VERSION/BUILD=22631", "WINDOWS/LANGUAGES/DEFAULT=en-US",
    ]

    /// The volume, made once for all tests of a process.
    private static let volume = Result {
        let mount = try NTFSMount()
        let script = mount.root.string
        try Program.succeed("python3", ["-c", contents, script])
        return try mount.detached()
    }

    /// The volume, which no test may change.
    public static func image() throws -> FilePath { try volume.get().image }

    /// Captures the volume to `file` with options of `wimlib-imagex capture`.
    public static func capture(to file: FilePath, _ options: [String] = ["--compress=LZX"]) throws {
        let volume = try volume.get()
        try Program.succeed(
            "wimlib-imagex",
            ["capture", volume.image.string, file.string, "Windows"] + options
                + properties.map { "--image-property=\($0)" })
    }

    /// Applies image 1 of `archive` to a new NTFS volume, captures that, and lists what is there.
    ///
    /// - Parameter parts: a pattern of the parts of a split archive.
    public static func applied(_ archive: FilePath, parts: String? = nil) throws -> ImageListing {
        let folder = try TestFolder()
        let volume = folder.appending("volume.img").string
        let captured = folder.appending("captured.wim")
        try Program.succeed("truncate", ["--size", "64M", volume])
        try Program.succeed("mkntfs", ["--quick", "--force", "--quiet", volume])
        try Program.succeed(
            "wimlib-imagex", ["apply", archive.string, "1", volume] + (parts.map { ["--ref=\($0)"] } ?? []))
        try Program.succeed("wimlib-imagex", ["capture", volume, captured.string, "x", "--compress=none"])
        return try ImageListing(captured)
    }

    /// What fills the volume: extended attributes of ntfs-3g are its streams, descriptors, names and reparse points.
    private static let contents = """
        import os, random, struct, sys
        root = sys.argv[1]
        def place(path):
            return os.path.join(root, path)
        def write(path, data):
            os.makedirs(os.path.dirname(place(path)), exist_ok=True)
            with open(place(path), 'wb') as file:
                file.write(data)
        write('Windows/System32/kernel.dll', b'kernel ' * 30000)
        write('Windows/System32/drivers/disk.sys', random.Random(7).randbytes(1300000))
        os.makedirs(place('Windows/WinSxS/a'))
        os.link(place('Windows/System32/kernel.dll'), place('Windows/WinSxS/a/kernel.dll'))
        os.link(place('Windows/System32/kernel.dll'), place('Windows/WinSxS/third name.dll'))
        write('Users/Public/note.txt', b'a note')
        os.setxattr(place('Users/Public/note.txt'), 'user.Zone.Identifier', b'[ZoneTransfer]')
        os.setxattr(place('Users/Public/note.txt'), 'system.ntfs_attrib_be', struct.pack('>I', 0x23))
        os.setxattr(place('Users'), 'user.of a folder', b'stream of a folder')
        write('Users/Public/empty.txt', b'')
        os.makedirs(place('Users/Empty folder'))
        write('Sources/setup.exe', b'setup of the image' * 100)
        write('Boot/other.txt', b'of the image')
        write('bootmgr', b'of the image too')
        write('Program Files/program.exe', b'program ' * 9000)
        os.setxattr(place('Program Files'), 'system.ntfs_dos_name', b'PROGRA~1')
        junction = place('Documents and Settings')
        os.makedirs(junction)
        target, shown = ('\\\\??\\\\C:\\\\Users'.encode('utf-16le'), 'C:\\\\Users'.encode('utf-16le'))
        data = struct.pack('<HHHH', 0, len(target), len(target) + 2, len(shown)) + target + b'\\0\\0' + shown + b'\\0\\0'
        os.setxattr(junction, 'system.ntfs_reparse_data', struct.pack('<IHH', 0xA0000003, len(data), 0) + data)
        administrators = bytes([1, 2, 0, 0, 0, 0, 0, 5]) + struct.pack('<II', 32, 544)
        everyone = bytes([1, 1, 0, 0, 0, 0, 0, 1]) + struct.pack('<I', 0)
        entry = struct.pack('<BBHI', 0, 3, 8 + len(everyone), 0x1f01ff) + everyone
        acl = struct.pack('<BBHHH', 2, 0, 8 + len(entry), 1, 0) + entry
        head = struct.pack('<BBHIIII', 1, 0, 0x9004, 20, 20 + len(administrators), 0, 20 + 2 * len(administrators))
        os.setxattr(place('Windows'), 'system.ntfs_acl', head + administrators + administrators + acl)
        """
}
