// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import OpenBootImage

@Suite("The file system of the environment")
struct InitialFileSystemTests {
    private var system: InitialFileSystem {
        var system = InitialFileSystem()
        // Five bytes, so that what comes behind them has to be aligned.
        system.add("bin/tool", .file(Array("tool!".utf8), permissions: 0o755))
        system.add("bin/sh", .link("tool"))
        system.add("etc/deep/er/file", .file([UInt8](repeating: 1, count: 1_001), permissions: 0o644))
        system.add("dev/console", .device(major: 5, minor: 1))
        return system
    }

    @Test("7-Zip finds every file, folder, link and device, unpacked by zstd")
    func listed() throws {
        let work = try TestFolder()
        try work.write(try system.compressed(level: 19), to: "x.zst")
        try Program.succeed("zstd", ["-dq", "x.zst", "-o", "x.cpio"], in: work.path)
        #expect(try SmallFile.read(work.appending("x.cpio")) == system.archive)
        let listing = try Program.succeed("7z", ["l", "-ba", "-slt", "x.cpio"], in: work.path).output
        var modes: [String: String] = [:]
        for block in listing.split(separator: "\n\n") {
            let fields = Dictionary(
                block.split(separator: "\n").compactMap { line -> (String, String)? in
                    let parts = line.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces }
                    return parts.count == 2 ? (parts[0], parts[1]) : nil
                }
            ) { first, _ in first }
            if let path = fields["Path"] { modes[path] = fields["Mode"] }
        }
        #expect(
            modes == [
                "bin": "drwxr-xr-x", "bin/tool": "-rwxr-xr-x", "bin/sh": "lrwxrwxrwx", "etc": "drwxr-xr-x",
                "etc/deep": "drwxr-xr-x", "etc/deep/er": "drwxr-xr-x", "etc/deep/er/file": "-rw-r--r--",
                "dev": "drwxr-xr-x", "dev/console": "crw-------",
            ])
        try Program.succeed("7z", ["x", "-y", "x.cpio", "-oout"], in: work.path)
        #expect(
            try SmallFile.read(work.appending("out/etc/deep/er/file")) == [UInt8](repeating: 1, count: 1_001))
    }

    @Test("each folder stands before what is in it, and the order of adding changes no byte")
    func order() throws {
        var other = InitialFileSystem()
        for path in system.nodes.keys.sorted(by: >) {
            if let node = system.nodes[path] { other.add(path, node) }
        }
        #expect(other.archive == system.archive)
        #expect(try other.compressed(level: 3) == system.compressed(level: 3))
    }

    @Test("files go into the environment and nowhere else", arguments: ["../x", "a/../b", "a/", "", "/", "./x"])
    func outside(path: String) {
        #expect(throws: OpenBootImageError.self) {
            _ = try OpenBootImageRequest.Inclusion(source: "/etc/hostname", target: path)
        }
    }

    @Test("a file of which no more is said goes into the folder for such files")
    func inclusion() throws {
        #expect(try OpenBootImageRequest.Inclusion(source: "/a/b.txt").target == "include/b.txt")
        #expect(try OpenBootImageRequest.Inclusion(source: "/a/b.txt", target: "/etc/c").target == "etc/c")
    }

    @Test("the start of the environment is a script that a shell reads")
    func script() throws {
        let work = try TestFolder()
        let script = InitScript.bytes(serialPort: "ttyAMA0")
        let file = try work.write(script, to: "init")
        try Program.succeed("sh", ["-n", file.string])
        #expect(script.starts(with: "#!/bin/sh\n".utf8))
        #expect(String(decoding: script, as: UTF8.self).contains("/dev/tty0 /dev/ttyAMA0;"))
    }
}
