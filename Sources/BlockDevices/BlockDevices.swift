// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The drives of this machine: which is which, and which may be written.
///
/// Every call looks again; nothing is remembered between two.
public struct BlockDevices: Sendable {
    /// Where the facts come from.
    public let environment: DeviceEnvironment

    /// The drives of `environment`: of the running system when none is given.
    public init(_ environment: DeviceEnvironment = DeviceEnvironment()) { self.environment = environment }

    /// The drives, by name: whole disks, card readers without a card, and loop devices with a file; not what is built
    /// on them, nor memory.
    ///
    /// - Throws: ``DeviceError`` when sysfs cannot be read.
    public func all() throws(DeviceError) -> [BlockDevice] {
        let machine = try Machine(environment)
        return machine.disks.filter(\.isListed).map { machine.device($0) }.sorted {
            ($0.name.count, $0.name) < ($1.name.count, $1.name)
        }
    }

    /// The drive that `path` leads to, by its device number: a node, or any link to one.
    ///
    /// - Throws: ``DeviceError``: `.notFound`, or `.notADrive` for a partition, a file or a character device.
    public func resolve(_ path: FilePath) throws(DeviceError) -> BlockDevice {
        try Machine(environment).device(at: path)
    }

    /// Judges whether `device` may be written; to be asked before it is opened, since a drive that is open is in use.
    ///
    /// - Parameter paths: what must not be on it: sources, store, outputs. What does not exist yet counts as the folder
    ///   that it would be made in.
    public func verdict(on device: BlockDevice, protecting paths: [FilePath] = []) -> DriveVerdict {
        do {
            return Judge(machine: try Machine(environment)).verdict(on: device, protecting: paths)
        } catch {
            return DriveVerdict(
                device: device, refusals: [.init(code: .unknown, reason: "is unknown: \(error)")], demands: [])
        }
    }

    /// Opens the drive for writing, alone, and checks that it is still the one described by `identity`.
    ///
    /// - Throws: ``DeviceError``: `.inUse`, `.changed`, `.notPermitted`, `.io`.
    public func open(_ device: BlockDevice, expecting identity: DeviceIdentity? = nil) throws(DeviceError) -> OpenDrive
    {
        try OpenDrive(device, expecting: identity ?? device.identity, devices: self)
    }
}
