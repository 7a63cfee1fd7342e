// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// The mount points whose file systems belong to the running system: what is mounted there is never taken away.
///
/// The folders of the Filesystem Hierarchy Standard 3.0, and those where live systems keep their medium. What people
/// mount themselves (/mnt, /media, /run/media, folders below /home, /tmp and /run/user) is not among them.
enum SystemMountPoints {
    /// Belonging to the system themselves, but not what is mounted below them.
    private static let exact: Set<String> = [
        "/", "/bin", "/dev", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/proc", "/root", "/run", "/sbin",
        "/snap", "/srv", "/sys", "/tmp",
    ]

    /// Belonging to the system with everything below them.
    private static let trees: [FilePath] = [
        "/boot", "/efi", "/esp", "/etc", "/gnu", "/nix", "/ostree", "/sysroot", "/usr", "/var",
        // Live systems: Debian live-boot, Ubuntu casper, dracut, Arch, Manjaro, Slax, Porteus, Knoppix, NixOS, KIWI.
        "/cdrom", "/iso", "/isodevice", "/lib/live", "/mnt-system", "/mnt/live", "/rofs", "/run/archiso",
        "/run/initramfs", "/run/live", "/run/miso", "/run/overlay", "/run/rootfsbase",
    ]

    /// Below those trees, but made for passing use.
    private static let exceptions: [FilePath] = ["/var/tmp", "/var/run/media", "/var/run/user"]

    /// True when what is mounted at `path` belongs to the running system.
    static func contains(_ path: FilePath) -> Bool {
        if exact.contains(path.string) { return true }
        if exceptions.contains(where: { path != $0 && path.starts(with: $0) }) { return false }
        return trees.contains { path.starts(with: $0) }
    }

    /// The mount points without which it cannot be told where the system lies.
    static let decisive: Set<FilePath> = ["/", "/etc", "/home", "/usr", "/var"]
}
