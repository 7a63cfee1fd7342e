// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Glibc
import Support
import SystemPackage

/// Where a disk is connected: controllers and ports from the processor on, as sysfs has them.
///
/// The kernel looks at several disks at once, and names them in the order in which they answer: the names of two disks change places
/// from one start to the next, their places do not.
package struct DevicePlace: Comparable, Sendable {
    private let parts: [String]

    /// The place of the disk `name`, whose folder in sysfs leads to where it is; nil where that cannot be told.
    init?(ofDisk name: String, sys: FilePath = "/sys") {
        let link = sys.appending("class/block").appending(name)
        guard let resolved = realpath(link.string, nil) else { return nil }
        defer { free(resolved) }
        self.init(path: String(cString: resolved))
    }

    /// The place that sysfs calls `path`.
    package init(path: String) { parts = path.split(separator: "/").map(String.init) }

    package static func < (left: DevicePlace, right: DevicePlace) -> Bool {
        for (first, second) in zip(left.parts, right.parts) where !first.isExactly(second) {
            return precedes(first, second)
        }
        return left.parts.count < right.parts.count
    }

    package static func == (left: DevicePlace, right: DevicePlace) -> Bool {
        left.parts.count == right.parts.count && zip(left.parts, right.parts).allSatisfy { $0.isExactly($1) }
    }

    /// Addresses of PCI are hexadecimal and of one length (domain:bus:device.function); other numbers are decimal.
    private static func precedes(_ first: String, _ second: String) -> Bool {
        func isAddress(_ text: String) -> Bool { text.utf8.count == 12 && text.contains(":") && text.contains(".") }
        if isAddress(first), isAddress(second) { return first.precedesByBytes(second) }
        var (left, right) = (first.utf8[...], second.utf8[...])
        while let a = left.first, let b = right.first {
            guard isDigit(a), isDigit(b) else {
                if a != b { return a < b }
                left = left.dropFirst()
                right = right.dropFirst()
                continue
            }
            let numbers = (
                left.prefix(while: isDigit).drop { $0 == 0x30 }, right.prefix(while: isDigit).drop { $0 == 0x30 }
            )
            if numbers.0.count != numbers.1.count { return numbers.0.count < numbers.1.count }
            if !numbers.0.elementsEqual(numbers.1) { return numbers.0.lexicographicallyPrecedes(numbers.1) }
            left = left.drop(while: isDigit)
            right = right.drop(while: isDigit)
        }
        return left.isEmpty && !right.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
