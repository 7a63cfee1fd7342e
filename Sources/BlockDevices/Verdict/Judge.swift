// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Applies the rules of docs/devices.md to one machine.
struct Judge {
    let machine: Machine

    /// The verdict on `device`, with what is at `paths` kept from harm.
    func verdict(on device: BlockDevice, protecting paths: [FilePath]) -> DriveVerdict {
        guard let node = machine.node(device.deviceNumber), node.disk == nil, node.name == device.name,
            machine.identity(of: node) == device.identity
        else { return DriveVerdict(device: device, refusals: [Self.gone], demands: []) }
        if let refusal = kindRefusal(node) { return DriveVerdict(device: device, refusals: [refusal], demands: []) }
        let use = DriveUse(of: node, in: machine)
        var refusals = stateRefusals(device, node)
        refusals += use.systemRefusals + use.swapRefusals
        refusals += poolRefusals(device, use) + use.mappingRefusals
        refusals += protectionRefusals(use, paths)
        refusals += blindnessRefusals(use)
        if refusals.isEmpty { refusals += holderRefusals(device, use) }
        return DriveVerdict(
            device: device, refusals: refusals, demands: refusals.isEmpty ? demands(device, use) : [])
    }

    private static let gone = DriveVerdict.Refusal(
        code: .changed, reason: "is not the drive any more that was looked at: it was taken away or changed meanwhile")

    // MARK: What it is

    private func kindRefusal(_ node: BlockNode) -> DriveVerdict.Refusal? {
        let reason: String
        switch node.kind {
        case .disk, .loop: return nil
        case .opticalDrive: reason = "is an optical drive: burn an .iso to it"
        case .floppy: reason = "is a floppy drive, too small for any media"
        case .deviceMapper, .raid, .stacked: reason = "is no drive but \(node.words), which is built on others"
        case .memory: reason = "is memory, not a drive"
        case .firmwareArea: reason = "is a boot or protected area of flash memory, not a drive"
        }
        return .init(code: .kind, reason: reason)
    }

    private func stateRefusals(_ device: BlockDevice, _ node: BlockNode) -> [DriveVerdict.Refusal] {
        var refusals: [DriveVerdict.Refusal] = []
        let unknown = device.unreadableFacts + machine.unreadableFacts
        if !unknown.isEmpty {
            refusals.append(
                .init(
                    code: .unknown,
                    reason: "cannot be judged, because it is not known: \(unknown.joined(separator: "; "))"))
        }
        if node.byteCount == 0 {
            refusals.append(
                .init(code: .noMedium, reason: node.kind == .loop ? "has no file attached" : "has no medium in it"))
        }
        if device.isReadOnly { refusals.append(.init(code: .readOnly, reason: "is write-protected")) }
        return refusals
    }

    // MARK: What is on it

    private func poolRefusals(_ device: BlockDevice, _ use: DriveUse) -> [DriveVerdict.Refusal] {
        var refusals: [DriveVerdict.Refusal] = []
        for devices in machine.btrfs.values where !use.own.isDisjoint(with: devices) {
            if devices.count > 1 {
                refusals.append(
                    .init(
                        code: .pool,
                        reason:
                            "holds a part of a btrfs file system in use on \(devices.sorted().joined(separator: ", "))")
                )
            } else if use.mountPoints.isEmpty && use.systemRefusals.isEmpty {
                refusals.append(.init(code: .pool, reason: "holds a btrfs file system in use that is not mounted here"))
            }
        }
        let all = [device.contents] + device.partitions.map(\.contents)
        let members = all.filter { $0.fileSystem == "zfs_member" }
        if !members.isEmpty {
            let pools = importedPools
            if members.contains(where: { $0.label.map(pools.contains) ?? !pools.isEmpty }) {
                let name = members.compactMap(\.label).first.map { " \($0)" } ?? ""
                refusals.append(.init(code: .pool, reason: "holds a part of the imported zpool\(name)"))
            }
        }
        return refusals
    }

