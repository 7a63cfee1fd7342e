// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Why a drive cannot be used.
public struct DeviceError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        let name: String
        let failureClass: FailureClass

        /// Nothing has this path.
        public static let notFound = Code(name: "notFound", failureClass: .notFound)
        /// What has this path is not a whole drive.
        public static let notADrive = Code(name: "notADrive", failureClass: .refused)
        /// Writing to it is unsafe, or needs consent that was not given.
        public static let refused = Code(name: "refused", failureClass: .refused)
        /// Somebody else uses it.
        public static let inUse = Code(name: "inUse", failureClass: .refused)
        /// It is no longer the drive that was looked at.
        public static let changed = Code(name: "changed", failureClass: .refused)
        /// The kernel does not allow it.
        public static let notPermitted = Code(name: "notPermitted", failureClass: .refused)
        /// A call failed for another reason.
        public static let io = Code(name: "io", failureClass: .io)
    }

    /// What kind of failure it is.
    public let code: Code
    /// The drive or path.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// The class of the code.
    public var failureClass: FailureClass { code.failureClass }

    /// Describes a failed call on a device.
    init(_ operation: String, _ path: FilePath, _ errno: Errno) {
        let isForbidden = errno == .permissionDenied || errno == .notPermitted
        let isGone = errno == .noSuchAddressOrDevice || errno == .noDevice
        self.init(
            isForbidden ? .notPermitted : .io, "drive \(path)", "could not be \(operation): \(errno)",
            nextStep: isForbidden
                ? "run it as root"
                : isGone ? "connect it again and check it with 'tsmedia devices'" : "check the drive and the kernel log"
        )
    }
}

extension Errno {
    /// ENODEV.
    static var noDevice: Errno { Errno(rawValue: Glibc.ENODEV) }
    /// ENOMEDIUM.
    static var noMedium: Errno { Errno(rawValue: Glibc.ENOMEDIUM) }
}
