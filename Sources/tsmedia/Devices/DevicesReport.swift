// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import SystemPackage

/// The JSON document of `tsmedia devices` (docs/devices.md).
struct DevicesReport: Encodable {
    let devices: [Device]
    let errors: [String]

    init(_ verdicts: [DriveVerdict], _ problems: [DeviceError]) {
        devices = verdicts.map(Device.init)
        errors = problems.map(ExitStatus.message)
    }

    struct Device: Encodable {
        let path: String
        let name: String
        let deviceNumber: String
        let kind: String
        let bus: String
        let model: String?
        let vendor: String?
        let serial: String?
        let size: Int64
        let logicalSectorSize: Int
        let physicalSectorSize: Int
        let diskSequence: UInt64?
        let readOnly: Bool
        let removable: Bool
        let hotplug: Bool
        let fixed: Bool
        let partitionTable: String?
        let fileSystem: String?
        let label: String?
        let contentProblem: String?
        let mountPoints: [String]
        let holders: [String]
        let backingFile: String?
        let partitions: [Partition]
        let verdict: String
        let refusals: [Refusal]
        let demands: [Demand]

        init(_ verdict: DriveVerdict) {
            let device = verdict.device
            path = device.node.string
            name = device.name
            deviceNumber = device.deviceNumber.description
            kind = device.kind.rawValue
            bus = device.bus.rawValue
            (model, vendor, serial) = (device.model, device.vendor, device.serial)
            size = device.byteCount
            logicalSectorSize = device.logicalSectorByteCount
            physicalSectorSize = device.physicalSectorByteCount
            diskSequence = device.diskSequence
            readOnly = device.isReadOnly
            removable = device.isRemovable
            hotplug = device.isHotplug
            fixed = device.isFixed
            partitionTable = device.contents.partitionTable
            fileSystem = device.contents.fileSystem
            label = device.contents.label
            contentProblem = device.contents.problem
            mountPoints = device.mountPoints.map(\.string)
            holders = device.holders
            backingFile = device.backingFile?.string
            partitions = device.partitions.map(Partition.init)
            self.verdict = verdict.isRefused ? "refused" : verdict.isWritable ? "writable" : "needsConsent"
            refusals = verdict.refusals.map { Refusal(rule: $0.code.rawValue, reason: $0.reason) }
            demands = verdict.demands.map {
                Demand(option: OptionNames.option($0.field), value: $0.value, reason: $0.reason)
            }
        }
    }

    struct Partition: Encodable {
        let path: String
        let name: String
        let deviceNumber: String
        let number: Int?
        let size: Int64
        let fileSystem: String?
        let label: String?
        let contentProblem: String?
        let mountPoints: [String]
        let holders: [String]

        init(_ partition: BlockDevice.Partition) {
            path = partition.node.string
            name = partition.name
            deviceNumber = partition.deviceNumber.description
            number = partition.number
            size = partition.byteCount
            fileSystem = partition.contents.fileSystem
            label = partition.contents.label
            contentProblem = partition.contents.problem
            mountPoints = partition.mountPoints.map(\.string)
            holders = partition.holders
        }
    }

    struct Refusal: Encodable {
        let rule: String
        let reason: String
    }

    struct Demand: Encodable {
        let option: String
        let value: String?
        let reason: String
    }
}
