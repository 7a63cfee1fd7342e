// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support
import SystemPackage

/// A fixed disk of the computer, by the number that task sequences know it by.
package struct TargetDisk: Sendable, Equatable {
    /// The number, from 0.
    package let number: Int
    /// The disk.
    package let device: BlockDevice

    /// What messages call it.
    package var title: String {
        let model = [device.vendor, device.model].compactMap { $0 }.joined(separator: " ")
        return "disk \(number) (\(model.isEmpty ? device.name : model), \(ByteCountText.rounded(device.byteCount)))"
    }

    /// A disk by its number.
    package init(number: Int, device: BlockDevice) {
        self.number = number
        self.device = device
    }
}

extension TargetDisk {
    /// The fixed disks of the computer in the order of their controllers and ports, without that which media was started from.
    ///
    /// What is connected over USB, memory cards, what can be taken out or is write-protected, and what has no size is
    /// none of them.
    ///
    /// - Parameters:
    ///   - media: the drives that media lies on, by their nodes; none when its disk is one of the computer's, as that of
    ///     prestaged media.
    ///   - takesLoopDevices: for tests: a file that is shown as a disk counts as one.
    /// - Throws: `DeviceError`.
    package static func all(
        _ devices: BlockDevices = BlockDevices(), without media: [FilePath], takesLoopDevices: Bool = false
    ) throws(DeviceError) -> [TargetDisk] {
        let found = try devices.all().filter { device in
            (device.kind == .disk || takesLoopDevices && device.kind == .loop) && device.isFixed
                && device.byteCount > 0 && !device.isReadOnly && !media.contains(device.node)
        }
        let sys = devices.environment.sys
        let placed = found.map { (device: $0, place: DevicePlace(ofDisk: $0.name, sys: sys)) }.enumerated().sorted {
            guard let first = $0.element.place, let second = $1.element.place, first != second else {
                return $0.offset < $1.offset
            }
            return first < second
        }
        return placed.enumerated().map { TargetDisk(number: $0.offset, device: $0.element.element.device) }
    }
}
