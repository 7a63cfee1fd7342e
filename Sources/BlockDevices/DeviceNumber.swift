// SPDX-License-Identifier: GPL-3.0-or-later

/// The number by which the kernel knows a device, whatever names it has.
public struct DeviceNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number of the driver; 0 for file systems without a device of their own.
    public let major: UInt32
    /// The number of the device among the driver's.
    public let minor: UInt32

    /// The number with these parts.
    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// The number that a `dev_t` of glibc holds (bits/sysmacros.h).
    public init(dev number: UInt64) {
        major = UInt32(truncatingIfNeeded: (number >> 8) & 0xFFF | (number >> 32) & 0xFFFF_F000)
        minor = UInt32(truncatingIfNeeded: number & 0xFF | (number >> 12) & 0xFFFF_FF00)
    }

    /// The number in text as sysfs and mountinfo have it, `8:16`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    /// True for the number of a file system that lies on no device or on several.
    public var isAnonymous: Bool { major == 0 }

    /// The number as sysfs has it: `8:16`.
    public var description: String { "\(major):\(minor)" }

    /// Orders by major and minor.
    public static func < (left: DeviceNumber, right: DeviceNumber) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