    /// The names of the zpools in use: each has a folder there.
    private var importedPools: Set<String> {
        let folder = machine.environment.proc.appending("spl/kstat/zfs")
        let entries = (try? FolderEntry.entries(of: folder)) ?? []
        return Set(entries.filter { $0.kind == .folder }.compactMap(\.name))
    }

    private func protectionRefusals(_ use: DriveUse, _ paths: [FilePath]) -> [DriveVerdict.Refusal] {
        let file = use.node.backingFile.flatMap { try? machine.environment.lookUp($0) }
        var refusals: [DriveVerdict.Refusal] = []
        for path in paths {
            if let file, let facts = try? machine.environment.lookUp(path), facts.isSameFile(as: file) {
                refusals.append(.init(code: .protected, reason: "is \(path) itself, which this command needs"))
                continue
            }
            switch machine.place(of: path) {
            case .devices(let names):
                guard machine.foundation(of: names).contains(use.node.name) else { continue }
                refusals.append(.init(code: .protected, reason: "holds \(path), which this command needs"))
            case .opaque: refusals += blindness("\(path) lies", use)
            case .unknown(let errno):
                refusals.append(
                    .init(
                        code: .unknown,
                        reason: "cannot be told apart from the drive of \(path), which cannot be looked at (\(errno))"))
            }
        }
        return refusals
    }

    // MARK: What cannot be seen

    private func blindnessRefusals(_ use: DriveUse) -> [DriveVerdict.Refusal] {
        // Then every drive is refused already, and what else cannot be seen follows from it.
        guard machine.unreadableFacts.isEmpty else { return [] }
        var refusals: [DriveVerdict.Refusal] = []
        var unseen = machine.mounted.filter { $0.isOpaque && SystemMountPoints.decisive.contains($0.mount.mountPoint) }
            .map(\.mount.mountPoint.string)
        switch machine.place(of: "/") {
        case .devices(let names) where machine.canBeFollowed(names): break
        case .devices, .opaque, .unknown: unseen.insert("/", at: 0)
        }
        if let first = unseen.first {
            refusals += blindness(first == "/" ? "the root file system lies" : "\(first) lies", use)
        }
        for swap in machine.swaps where swap.isOpaque {
            if swap.entry.isFile {
                refusals += blindness("the swap file \(swap.entry.path) lies", use)
            } else {
                refusals.append(
                    .init(code: .unknown, reason: "cannot be told apart from the swap device \(swap.entry.path)"))
            }
        }
        return refusals
    }

    /// Where something lies that cannot be seen from here, every drive in use is refused; where nothing is known to be
    /// in use, every drive.
    private func blindness(_ what: String, _ use: DriveUse) -> [DriveVerdict.Refusal] {
        if !use.mountPoints.isEmpty {
            return [.init(code: .unknown, reason: "is mounted, and it cannot be seen from here on which drive \(what)")]
        }
        guard !machine.knowsSomethingInUse else { return [] }
        return [
            .init(
                code: .unknown, reason: "cannot be judged, because it cannot be seen from here on which drive \(what)")
        ]
    }

    // MARK: Who has it

    private func holderRefusals(_ device: BlockDevice, _ use: DriveUse) -> [DriveVerdict.Refusal] {
        let users = DeviceUsers(machine)
        if use.mountPoints.isEmpty, machine.environment.isClaimed(device.node, device.deviceNumber) == true {
            let holder =
                users.describe(device) ?? "something that cannot be seen from here, as another mount name space"
            return [.init(code: .inUse, reason: "is in use by \(holder)")]
        }
        return users.describeWriters(of: device).map {
            [.init(code: .inUse, reason: "is open for writing in \($0)")]
        } ?? []
    }

    // MARK: What it takes

    private func demands(_ device: BlockDevice, _ use: DriveUse) -> [DriveVerdict.Demand] {
        var demands: [DriveVerdict.Demand] = []
        if device.isFixed { demands += [.allowFixedDisk, .confirm(device.confirmationToken)] }
        if let contents = device.contentSummary { demands.append(.force(contents)) }
        if !use.mountPoints.isEmpty { demands.append(.unmount(use.mountPoints)) }
        return demands
    }
}
