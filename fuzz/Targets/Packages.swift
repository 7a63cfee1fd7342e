// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Fixtures
import Support
import SystemPackage

@testable import OpenBootImage

extension FuzzTarget {
    /// What boot images of Debian's packages come from.
    static let packages = [
        FuzzTarget(
            "debian-package",
            words: ["!<arch>\n", "control.tar.xz", "data.tar.zst", "debian-binary", "`\n", "Package: ", "ustar"],
            seeds: { folder in
                let root = folder.appending("p")
                for name in ["DEBIAN", "usr", "usr/bin"] {
                    try folder.makeFolder(root.appending(FilePath(name).components))
                }
                try SeedFolder.write(
                    Array(
                        "Package: p\nVersion: 1\nArchitecture: amd64\nMaintainer: m\nDescription: d\nDepends: libc6\n"
                            .utf8),
                    to: root.appending(FilePath("DEBIAN/control").components))
                try SeedFolder.write(Array("x".utf8), to: root.appending(FilePath("usr/bin/x").components))
                return try ["none", "xz", "zstd"].map { kind in
                    let file = folder.appending("\(kind).deb")
                    try Program.succeed(
                        "dpkg-deb", ["--build", "-Z\(kind)", "--root-owner-group", root.string, file.string])
                    return try SmallFile.read(file)
                }
            },
            read: { input in
                try ScratchFile.with(input) { path in
                    let package = try DebianPackage(path)
                    try package.forEach({ _ in true }) { path, _, bytes in
                        precondition(!path.split(separator: "/").contains(".."), "a path leads out of its package")
                        _ = try bytes(1 << 16)
                    }
                }
            }),
        FuzzTarget(
            "zip", words: ["PK\u{03}\u{04}", "PK\u{01}\u{02}", "PK\u{05}\u{06}"],
            seeds: { folder in
                try folder.write(Array("text text text text".utf8), to: "a.txt")
                try Program.succeed(
                    "python3",
                    ["-m", "zipfile", "-c", folder.appending("a.zip").string, folder.appending("a.txt").string])
                return [try SmallFile.read(folder.appending("a.zip"))]
            },
            read: { input in
                try ScratchFile.with(input) { path in
                    let reader = try ArchiveReader(zip: path)
                    while try reader.next() != nil { _ = try reader.contents(limit: 1 << 16) }
                }
            }),
        FuzzTarget(
            "kernel-module", words: ["\u{7F}ELF", ".modinfo", "depends=", "alias=pci:v", "firmware="],
            seeds: { folder in
                try folder.write(Array("depends=a,b-c\0alias=pci:v*\0firmware=f.bin\0name=m\0".utf8), to: "i")
                try folder.write([0], to: "e")
                let path = folder.appending("m.ko")
                try Program.succeed(
                    "objcopy",
                    [
                        "-I", "binary", "-O", "elf64-x86-64", "--add-section",
                        ".modinfo=\(folder.appending("i").string)",
                        folder.appending("e").string, path.string,
                    ])
                return [try SmallFile.read(path)]
            },
            read: { input in
                _ = KernelModule(path: "kernel/drivers/m.ko", bytes: input)
                _ = ELFFile(input)?.section(".dynamic")
                _ = try? BusyboxApplets.names(in: input)
                _ = try KernelModule.plainBytes(input, path: "m.ko.xz")
            }),
        FuzzTarget(
            "security-levels", texts: "sbat,1,SBAT Version,sbat,1,https://x\nshim,3,UEFI shim,shim,1,https://y\n"
        ) { input in
            _ = KernelModule.normalized(String(decoding: input, as: UTF8.self))
            _ = KernelModule.plainPath(String(decoding: input, as: UTF8.self))
            _ = DebianPackage.place(String(decoding: input, as: UTF8.self))
        },
    ]
}
