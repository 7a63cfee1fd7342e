// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

extension Machine {
    /// The whole disk that `path` leads to.
    func device(at path: FilePath) throws(DeviceError) -> BlockDevice {
        func notADrive(_ problem: DiagnosticText, _ nextStep: DiagnosticText) -> DeviceError {
            DeviceError(.notADrive, "\(path)", problem, nextStep: nextStep)
        }
        let facts: PathFacts
        do {
            facts = try environment.lookUp(path)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory:
                throw DeviceError(
                    .notFound, "drive \(path)", "does not exist", nextStep: "'tsmedia devices' lists the drives")
            default: throw DeviceError("looked at", path, error)
            }
        }
        switch facts.kind {
        case .blockDevice(let number):
            guard let node = node(number) else {
                throw DeviceError(
                    .notFound, "drive \(path)", "is a node without a device (\(number))",
                    nextStep: "connect the drive; 'tsmedia devices' lists the drives")
            }
            if let disk = node.disk {
                throw notADrive(
                    "is a partition of \(environment.node(of: disk))", "name the whole drive, which is written as one")
            }
            return device(node, at: path)
        case .characterDevice: throw notADrive("is a character device", "name a drive; 'tsmedia devices' lists them")
        case .file: throw notADrive("is a file, not a drive", "name a drive, or write a drive image with \(.output)")
        case .folder: throw notADrive("is a folder, not a drive", "name a drive, or write a folder with \(.output)")
        case .other: throw notADrive("is a pipe or a socket", "name a drive; 'tsmedia devices' lists them")
        }
    }

    /// All that is known of the disk `node`.
    ///
    /// - Parameter path: a node that is known to be the disk's, for where /dev has another name for it.
    func device(_ node: BlockNode, at path: FilePath? = nil) -> BlockDevice {
        let hardware = Hardware(disk: node, environment: environment)
        let parts = node.partitions.compactMap { nodes[$0] }
        let file = path.flatMap { isNode(environment.node(of: node.name), of: node) ? nil : $0 }
        return BlockDevice(
            name: node.name, node: file ?? environment.node(of: node.name), deviceNumber: node.number, kind: node.kind,
            bus: hardware.bus, model: hardware.model, vendor: hardware.vendor, serial: hardware.serial,
            byteCount: node.byteCount ?? 0,
            logicalSectorByteCount: logicalSector(of: node),
            physicalSectorByteCount: node.folder.number("queue/physical_block_size").flatMap { Int(exactly: $0) }
                ?? 512,
            isReadOnly: node.folder.flag("ro") ?? false, isRemovable: node.folder.flag("removable") ?? false,
            isHotplug: hardware.isHotplug, diskSequence: node.folder.number("diskseq"),
            contents: contents(of: node, at: file),
            partitions: parts.map(partition).sorted {
                ($0.number ?? 0, $0.name) < ($1.number ?? 0, $1.name)
            },
            mountPoints: mountPoints(of: node), holders: holders(of: node), backingFile: node.backingFile,
            unreadableFacts: ([node] + parts).flatMap(\.unreadableFacts))
    }

    /// What must not change of the disk `node`.
    func identity(of node: BlockNode) -> DeviceIdentity {
        DeviceIdentity(
            deviceNumber: node.number, serial: Hardware(disk: node, environment: environment).serial,
            byteCount: node.byteCount ?? 0, logicalSectorByteCount: logicalSector(of: node),
            diskSequence: node.folder.number("diskseq"))
    }

    private func logicalSector(of node: BlockNode) -> Int {
        node.folder.number("queue/logical_block_size").flatMap { Int(exactly: $0) } ?? 512
    }

    private func partition(_ node: BlockNode) -> BlockDevice.Partition {
        BlockDevice.Partition(
            name: node.name, node: environment.node(of: node.name), deviceNumber: node.number,
            number: node.folder.number("partition").flatMap { Int(exactly: $0) }, byteCount: node.byteCount ?? 0,
            contents: contents(of: node, at: nil), mountPoints: mountPoints(of: node), holders: holders(of: node))
    }

    private func contents(of node: BlockNode, at path: FilePath?) -> DeviceContents {
        // A drive that has no medium, or that spins one up for seconds, is not asked.
        guard node.kind == .disk || node.kind == .loop, let count = node.byteCount, count > 0 else {
            return DeviceContents()
        }
        return environment.probe(path ?? environment.node(of: node.name), node.number)
    }

    private func mountPoints(of node: BlockNode) -> [FilePath] {
        mounted.filter { $0.nodes.contains(node.name) }.map(\.mount.mountPoint)
    }

    /// What is directly built on `node`, whichever side of the link tells, but its own partitions.
    private func holders(of node: BlockNode) -> [String] {
        let others = nodes.values.filter { $0.slaves.contains(node.name) }.map(\.name)
        return Set(others + node.holders + arrays(with: node.name)).sorted()
    }

    /// True when the node at `path` is that of `device`.
    private func isNode(_ path: FilePath, of device: BlockNode) -> Bool {
        (try? environment.lookUp(path))?.kind == .blockDevice(device.number)
    }
}
