// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// How a drive is used by the system: what is built on it, mounted from it and swapped to it.
struct DriveUse {
    /// The drive.
    let node: BlockNode
    /// The names of the drive and its partitions.
    let own: Set<String>
    /// Where people mounted its file systems, in the order in which they did.
    let mountPoints: [FilePath]
    /// Why it belongs to the running system.
    let systemRefusals: [DriveVerdict.Refusal]
    /// What is swapped to it.
    let swapRefusals: [DriveVerdict.Refusal]
    /// What is built on it.
    let mappingRefusals: [DriveVerdict.Refusal]

    /// The use of the disk `node`.
    init(of node: BlockNode, in machine: Machine) {
        self.node = node
        let own = Set([node.name] + node.partitions)
        self.own = own
        func liesHere(_ names: Set<String>) -> Bool { machine.foundation(of: names).contains(node.name) }
        let here = machine.mounted.filter { liesHere($0.nodes) }
        var system = here.map(\.mount.mountPoint).filter(SystemMountPoints.contains)
        if case .devices(let names) = machine.place(of: "/"), liesHere(names) { system.insert("/", at: 0) }
        systemRefusals = Self.systemReason(system).map { [.init(code: .system, reason: $0)] } ?? []
        mountPoints = here.filter {
            !own.isDisjoint(with: $0.nodes) && !SystemMountPoints.contains($0.mount.mountPoint)
        }.map(\.mount.mountPoint)
        swapRefusals = machine.swaps.filter { liesHere($0.nodes) }.map {
            .init(code: .swap, reason: "holds swap in use (\($0.entry.path))")
        }
        let above = machine.nodes.values.filter { !own.contains($0.name) && liesHere([$0.name]) }
        // A partition of what is built on the drive says nothing that its disk does not.
        var mappings = above.filter { $0.disk == nil }.sorted { $0.number < $1.number }.map {
            DriveVerdict.Refusal(code: .mapping, reason: Self.reason($0, here))
        }
        let members = own.compactMap { machine.nodes[$0] }
        let unknown = Set(members.flatMap { $0.holders + machine.arrays(with: $0.name) })
            .filter { machine.nodes[$0] == nil }
        mappings += unknown.sorted().map { .init(code: .mapping, reason: "is a part of \($0)") }
        if above.isEmpty, unknown.isEmpty, members.contains(where: \.isBcacheMember) {
            mappings.append(.init(code: .mapping, reason: "is registered with bcache"))
        }
        mappingRefusals = mappings
    }

    private static func systemReason(_ paths: [FilePath]) -> String? {
        guard !paths.isEmpty else { return nil }
        let others = Set(paths.map(\.string)).subtracting(["/"]).sorted()
        guard paths.contains("/") else { return "holds \(others.joined(separator: ", ")) of the running system" }
        return others.isEmpty
            ? "holds the root file system" : "holds the root file system and \(others.joined(separator: ", "))"
    }

    /// Why a device that is built on the drive keeps it from being written.
    private static func reason(_ node: BlockNode, _ mounted: [Machine.MountedFileSystem]) -> String {
        let places = mounted.filter { $0.nodes.contains(node.name) }.map(\.mount.mountPoint.string)
        let use = places.isEmpty ? "" : ", mounted at \(places.joined(separator: ", "))"
        return node.kind == .loop ? "holds the file of \(node.words)\(use)" : "is a part of \(node.words)\(use)"
    }
}
