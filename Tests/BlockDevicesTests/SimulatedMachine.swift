// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport

@testable import BlockDevices

/// Makes the sysfs, procfs and /dev of a machine that does not exist.
final class SimulatedMachine {
    /// Where a disk is plugged in: the path below /sys/devices.
    enum Port {
        static let usb = "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0"
        static let secondUSB = "pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0/host7/target7:0:0/7:0:0:0"
        static let sata = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
        static let secondSATA = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0"
        static let nvme = "pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0"
        static let emmc = "pci0000:00/0000:00:1a.0/mmc_host/mmc0/mmc0:0001"
        static let card = "pci0000:00/0000:00:1c.0/mmc_host/mmc1/mmc1:aaaa"
        static let virtio = "pci0000:00/0000:00:02.0/virtio1"
        static let iSCSI = "platform/host8/session1/target8:0:0/8:0:0:0"
        static let virtual = "virtual"
    }

    let folder: TestFolder
    private var sys: FilePath { folder.appending("sys") }
    private var proc: FilePath { folder.appending("proc") }
    private var state = State()
    private var mountLines: [String] = []
    private var swapLines: [String] = []
    private var nextMount: UInt64 = 20
    private var nextMinor: UInt32 = 0

    fileprivate struct State {
        var numbers: [String: DeviceNumber] = [:]
        var contents: [DeviceNumber: DeviceContents] = [:]
        var mounts: [(point: String, device: DeviceNumber, number: UInt64)] = []
        var files: [String: UInt64] = [:]
        var forbidden: Set<String> = []
        var links: [String: String] = [:]
        var claimed: Set<DeviceNumber> = []
    }

    init() throws {
        folder = try TestFolder()
        for name in ["sys/block", "sys/devices", "proc/self", "dev", "run/data"] {
            try Folder.create(folder.appending(name))
        }
    }

