// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// Whether a drive may be written, and if not as it is, what it would take.
public struct DriveVerdict: Sendable, Hashable {
    /// A reason that nothing can override.
    public struct Refusal: Sendable, Hashable {
        /// The rules of docs/devices.md.
        public enum Code: String, Sendable, Hashable, CaseIterable {
            /// It is no disk: an optical drive, memory, a mapped device, a boot area of an eMMC.
            case kind
            /// It has no medium.
            case noMedium
            /// It is write-protected.
            case readOnly
            /// It is not there any more, or is another one than before.
            case changed
            /// It holds a file system that the running system needs.
            case system
            /// It holds swap space.
            case swap
            /// Another device is built on it: device mapper, md, bcache, a loop device on a file.
            case mapping
            /// A file system or pool over several devices, which is in use, has a part on it.
            case pool
            /// It holds what the command reads or writes besides.
            case protected
            /// Somebody uses it who cannot be seen from here.
            case inUse
            /// What decides about its safety could not be found out.
            case unknown
        }

        /// Which rule it is.
        public let code: Code
        /// The reason as the predicate of a sentence: "holds the root file system (/)".
        public let reason: String
    }

    /// A condition that a person can meet.
    public enum Demand: Sendable, Hashable {
        /// It is a fixed disk: `--allow-fixed-disk`.
        case allowFixedDisk
        /// It must be named once more: `--confirm` with this serial number or path.
        case confirm(String)
        /// Something is on it: `--force`; what it is.
        case force(String)
        /// It is mounted: `--unmount`; where.
        case unmount([FilePath])
    }

    /// The drive that was judged.
    public let device: BlockDevice
    /// Why it must not be written; empty when it may be.
    public let refusals: [Refusal]
    /// What must be consented to before it is written; empty for a drive that is refused, which no consent changes.
    public let demands: [Demand]

    /// True when nothing can make it writable.
    public var isRefused: Bool { !refusals.isEmpty }
    /// True when it may be written without further words.
    public var isWritable: Bool { refusals.isEmpty && demands.isEmpty }
}

/// What a person agreed to.
public struct Consents: Sendable, Hashable {
    /// `--allow-fixed-disk`.
    public var allowFixedDisk: Bool
    /// The value of `--confirm`.
    public var confirmation: String?
    /// `--force`.
    public var force: Bool
    /// `--unmount`.
    public var unmount: Bool

    /// Consents as given; none by default.
    public init(
        allowFixedDisk: Bool = false, confirmation: String? = nil, force: Bool = false, unmount: Bool = false
    ) {
        self.allowFixedDisk = allowFixedDisk
        self.confirmation = confirmation
        self.force = force
        self.unmount = unmount
    }
}
