// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Everything that decides about the safety of drives, as it is at one moment.
struct Machine {
    let environment: DeviceEnvironment
    /// All block devices by name.
    private(set) var nodes: [String: BlockNode] = [:]
    private var names: [DeviceNumber: String] = [:]
    /// What each device is built on: a partition on its disk, a mapping on its slaves, a loop device on what holds its
    /// file.
    private var below: [String: Set<String>] = [:]
    /// What is mounted and on which devices it lies.
    private(set) var mounted: [MountedFileSystem] = []
    /// Swap and on which devices it lies.
    private(set) var swaps: [Swap] = []
    /// The devices of each file system over several, by the UUID that btrfs knows it by.
    private(set) var btrfs: [String: [String]] = [:]
    private var arrayMembers: [String: Set<String>] = [:]
    /// What could not be found out although the safety of every drive depends on it.
    private(set) var unreadableFacts: [String] = []

    private var mountsByNumber: [UInt64: Int] = [:]
    /// Names of loop devices whose file is known not to be on another device, or is on one that is known.
    private var explainedLoops: Set<String> = []

    /// A file system that is mounted.
    struct MountedFileSystem {
        let mount: Mount
        /// The devices that it lies on directly, or that what it shows lies on.
        let nodes: Set<String>
        /// True when it lies on something that cannot be seen from here.
        let isOpaque: Bool
    }

    /// A swap file or partition.
    struct Swap {
        let entry: SwapTable.Entry
        let nodes: Set<String>
        let isOpaque: Bool
    }

    /// Looks at all of `environment` but what is on the devices.
    init(_ environment: DeviceEnvironment) throws(DeviceError) {
        self.environment = environment
        try readNodes()
        readArrays()
        readBtrfs()
        readMounts()
        for node in nodes.values where node.kind == .loop && node.disk == nil && node.backingFile != nil {
            guard let file = backing(of: node) else { continue }
            below[node.name, default: []].formUnion(file)
            explainedLoops.insert(node.name)
        }
        readSwaps()
    }

    // MARK: Questions

    /// The whole disks, and what looks like one.
    var disks: [BlockNode] { nodes.values.filter { $0.disk == nil } }

    /// The device with this number.
    func node(_ number: DeviceNumber) -> BlockNode? { names[number].flatMap { nodes[$0] } }

    /// The devices that `name` lies on, down to the disks, and itself.
    func foundation(of name: String) -> Set<String> {
        var (found, waiting): (Set<String>, [String]) = ([name], [name])
        while let next = waiting.popLast() {
            for lower in below[next] ?? [] where found.insert(lower).inserted { waiting.append(lower) }
        }
        return found
    }

    /// True when it is known for `names` down to the disks what they lie on.
    func canBeFollowed(_ names: Set<String>) -> Bool {
        foundation(of: names).allSatisfy { name in
            guard let node = nodes[name], node.kind == .loop, node.disk == nil, node.backingFile != nil else {
                return true
            }
            return explainedLoops.contains(name)
        }
    }

    /// The devices that any of `names` lie on, and themselves.
    func foundation(of names: Set<String>) -> Set<String> {
        names.reduce(into: []) { $0.formUnion(foundation(of: $1)) }
    }

    /// True when it is known of something in use on which device it lies.
    var knowsSomethingInUse: Bool { mounted.contains { !$0.nodes.isEmpty } || !explainedLoops.isEmpty }

    /// Where something lies.
    enum Place {
        /// On these devices, or on none that is a drive.
        case devices(Set<String>)
        /// On something that cannot be seen from here: the layers of a container or of a live system.
        case opaque
        /// It could not be looked at.
        case unknown(Errno)
    }

    /// Where what is at `path` lies, or, when nothing is there yet, the folder that it would be in.
    func place(of path: FilePath) -> Place {
        var path = path
        while true {
            do throws(Errno) {
                let facts = try environment.lookUp(path)
                if case .blockDevice(let number) = facts.kind {
                    return names[number].map { .devices([$0]) } ?? .unknown(.noDevice)
                }
                return nodes(under: facts).map { .devices($0) } ?? .opaque
            } catch {
                let parent = AtomicFile.parent(of: path)
                guard error == .noSuchFileOrDirectory, parent != path else { return .unknown(error) }
                path = parent
            }
        }
    }

