// SPDX-License-Identifier: GPL-3.0-or-later

/// The Debian packages that a boot image is made of, whatever its processor is.
///
/// Names of Debian 12 and 13. Packages of libraries are not named: they are what the tools depend on.
enum PackageChoice {
    /// What the name of a package with a kernel begins with, before the kernel's version.
    static let kernelPrefix = "linux-image-"
    /// grub-mkimage, which makes the core for a BIOS.
    static let grubTools = "grub-common"
    /// The shell and the tools of the environment.
    static let shell = "busybox-static"
    /// mkntfs, ntfs-3g and lowntfs-3g.
    static let fileSystem = "ntfs-3g"
    /// curl, which fetches content, and the authorities that vouch for servers.
    static let download = "curl"
    static let authorities = "ca-certificates"
    /// loadkeys, and the layouts of keyboards.
    static let keyboardTools = "kbd"
    static let keyboardLayouts = "console-data"
    /// Programs that need shared libraries: their dependencies are fetched too.
    static let linkedTools = [grubTools, fileSystem, download, keyboardTools]
    /// Firmware that devices load from their driver; all but the first are not free, and only there where the system's
    /// sources have that part of Debian.
    static let firmware = [
        "firmware-linux-free", "firmware-bnx2", "firmware-bnx2x", "firmware-qlogic", "firmware-realtek",
        "firmware-netronome", "firmware-misc-nonfree",
    ]

    /// What is fetched for `architecture` whatever is asked for, but the kernel.
    static func fixed(_ architecture: DebianArchitecture) -> [String] {
        needed(architecture) + [keyboardTools, keyboardLayouts]
    }

    /// What each boot image for `architecture` has, but the kernel.
    static func needed(_ architecture: DebianArchitecture) -> [String] {
        architecture.loaderPackages + [shell, fileSystem, download, authorities]
            + (architecture.biosModulesPackage.map { [$0, grubTools] } ?? [])
    }

    /// The packages among `names`, dependencies of the linked tools, that hold libraries.
    static func isLibrary(_ name: String) -> Bool { name.hasPrefix("lib") || name.hasPrefix("zlib") }
}
