// SPDX-License-Identifier: GPL-3.0-or-later

internal import CBootSectors
import Support

/// How GRUB starts the kernel of media: its configuration, and its core for a BIOS.
enum GRUB {
    /// Where media has the configuration; GRUB for UEFI, which is signed, looks for it there.
    static let configurationPath = "boot/grub/grub.cfg"
    /// Where media has the kernel and its file system, which signed GRUB reads from FAT and ISO 9660 only.
    static let kernelPath = "boot/tsmedia/vmlinuz"
    static let fileSystemPath = "boot/tsmedia/initrd.img"

    /// What the kernel is told; the console that is named last is the one that programs write to.
    private static func kernelOptions(_ debian: DebianArchitecture) -> String {
        "console=\(debian.serialPort),115200 console=tty0 quiet loglevel=3"
    }
    /// How long a message stays on the screen in seconds.
    private static let messageSeconds = 30

    /// The configuration, which both read.
    static func configuration(_ debian: DebianArchitecture) -> [UInt8] {
        Array(
            """
            # Starts the environment in which task sequences run.
            set timeout=0
            echo "Loading this media ..."
            if linux /\(kernelPath) \(kernelOptions(debian)); then
                if initrd /\(fileSystemPath); then
                    boot
                fi
            fi
            echo "This media could not be started. Its kernel or initrd.img in boot/tsmedia"
            echo "is missing or damaged, or Secure Boot refuses the kernel because it is not"
            echo "as it was signed. Make the media anew."
            sleep -i \(messageSeconds)
            reboot

            """.utf8)
    }

    // MARK: BIOS

    /// The modules of GRUB's core: what finds and reads media, and what the configuration needs.
    private static let biosModules = [
        "biosdisk", "part_msdos", "part_gpt", "iso9660", "udf", "fat", "ntfs", "search_fs_file", "normal", "test",
        "echo",
        "linux", "boot", "reboot", "sleep", "minicmd",
    ]
    private static let modulesPath = "lib/grub/i386-pc/"
    private static let makeImage = "bin/grub-mkimage"
    /// The first sector of a core is for starting it from a disk's gap, which nobody does here (GRUB, diskboot.S).
    private static let diskStartByteCount = 512
    private static let paragraphByteCount = 16

    /// Looks for the files first on what the BIOS started from, then on its partitions, then elsewhere.
    private static let biosConfiguration = """
        search.file /\(kernelPath) root $root $root,
        set prefix=($root)/boot/grub

        """

    /// Whether `path` of a package is wanted for the core.
    static func isWanted(_ path: String) -> Bool {
        path == makeImage || (path.hasPrefix(modulesPath) && !path.dropFirst(modulesPath.utf8.count).contains("/"))
    }

    /// `bootmgr`: what our boot records load and start, with GRUB's core behind it.
    ///
    /// - Throws: ``OpenBootImageError``: `.missingPackage`, `.toolFailed`, `.unsupportedHost`; `FileError`.
    static func bootManager(of tree: PackageTree, interruption: Interruption) throws -> [UInt8] {
        let tool = try PackagedTool(makeImage, of: tree, interruption: interruption)
        for path in tree.paths where path.hasPrefix(modulesPath) {
            guard let file = tree.file(path), let name = path.split(separator: "/").last else { continue }
            _ = try tool.add("modules/\(name)", file.bytes)
        }
        let configuration = try tool.add("start.cfg", Array(biosConfiguration.utf8))
        let output = tool.path("core.img")
        _ = try tool.run(
            [
                "-O", "i386-pc", "-d", tool.path("modules").string, "-o", output.string,
                "-p", "/boot/grub", "-c", configuration.string,
            ] + biosModules)
        let core = try SmallFile.read(output)
        return try bootManager(core: core)
    }

    /// `bootmgr` with `core`.
    static func bootManager(core: [UInt8]) throws(OpenBootImageError) -> [UInt8] {
        guard let start = tsm_boot_manager() else {
            throw OpenBootImageError(
                .unsupportedHost, "this program", "was built where the code for a BIOS cannot be assembled",
                nextStep: "make the boot image on a PC")
        }
        let stub = Array(UnsafeBufferPointer(start: start, count: Int(TSM_BOOT_MANAGER_SIZE)))
        var body = Array(core.dropFirst(diskStartByteCount))
        body += [UInt8](
            repeating: 0, count: (paragraphByteCount - body.count % paragraphByteCount) % paragraphByteCount)
        guard !body.isEmpty, stub.count + body.count <= Int(TSM_BOOT_MANAGER_LIMIT) else {
            throw OpenBootImageError(
                .toolFailed, "program grub-mkimage", "made a core of \(core.count) bytes, which no BIOS can load",
                nextStep: "use packages of Debian 12 or 13")
        }
        var bytes = stub
        let count = UInt32(body.count / paragraphByteCount)
        for index in 0..<4 {
            bytes[Int(TSM_BOOT_MANAGER_COUNT_OFFSET) + index] = UInt8(truncatingIfNeeded: count >> (8 * index))
        }
        return bytes + body
    }

    /// The El Torito boot image of a BIOS, which loads `bootmgr` from a disc.
    static func discRecord() throws(OpenBootImageError) -> [UInt8] {
        guard let start = tsm_disc_boot_record() else {
            throw OpenBootImageError(
                .unsupportedHost, "this program", "was built where the code for a BIOS cannot be assembled",
                nextStep: "make the boot image on a PC")
        }
        return Array(UnsafeBufferPointer(start: start, count: Int(TSM_DISC_BOOT_RECORD_SIZE)))
    }
}