    // MARK: Devices

    private mutating func readNodes() throws(DeviceError) {
        let block = environment.sys.appending("block")
        let found: [FolderEntry]
        do {
            found = try FolderEntry.entries(of: block)
        } catch {
            throw DeviceError(
                error.failureClass == .refused ? .notPermitted : .io, "\(block)", error.problem,
                nextStep: "mount sysfs there: without it nothing is known of drives")
        }
        for name in found.compactMap(\.name) {
            let folder = SysfsFolder(path: block.appending(name))
            // A path of a drive that has another node for use, and a drive that was taken away meanwhile.
            if folder.flag("hidden") == true || !folder.has(".") { continue }
            let parts = (folder.names(in: ".") ?? []).filter { folder.has("\($0)/partition") }
            guard
                let disk = BlockNode(name: name, disk: nil, folder: folder, partitions: parts)
            else {
                unreadableFacts.append("the device number of \(name)")
                continue
            }
            add(disk)
            for part in parts {
                let folder = SysfsFolder(path: folder.path.appending(part))
                guard let partition = BlockNode(name: part, disk: disk, folder: folder) else {
                    if !folder.has(".") { continue }
                    unreadableFacts.append("the device number of \(part)")
                    continue
                }
                add(partition)
                below[part, default: []].insert(name)
            }
        }
        for node in nodes.values {
            below[node.name, default: []].formUnion(node.slaves)
            for holder in node.holders { below[holder, default: []].insert(node.name) }
        }
    }

    private mutating func add(_ node: BlockNode) {
        nodes[node.name] = node
        names[node.number] = node.name
    }

