// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// What any program of a Debian system reads, whatever it was asked to do: nothing of it is anybody's secret.
enum SystemPlaces {
    /// Libraries, and what they read: locales, time zones, character sets, providers of libcrypto (hier(7)).
    static let libraries: [FilePath] = ["/usr", "/lib", "/lib32", "/lib64", "/libx32", "/opt"]

    /// Settings of the loader, the C library and libblkid (ld.so(8), locale(7), tzset(3), libblkid(3)).
    static let settings: [FilePath] = [
        "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/timezone", "/etc/locale.alias",
        "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/ssl/openssl.cnf", "/etc/ssl/certs",
        "/etc/blkid.conf", "/etc/mtab", "/etc/filesystems", "/etc/gcrypt", "/run/blkid", "/run/mount", "/dev/disk",
        // What the kernel says of devices, memory and processors, and of processes: of those of others Landlock shows no
        // more than their names (ptrace(2), PTRACE_MODE_READ).
        "/sys", "/proc",
    ]

    /// Devices that are no hardware (null(4), random(4), full(4), tty(4)).
    static let devices: [FilePath] = [
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/fd", "/dev/stdin",
        "/dev/stdout", "/dev/stderr",
    ]

    /// How servers are found by their names and what is believed of them: resolver(5), hosts(5), gai.conf(5),
    /// nsswitch.conf(5), update-ca-certificates(8), krb5.conf(5).
    static let network: [FilePath] = [
        "/etc/resolv.conf", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/etc/hosts",
        "/etc/hostname", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/networks",
        "/etc/ca-certificates", "/etc/pki", "/etc/ssl/cert.pem", "/etc/krb5.conf", "/etc/krb5.conf.d", "/etc/gss",
        "/etc/samba", "/etc/nscd.conf", "/var/lib/sss/pipes", "/var/lib/sss/mc", "/var/lib/sss/pubconf", "/run/nscd",
    ]

    /// Ports beside those of the servers: names over TCP where the answer is long (RFC 7766), Kerberos (RFC 4120 7.2.3).
    static let networkPorts: [UInt16] = [53, 88]
}

/// What this program was loaded from, which it needs again where it starts itself.
enum OwnProgram {
    private static let limit = 4 << 20

    /// The files that are mapped into this process (proc_pid_maps(5)).
    static var files: [FilePath] {
        guard let bytes = try? SmallFile.read("/proc/self/maps", limit: limit) else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        // Before the path, in which there may be spaces, are numbers alone.
        let names = lines.compactMap { line in line.firstIndex(of: "/").map { line[$0...] } }
        return Set(names).sorted().map { FilePath(String($0)) }
    }
}
