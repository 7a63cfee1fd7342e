// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage

/// A Debian package that dpkg-deb makes.
public struct PackageFixture {
    /// Its name.
    public var name: String
    /// Its version.
    public var version = "1.0-1"
    /// Its files, by their path from the root.
    public var files: [String: [UInt8]]
    /// Its symbolic links, with what they point to.
    public var links: [String: String] = [:]
    /// How its archives are compressed: xz, zstd, gzip or none.
    public var compression = "xz"

    /// A package called `name` with `files`.
    public init(_ name: String, _ files: [String: [UInt8]]) {
        self.name = name
        self.files = files
    }

    /// Makes the package in `folder`, under the name that apt would give its file.
    @discardableResult
    public func build(in folder: FilePath) throws -> FilePath {
        let tree = try TestFolder()
        let control = "Package: \(name)\nVersion: \(version)\nArchitecture: amd64\nMaintainer: x <x@example.com>\n"
        try tree.write((control + "Description: made by a test\n more of it\n").utf8, to: "DEBIAN/control")
        for (path, bytes) in files { try tree.write(bytes, to: path) }
        for (path, target) in links {
            let link = tree.appending(path)
            try tree.makeFolder(link.removingLastComponent())
            try Program.succeed("ln", ["-s", target, link.string])
        }
        let output = folder.appending("\(name)_\(version)_amd64.deb")
        try Program.succeed(
            "dpkg-deb",
            ["--build", "--root-owner-group", "-Z\(compression)", tree.path.string, output.string])
        return output
    }

    // MARK: All that a boot image is made of

    /// The version of the kernel in ``bootImagePackages(in:)``.
    public static let kernel = "9.9.9-1-amd64"

    /// Makes in `folder` a package of each name that a boot image is made of, with the list of them: nothing in it runs.
    ///
    /// - Parameter more: further packages, and such that replace those of the same name.
    public static func bootImagePackages(in folder: FilePath, more: [PackageFixture] = []) throws {
        let shim = try program(levels: "sbat,1,SBAT Version\nshim,7,UEFI shim\nshim.test,2,Test\n")
        let modules = "lib/modules/\(kernel)/"
        var kernelFiles: [String: [UInt8]] = [
            "boot/vmlinuz-\(kernel)": Array("kernel".utf8), modules + "modules.builtin": [],
            modules + "modules.order": [],
        ]
        for (path, lines) in [
            ("kernel/fs/isofs/isofs.ko", ["alias=fs-iso9660", "depends=cdrom"]),
            ("kernel/drivers/cdrom/cdrom.ko", ["depends="]),
            ("kernel/drivers/block/virtio_blk.ko", ["alias=virtio:d00000002v*", "depends=virtio,virtio-ring"]),
            ("kernel/drivers/virtio/virtio.ko", ["depends="]),
            ("kernel/drivers/virtio/virtio_ring.ko", ["depends=virtio"]),
            ("kernel/drivers/net/never.ko", ["alias=pci:v1", "depends="]),
        ] { kernelFiles[modules + path] = try module(lines) }
        let libraries: [String: [UInt8]] = [
            "lib/x86_64-linux-gnu/libc.so.6": Array("c".utf8), "lib64/ld-linux-x86-64.so.2": Array(tools.utf8),
        ]
        let packages =
            [
                PackageFixture("linux-image-\(kernel)", kernelFiles),
                PackageFixture("shim-signed", ["usr/lib/shim/shimx64.efi.signed": shim]),
                PackageFixture(
                    "grub-efi-amd64-signed",
                    [
                        "usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed":
                            try program(levels: "sbat,1,SBAT Version\ngrub,5,GRUB\n")
                    ]),
                PackageFixture("grub-pc-bin", ["usr/lib/grub/i386-pc/linux.mod": [1]]),
                PackageFixture("grub-common", ["usr/bin/grub-mkimage": [1]]),
                PackageFixture("busybox-static", ["bin/busybox": Array("?[\0[[\0ls\0mount\0sh\0".utf8)]),
                PackageFixture("ntfs-3g", ["sbin/mkntfs": [1], "bin/ntfs-3g": [1], "bin/lowntfs-3g": [1]]),
                PackageFixture("curl", ["usr/bin/curl": [1]]),
                PackageFixture(
                    "ca-certificates", ["usr/share/ca-certificates/mozilla/Authority.crt": Array("authority".utf8)]),
                PackageFixture("libc6", libraries),
                PackageFixture("kbd", ["bin/loadkeys": [1]]),
                PackageFixture("console-data", ["usr/share/keymaps/i386/qwertz/de.kmap.gz": try packed("keymap")]),
            ].filter { package in !more.contains { $0.name == package.name } } + more
        var entries: [String] = []
        for package in packages {
            let file = try package.build(in: folder)
            let digest = SHA256.digest(of: try SmallFile.read(file))
            entries.append(
                #"{"file":"\#(file.lastComponent?.string ?? "")","name":"\#(package.name)","#
                    + #""version":"\#(package.version)","architecture":"amd64","sha256":"\#(digest)"}"#)
        }
        let list = #"{"format":1,"packages":[\#(entries.joined(separator: ",\n"))]}"#
        try TestFolder.write(list.utf8, to: folder.appending("tsmedia-packages.json"))
    }

    /// Stands where the loader of libraries does, and for the programs that it would start.
    private static let tools = """
        #!/bin/sh
        program=$1
        shift
        case $program in
        */loadkeys) printf 'bkeymap of %s' "$(cat "$4")" ;;
        */grub-mkimage)
            while [ $# -gt 1 ]; do
                if [ "$1" = -o ]; then head -c 2000 /dev/zero >"$2"; fi
                shift
            done
            ;;
        esac

        """

    private static func packed(_ text: String) throws -> [UInt8] {
        try Program.succeed("gzip", ["--no-name", "--stdout"], input: Array(text.utf8)).outputBytes
    }

    /// A kernel module that says `lines` of itself, assembled by binutils.
    public static func module(_ lines: [String]) throws -> [UInt8] {
        try object(section: ".modinfo", Array(lines.joined(separator: "\0").utf8) + [0], isProgram: false)
    }

    /// A UEFI program without code that states `levels`, linked by binutils.
    public static func program(levels: String) throws -> [UInt8] {
        try object(section: ".sbat", Array(levels.utf8), isProgram: true)
    }

    /// A UEFI program without code that has a section called `section` with `bytes`.
    public static func program(section: String, _ bytes: [UInt8]) throws -> [UInt8] {
        try object(section: section, bytes, isProgram: true)
    }

    private static func object(section: String, _ bytes: [UInt8], isProgram: Bool) throws -> [UInt8] {
        let work = try TestFolder()
        let content = try work.write(bytes, to: "content")
        try work.write(".section .text\n.byte 0xC3\n".utf8, to: "x.s")
        try Program.succeed("as", ["--64", "-o", "x.o", "x.s"], in: work.path)
        try Program.succeed(
            "objcopy",
            [
                "--add-section", "\(section)=\(content)", "--set-section-flags",
                "\(section)=contents,alloc,load,readonly,data", "x.o", "x",
            ], in: work.path)
        guard isProgram else { return try SmallFile.read(work.appending("x")) }
        // 10 is an EFI application.
        try Program.succeed(
            "ld", ["-m", "i386pep", "--subsystem", "10", "-e", "0", "-o", "x.efi", "x"], in: work.path)
        return try SmallFile.read(work.appending("x.efi"))
    }
}