    /// Members of software RAID that sysfs does not link: `md127 : inactive sdb1[0](S)` (md(4), /proc/mdstat).
    private mutating func readArrays() {
        guard let bytes = try? SmallFile.read(environment.proc.appending("mdstat")) else { return }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[1] == ":", words[0].hasPrefix("md") else { continue }
            for word in words.dropFirst(2) {
                guard let bracket = word.firstIndex(of: "["), let member = nodes[kernelName(word[..<bracket])] else {
                    continue
                }
                below[String(words[0]), default: []].insert(member.name)
                arrayMembers[String(words[0]), default: []].insert(member.name)
            }
        }
    }

    private mutating func readBtrfs() {
        let folder = SysfsFolder(path: environment.sys.appending("fs/btrfs"))
        for uuid in folder.names(in: ".") ?? [] {
            if let devices = folder.names(in: "\(uuid)/devices") { btrfs[uuid] = devices }
        }
    }

    /// The name in sysfs of what is `/dev/NAME`.
    private func kernelName(_ name: some StringProtocol) -> String {
        String(name.map { $0 == "/" ? "!" : $0 })
    }

    /// The software RAIDs that `name` is a member of according to mdstat.
    func arrays(with name: String) -> [String] { arrayMembers.filter { $0.value.contains(name) }.map(\.key) }

    // MARK: What lies where

    private mutating func readMounts() {
        let path = environment.proc.appending("self/mountinfo")
        guard let bytes = try? SmallFile.read(path) else {
            unreadableFacts.append("what is mounted: \(path) cannot be read")
            return
        }
        guard let table = MountTable(bytes) else {
            unreadableFacts.append("what is mounted: \(path) is not as proc(5) describes it")
            return
        }
        // First all that say themselves where they lie; then those whose layers lie on others.
        for (index, mount) in table.mounts.enumerated() { mountsByNumber[mount.number] = index }
        mounted = table.mounts.map { mount in
            let nodes = ownNodes(of: mount)
            return MountedFileSystem(mount: mount, nodes: nodes ?? [], isOpaque: nodes == nil)
        }
        let plain = mounted
        for index in mounted.indices where mounted[index].mount.isOverlay {
            mounted[index] = layered(plain[index].mount)
        }
    }

    /// The devices that a mount names itself; empty for one that needs none, nil when they cannot be told.
    private func ownNodes(of mount: Mount) -> Set<String>? {
        if let name = names[mount.device] { return mount.fileSystem == "btrfs" ? withSiblings([name]) : [name] }
        guard mount.device.isAnonymous else { return nil }
        let isPooled = ["btrfs", "bcachefs"].contains(mount.fileSystem)
        guard isPooled || mount.source.hasPrefix("/dev/") else { return [] }
        // bcachefs names all of its devices, with colons between them.
        let sources = mount.fileSystem == "bcachefs" ? mount.source.split(separator: ":") : [mount.source[...]]
        let found = Set(sources.compactMap { device(named: $0) })
        if found.isEmpty { return isPooled ? nil : [] }
        return mount.fileSystem == "btrfs" ? withSiblings(found) : found
    }

    /// What the kernel adds to the path of a file that has no name any more (d_path, fs/d_path.c of Linux).
    private static let deleted = " (deleted)"

    /// The name of the device that a mount or swap names by its path.
    private func device(named source: Substring) -> String? {
        if let facts = try? environment.lookUp(FilePath(String(source))), case .blockDevice(let number) = facts.kind {
            return names[number]
        }
        guard source.hasPrefix("/dev/") else { return nil }
        // A node that was made anew since, as udev may do, is called deleted.
        let isGone = source.hasSuffix(Self.deleted)
        let name = source.dropFirst("/dev/".count).dropLast(isGone ? Self.deleted.count : 0)
        return nodes[kernelName(name)]?.name
    }

    /// `members` of a btrfs file system and all others of it.
    private func withSiblings(_ members: Set<String>) -> Set<String> {
        btrfs.values.filter { !members.isDisjoint(with: $0) }.reduce(members) { $0.union($1) }
    }

    /// An overlay with the devices that its layers lie on.
    private func layered(_ mount: Mount) -> MountedFileSystem {
        var (nodes, isOpaque) = (Set<String>(), mount.layers.isEmpty)
        for layer in mount.layers {
            // A layer that is not there from here is in another name space, or was there when the system started.
            guard let facts = try? environment.lookUp(layer), let found = self.nodes(under: facts) else {
                isOpaque = true
                continue
            }
            nodes.formUnion(found)
        }
        return MountedFileSystem(mount: mount, nodes: nodes, isOpaque: isOpaque)
    }

    /// The devices that the file system of `facts` lies on; empty when it needs none, nil when they cannot be told.
    private func nodes(under facts: PathFacts) -> Set<String>? {
        if let name = names[facts.fileSystem] { return [name] }
        let candidates: [MountedFileSystem]
        if let number = facts.mount, let index = mountsByNumber[number] {
            candidates = [mounted[index]]
        } else {
            candidates = mounted.filter { $0.mount.device == facts.fileSystem }
        }
        guard let found = candidates.first(where: { !$0.isOpaque }) ?? candidates.first, !found.isOpaque else {
            return nil
        }
        return found.nodes
    }

    /// The devices that the file of a loop device lies on; empty when it needs none, nil when they cannot be told.
    private func backing(of node: BlockNode) -> Set<String>? {
        if let kernel = environment.loopBacking(environment.node(of: node.name), node.number) {
            if let name = names[kernel.fileSystem] { return [name] }
            // The path may lead nowhere from here, or elsewhere; the number does not.
            let found = mounted.first { $0.mount.device == kernel.fileSystem && !$0.isOpaque }
            if let found { return found.nodes }
        }
        guard let path = node.backingFile, let facts = try? environment.lookUp(path) else { return nil }
        if case .blockDevice(let number) = facts.kind { return names[number].map { [$0] } }
        return nodes(under: facts)
    }

    // MARK: Swap

    private mutating func readSwaps() {
        let path = environment.proc.appending("swaps")
        let table: SwapTable?
        do throws(FileError) {
            table = SwapTable(try SmallFile.read(path))
        } catch {
            // A kernel without swap has no such file; what is mounted could be read, so procfs is there.
            if error.errno == .noSuchFileOrDirectory { return }
            unreadableFacts.append("where swap is: \(path) cannot be read")
            return
        }
        guard let table else {
            unreadableFacts.append("where swap is: \(path) is not as proc(5) describes it")
            return
        }
        swaps = table.entries.map { entry in
            if entry.isFile, let facts = try? environment.lookUp(entry.path) {
                let nodes = nodes(under: facts)
                return Swap(entry: entry, nodes: nodes ?? [], isOpaque: nodes == nil)
            }
            let device = entry.isFile ? nil : device(named: entry.path.string[...])
            return Swap(entry: entry, nodes: device.map { [$0] } ?? [], isOpaque: device == nil)
        }
    }
}
