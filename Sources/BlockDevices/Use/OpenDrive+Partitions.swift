// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

extension OpenDrive {
    /// Has the kernel forget the partitions of the drive, and what it keeps of them in memory: before they are changed.
    ///
    /// - Throws: ``DeviceError``: `.inUse` when somebody uses a partition, `.io`.
    public func forgetPartitions() throws(DeviceError) {
        let machine = try Machine(devices.environment)
        guard let node = machine.node(identity.deviceNumber) else { return }
        for partition in machine.device(node).partitions {
            guard let number = partition.number.flatMap(Int32.init(exactly:)),
                tsm_block_remove_partition(descriptor.rawValue, number) != 0
            else { continue }
            switch Errno(rawValue: errno) {
            // Somebody else was quicker.
            case .noSuchAddressOrDevice: continue
            case .resourceBusy:
                throw DeviceError(
                    .inUse, "partition \(number) of drive \(device.displayName)", "is in use",
                    nextStep: "take it out of use first")
            case let errno: throw DeviceError("told of its partitions", device.node, errno)
            }
        }
    }

    /// Has the kernel know these partitions, numbered from 1, whether or not it can read their table.
    ///
    /// - Parameter ranges: the bytes of the drive that each takes.
    /// - Throws: ``DeviceError``: `.inUse`, `.io`.
    public func announcePartitions(_ ranges: [Range<Int64>]) throws(DeviceError) {
        // The kernel itself may have looked at the table meanwhile.
        try forgetPartitions()
        for (index, range) in ranges.enumerated() {
            let number = Int32(clamping: index + 1)
            guard tsm_block_add_partition(descriptor.rawValue, number, range.lowerBound, Int64(range.count)) == 0 else {
                throw DeviceError("told of its partitions", device.node, Errno(rawValue: errno))
            }
        }
    }
}
