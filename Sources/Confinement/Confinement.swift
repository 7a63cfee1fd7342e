// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// The sandbox of a process: the kernel takes from it whatever it does not need.
public struct Confinement: Sendable, Equatable {
    /// The version of Landlock; nil where the kernel has none that does.
    public let landlockVersion: Int32?
    /// Whether it is held to its files.
    public let holdsFiles: Bool
    /// Whether it is held to the ports of its servers.
    public let holdsPorts: Bool
    /// Whether system calls that nothing of ours makes are refused.
    public let filtersCalls: Bool
    /// What it has.
    public let needs: ProcessNeeds

    /// Holds this process, all of its threads to come, and whatever it starts to `needs`; there is no way back.
    ///
    /// What the kernel cannot do is left out, and the result says so.
    ///
    /// - Throws: ``ConfinementError`` where the process has threads already, which would stay free, or where the kernel
    ///   refuses.
    public static func enter(_ needs: ProcessNeeds) throws(ConfinementError) -> Confinement {
        guard threadCount == 1 else { throw ConfinementError("the process has threads already") }
        guard tsm_give_up_privileges() == 0 else { throw ConfinementError(Errno(rawValue: errno)) }
        let version = Landlock.version.flatMap { $0 >= Landlock.oldestVersion ? $0 : nil }
        var (files, ports) = (false, false)
        if let version, !needs.examinesDrives {
            do {
                let rules = try Landlock(version: version, ports: !needs.network.isOpen)
                ports = rules.ports
                try allow(needs, in: rules)
                try rules.enforce()
                files = true
            } catch {
                throw ConfinementError(error)
            }
        }
        let isFiltered = tsm_filter_calls(needs.startsPrograms, needs.network.isNeeded, needs.unmounts) == 0
        ProcessLimits.areInForce = files || isFiltered
        return Confinement(
            landlockVersion: version, holdsFiles: files, holdsPorts: ports, filtersCalls: isFiltered, needs: needs)
    }

    private static func allow(_ needs: ProcessNeeds, in rules: Landlock) throws(Errno) {
        for path in SystemPlaces.libraries { try rules.allow(needs.startsPrograms ? .run : .read, at: path) }
        for path in SystemPlaces.settings { try rules.allow(.read, at: path) }
        for path in SystemPlaces.devices { try rules.allow(.writeInPlace, at: path) }
        if needs.startsPrograms {
            for path in OwnProgram.files { try rules.allow(.run, at: path) }
        }
        if needs.network.isNeeded {
            for path in SystemPlaces.network { try rules.allow(.read, at: path) }
            for port in needs.network.ports.union(SystemPlaces.networkPorts).sorted() { try rules.allow(port: port) }
        }
        for place in needs.places { try rules.allow(place.access, at: place.path) }
    }

    /// How many threads this process has (proc_pid_task(5)).
    static var threadCount: Int { (try? FolderEntry.entries(of: "/proc/self/task"))?.count ?? 1 }

    /// Lets nobody but root look into the memory of this process, and leaves no core dump of it.
    public static func hideMemory() { _ = tsm_hide_memory() }

    /// What is in force, in a few words each.
    public var lines: [String] {
        guard landlockVersion != nil || filtersCalls else { return ["sandbox: none, this kernel has none"] }
        var lines: [String] = []
        if holdsFiles {
            let folders = needs.places.filter { $0.access.contains(.makeFile) }.map(\.path.string)
            let inPlace = needs.places.filter { $0.access == .writeInPlace }.map(\.path.string)
            lines.append("sandbox: writes to \(Self.list(folders + inPlace, else: "nothing"))")
        } else {
            let reason = needs.examinesDrives ? "drives are looked at" : "this kernel has no rules for them"
            lines.append("sandbox: any file, because \(reason)")
        }
        let ports = needs.network.ports.sorted().map { String($0) }
        if !needs.network.isNeeded {
            lines.append("sandbox: no network")
        } else if holdsPorts {
            lines.append("sandbox: connects to ports \(Self.list(ports, else: "none"))")
        } else {
            lines.append("sandbox: connects to any port")
        }
        lines.append("sandbox: \(needs.startsPrograms ? "starts programs" : "starts no program")")
        return lines
    }

    private static func list(_ names: [String], else none: String) -> String {
        names.isEmpty ? none : names.joined(separator: ", ")
    }
}
