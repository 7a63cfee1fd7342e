// SPDX-License-Identifier: GPL-3.0-or-later

/// The Debian packages that a boot image for PCs is made of.
///
/// Names of Debian 12 and 13. Packages of libraries are not named: they are what the tools depend on.
enum PackageChoice {
    /// What apt calls the architecture.
    static let architecture = "amd64"
    /// The package that depends on the newest kernel.
    static let newestKernel = "linux-image-amd64"
    /// What the name of a package with a kernel begins with, before the kernel's version.
    static let kernelPrefix = "linux-image-"
    /// The loader that is signed under Microsoft's authorities for others, and the GRUB that it starts.
    static let loaders = ["shim-signed", "grub-efi-amd64-signed"]
    /// Modules of GRUB for a BIOS.
    static let biosModules = "grub-pc-bin"
    /// grub-mkimage.
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

    /// What is fetched whatever is asked for, but the kernel.
    static let fixed =
        loaders + [
            biosModules, grubTools, shell, fileSystem, download, authorities, keyboardTools, keyboardLayouts,
        ]

    /// The packages among `names`, dependencies of the linked tools, that hold libraries.
    static func isLibrary(_ name: String) -> Bool { name.hasPrefix("lib") || name.hasPrefix("zlib") }
}
