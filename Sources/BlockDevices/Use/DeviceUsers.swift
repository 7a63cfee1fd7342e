// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Finds out who uses a drive or a mount point, as far as procfs tells.
struct DeviceUsers {
    private let machine: Machine
    private static let mostNamed = 3

    init(_ machine: Machine) { self.machine = machine }

    /// Who uses `device` or a partition of it; nil when nobody is found.
    func describe(_ device: BlockDevice) -> String? {
        let numbers = [device.deviceNumber] + device.partitions.map(\.deviceNumber)
        let nodes = Set([device.node] + device.partitions.map(\.node))
        var users: [String] = []
        var spaces: Set<String> = []
        for process in processes {
            let folder = machine.environment.proc.appending(process)
            if let space = link(folder.appending("ns/mnt")), spaces.insert(space).inserted,
                let table = (try? SmallFile.read(folder.appending("mountinfo"))).flatMap({ MountTable($0) }),
                let mount = table.mounts.first(where: { numbers.contains($0.device) })
            {
                users.append("the mount at \(mount.mountPoint) that \(name(process)) sees")
            } else if opened(folder).contains(where: { nodes.contains(FilePath($0)) }), process != "\(getpid())" {
                users.append(name(process))
            }
        }
        return listed(users)
    }

    /// Who has `device` or a partition of it open for writing, as a virtual machine has; nil when nobody is found.
    func describeWriters(of device: BlockDevice) -> String? {
        let nodes = Set([device.node] + device.partitions.map(\.node))
        let writers = processes.filter { process in
            let folder = machine.environment.proc.appending(process)
            return process != "\(getpid())"
                && descriptors(folder).contains { number, path in
                    nodes.contains(FilePath(path)) && isWriting(folder, number)
                }
        }
        return listed(writers.map(name))
    }

    /// True when an open file may be written (proc(5), /proc/PID/fdinfo: `flags:` with those of open(2), in octal).
    private func isWriting(_ process: FilePath, _ descriptor: String) -> Bool {
        guard let bytes = try? SmallFile.read(process.appending("fdinfo").appending(descriptor)) else { return false }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("flags:") }
        let flags = line?.split { $0 == "\t" || $0 == " " }.last.flatMap { Int32($0, radix: 8) }
        return flags.map { $0 & O_ACCMODE != O_RDONLY } ?? false
    }

    /// Who keeps the file system at `mountPoint` from being unmounted; nil when nobody is found.
    func describe(mountPoint: FilePath) -> String? {
        func isInside(_ path: String) -> Bool { FilePath(path).starts(with: mountPoint) }
        var users = machine.mounted.map(\.mount.mountPoint).filter { $0 != mountPoint && $0.starts(with: mountPoint) }
            .map { "the mount at \($0)" }
        users += machine.swaps.filter { isInside($0.entry.path.string) }.map { "swap on \($0.entry.path)" }
        users += machine.disks.filter { $0.backingFile.map { isInside($0.string) } ?? false }.map(\.words)
        for process in processes {
            let folder = machine.environment.proc.appending(process)
            let places = ["cwd", "root", "exe"].compactMap { link(folder.appending($0)) } + opened(folder)
            if places.contains(where: isInside) { users.append(name(process)) }
        }
        return listed(users)
    }

    private var processes: [String] {
        ((try? FolderEntry.entries(of: machine.environment.proc)) ?? []).compactMap(\.name)
            .filter { $0.allSatisfy(\.isNumber) }
    }

    /// The open files of a process: their numbers and paths.
    private func descriptors(_ process: FilePath) -> [(number: String, path: String)] {
        let folder = process.appending("fd")
        return ((try? FolderEntry.entries(of: folder)) ?? []).compactMap(\.name).compactMap { number in
            link(folder.appending(number)).map { (number, $0) }
        }
    }

    private func opened(_ process: FilePath) -> [String] { descriptors(process).map(\.path) }

    private func name(_ process: String) -> String {
        let path = machine.environment.proc.appending(process).appending("comm")
        let name = (try? SmallFile.read(path)).map { SysfsFolder.text($0) }
        return "process \(process)\(name.map { " (\($0))" } ?? "")"
    }

    private func listed(_ users: [String]) -> String? {
        guard !users.isEmpty else { return nil }
        let rest = users.count - Self.mostNamed
        return users.prefix(Self.mostNamed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    private func link(_ path: FilePath) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer -> String? in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path.string, start, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }
}
