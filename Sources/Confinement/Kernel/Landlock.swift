// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// The rules that the kernel holds a process to, as far as it has them (landlock(7)).
struct Landlock {
    /// Before this version no file can be moved from one folder to another, by which outputs get their names.
    static let oldestVersion: Int32 = 2
    /// Since when ports of TCP are held to rules, and signals to this process and those that it started.
    private static let versions = (ports: 4 as Int32, scopes: 6 as Int32)
    /// Rights to ports (landlock.h, "Network flags"): to take one for a server, and to connect to one.
    private static let bind: UInt64 = 1 << 0
    private static let connect: UInt64 = 1 << 1
    /// Abstract sockets of others, and signals to others (landlock.h, "Scope flags").
    private static let scopes: UInt64 = 1 << 0 | 1 << 1

    /// The version that this kernel has; nil without.
    static var version: Int32? {
        let version = tsm_landlock_version()
        return version > 0 ? version : nil
    }

    private let rules: Int32
    private let known: PlaceAccess
    /// Whether ports of TCP are held to rules.
    let ports: Bool

    /// Rules that allow nothing yet.
    ///
    /// - Parameters:
    ///   - version: what the kernel has.
    ///   - ports: whether ports of TCP are.
    init(version: Int32, ports: Bool) throws(Errno) {
        self.ports = ports && version >= Self.versions.ports
        known = PlaceAccess.known(version: version)
        rules = tsm_landlock_create(
            known.rawValue, self.ports ? Self.bind | Self.connect : 0, version >= Self.versions.scopes ? Self.scopes : 0
        )
        guard rules >= 0 else { throw Errno(rawValue: errno) }
    }

    /// Allows `access` at `path`, which a place that is not there, and one that the kernel knows no rules for, is not
    /// asked for.
    func allow(_ access: PlaceAccess, at path: FilePath) throws(Errno) {
        let place = path.withPlatformString { tsm_open_place($0) }
        guard place >= 0 else { return }
        defer { close(place) }
        let isFolder = (try? Stat(FileDescriptor(rawValue: place)))?.type == .directory
        let rights = access.intersection(known).intersection(isFolder ? known : .ofFiles)
        guard !rights.isEmpty, tsm_landlock_allow_place(rules, place, rights.rawValue) != 0 else { return }
        // Pipes and sockets, which are always allowed to whoever has them.
        if errno != EBADFD { throw Errno(rawValue: errno) }
    }

    /// Allows connections to `port`.
    func allow(port: UInt16) throws(Errno) {
        guard ports else { return }
        guard tsm_landlock_allow_port(rules, port, Self.connect) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Holds this thread and whatever it starts to the rules, which end with this.
    func enforce() throws(Errno) {
        defer { close(rules) }
        guard tsm_landlock_enforce(rules) == 0 else { throw Errno(rawValue: errno) }
    }
}