    /// The machine as an environment.
    func environment() throws -> DeviceEnvironment {
        if !withoutMountinfo { try write(mountLines.joined(), to: proc.appending("self/mountinfo")) }
        try write(
            "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + swapLines.joined(), to: proc.appending("swaps"))
        var environment = DeviceEnvironment()
        environment.sys = sys
        environment.proc = proc
        environment.dev = "/dev"
        environment.run = folder.appending("run")
        let state = Transfer(state)
        environment.lookUp = { path throws(Errno) in try state.value.lookUp(path.string) }
        environment.probe = { _, number in state.value.contents[number] ?? DeviceContents() }
        environment.isClaimed = { _, number in state.value.claimed.contains(number) }
        environment.loopBacking = { _, _ in nil }
        return environment
    }

    /// Nothing changes any more once it is handed over.
    private struct Transfer: @unchecked Sendable {
        let value: State
        init(_ value: State) { self.value = value }
    }

    // MARK: Devices

    /// A disk; `attributes` are files below its folder, as `queue/rotational` or `device/model`.
    func disk(
        _ name: String, _ port: String, mebibytes: Int = 16_384, removable: Bool = false, readOnly: Bool = false,
        sequence: Int? = 7, contents: DeviceContents = DeviceContents(), attributes: [String: String] = [:],
        above: [String: String] = [:]
    ) throws {
        let real = sys.appending("devices").appending(port).appending("block").appending(name)
        try makeDevice(name, real, mebibytes: mebibytes, contents: contents)
        try write(removable ? "1\n" : "0\n", to: real.appending("removable"))
        try write(readOnly ? "1\n" : "0\n", to: real.appending("ro"))
        if let sequence { try write("\(sequence)\n", to: real.appending("diskseq")) }
        try write("512\n", to: real.appending("queue/logical_block_size"))
        try write("4096\n", to: real.appending("queue/physical_block_size"))
        for (file, text) in attributes { try write("\(text)\n", to: real.appending(file)) }
        for (file, text) in above {
            try write("\(text)\n", to: sys.appending("devices").appending(file))
        }
        try link(real, from: sys.appending("block").appending(name))
    }

    /// A USB stick with a model and a serial number.
    func stick(
        _ name: String, _ port: String = Port.usb, mebibytes: Int = 16_384, removable: Bool = true,
        readOnly: Bool = false, serial: String? = "STICK01", contents: DeviceContents = DeviceContents()
    ) throws {
        let hub = port.split(separator: "/").prefix(4).joined(separator: "/")
        var above = ["\(hub)/idVendor": "0781"]
        if let serial { above["\(hub)/serial"] = serial }
        try disk(
            name, port, mebibytes: mebibytes, removable: removable, readOnly: readOnly, contents: contents,
            attributes: ["device/model": "Ultra           ", "device/vendor": "SanDisk "], above: above)
    }

    /// A fixed disk on SATA.
    func sata(
        _ name: String = "sda", _ port: String = Port.sata, contents: DeviceContents = .gpt
    ) throws {
        try disk(
            name, port, mebibytes: 476_940, contents: contents,
            attributes: [
                "device/model": "Samsung SSD 860 ", "device/vendor": "ATA     ",
                "device/vpd_pg80": "\u{0}\u{80}\u{0}\u{8}S3Z1-\(name)",
            ])
    }

    /// A partition of a disk.
    func partition(_ name: String, of disk: String, _ contents: DeviceContents = DeviceContents()) throws {
        let folder = sys.appending("block").appending(disk).appending(name)
        try makeDevice(name, folder, mebibytes: 1_024, contents: contents)
        let digits = String(name.reversed().prefix { $0.isNumber }.reversed())
        try write("\(digits)\n", to: folder.appending("partition"))
    }

    /// A device that is built on others, linked both ways as the kernel does; without sysfs links with `isLinked` false.
    func virtual(
        _ name: String, on lower: [String] = [], attributes: [String: String] = [:],
        contents: DeviceContents = DeviceContents(), mebibytes: Int = 1_024, isLinked: Bool = true
    ) throws {
        try disk(name, Port.virtual, mebibytes: mebibytes, contents: contents, attributes: attributes)
        guard isLinked else { return }
        for lower in lower {
            try write("", to: sys.appending("block").appending(name).appending("slaves").appending(lower))
            try write("", to: try deviceFolder(lower).appending("holders").appending(name))
        }
    }

    /// A loop device on a file.
    func loop(_ name: String, file: String, contents: DeviceContents = DeviceContents()) throws {
        try virtual(name, attributes: ["loop/backing_file": file], contents: contents)
    }

    /// Says that `holder` is built on `name`, without a device of that name.
    func unknownHolder(_ holder: String, of name: String) throws {
        try write("", to: try deviceFolder(name).appending("holders").appending(holder))
    }

    private func makeDevice(_ name: String, _ folder: FilePath, mebibytes: Int, contents: DeviceContents) throws {
        let number = DeviceNumber(major: 8, minor: nextMinor)
        nextMinor += 1
        state.numbers[name] = number
        state.contents[number] = contents
        try Folder.create(folder.appending("holders"))
        try Folder.create(folder.appending("slaves"))
        try write("\(number)\n", to: folder.appending("dev"))
        try write("\(mebibytes * 2048)\n", to: folder.appending("size"))
    }

    private func deviceFolder(_ name: String) throws -> FilePath {
        let block = sys.appending("block")
        for disk in try FolderEntry.entries(of: block).compactMap(\.name) {
            if disk == name { return block.appending(disk) }
            let partition = block.appending(disk).appending(name)
            if (try? Stat(partition)) != nil { return partition }
        }
        throw Errno.noSuchFileOrDirectory
    }

    // MARK: What is in use

    /// A mount of the file system on a device, or of one without.
    func mount(
        _ device: String?, _ point: String, _ type: String, source: String? = nil, options: String = "rw",
        anonymous: UInt32? = nil
    ) throws {
        let number =
            anonymous.map { DeviceNumber(major: 0, minor: $0) } ?? device.flatMap { state.numbers[$0] }
            ?? DeviceNumber(major: 0, minor: UInt32(nextMount))
        nextMount += 1
        let source = source ?? device.map { "/dev/\($0.split(separator: "!").joined(separator: "/"))" } ?? type
        mountLines.append(
            "\(nextMount) 1 \(number) / \(point) rw,relatime shared:1 - \(type) \(source) \(options)\n")
        state.mounts.append((String(decoding: KernelText.bytes(point.utf8), as: UTF8.self), number, nextMount))
    }

    /// A line of mountinfo as it stands.
    func mountLine(_ line: String) { mountLines.append(line) }

    /// When true there is no mountinfo.
    var withoutMountinfo = false

    /// Swap on a partition or in a file.
    func swap(_ path: String, isFile: Bool = false) {
        swapLines.append("\(path)    \(isFile ? "file" : "partition")\t\t2097148\t\t0\t\t-2\n")
    }

    /// A file or folder that exists.
    func file(_ path: String) { state.files[path] = UInt64(state.files.count) + 100 }

    /// A path that may not be looked at.
    func forbid(_ path: String) { state.forbidden.insert(path) }

    /// A link to a node.
    func link(_ path: String, to target: String) { state.links[path] = target }

    /// Somebody holds the device.
    func claim(_ name: String) { if let number = state.numbers[name] { state.claimed.insert(number) } }

    /// A file of sysfs.
    func sysfs(_ path: String, _ text: String = "") throws { try write(text, to: sys.appending(path)) }

    /// Takes a file or folder of sysfs away.
    func removeSysfs(_ path: String) throws { try Folder.removeTree(sys.appending(path)) }

    /// A file of procfs.
    func procfs(_ path: String, _ text: String) throws { try write(text, to: proc.appending(path)) }

    /// A folder of procfs.
    func procFolder(_ path: String) throws { try Folder.create(proc.appending(path)) }

    /// What udev remembers of a device.
    func udev(_ name: String, _ values: [String: String]) throws {
        guard let number = state.numbers[name] else { return }
        let lines = values.map { "E:\($0.key)=\($0.value)\n" }.joined()
        try write("S:disk/by-id/x\n" + lines, to: folder.appending("run/data/b\(number)"))
    }

    // MARK: Files

    private func write(_ text: String, to path: FilePath) throws {
        try Folder.create(AtomicFile.parent(of: path))
        // A page of vital product data is not text: its second byte is 80h.
        try AtomicFile.create(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, at: path)
    }

    private func link(_ target: FilePath, from path: FilePath) throws {
        guard symlink(target.string, path.string) == 0 else { throw Errno(rawValue: errno) }
    }
}

extension SimulatedMachine.State {
    /// What stat(2) would say there.
    func lookUp(_ path: String) throws(Errno) -> PathFacts {
        if forbidden.contains(path) { throw .permissionDenied }
        let target = links[path] ?? path
        if target.hasPrefix("/dev/") {
            let name = target.dropFirst("/dev/".count).map { $0 == "/" ? "!" : String($0) }.joined()
            if name == "null" {
                return PathFacts(kind: .characterDevice, fileSystem: .init(major: 0, minor: 6), inode: 4, mount: nil)
            }
            guard let number = numbers[name] else { throw .noSuchFileOrDirectory }
            return PathFacts(
                kind: .blockDevice(number), fileSystem: .init(major: 0, minor: 6), inode: 5, mount: nil)
        }
        func isBelow(_ inner: String, _ outer: String) -> Bool {
            inner == outer || inner.hasPrefix(outer == "/" ? "/" : outer + "/")
        }
        let isFile = files[target] != nil
        guard
            isFile || mounts.contains(where: { isBelow($0.point, target) })
                || files.keys.contains(where: { isBelow($0, target) })
        else { throw .noSuchFileOrDirectory }
        guard
            let mount = mounts.filter({ isBelow(target, $0.point) }).max(by: { $0.point.count <= $1.point.count })
        else { throw .ioError }
        return PathFacts(
            kind: isFile ? .file : .folder, fileSystem: mount.device, inode: files[target] ?? 2, mount: mount.number)
    }
}

extension DeviceContents {
    static let gpt = DeviceContents(partitionTable: "gpt")
    static let dos = DeviceContents(partitionTable: "dos")
    static func fileSystem(_ type: String, _ label: String? = nil) -> DeviceContents {
        DeviceContents(fileSystem: type, label: label)
    }
}
