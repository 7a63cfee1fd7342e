// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A list of hardware that could not be used.
public struct HardwareListError: DiagnosticError, Equatable {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The list names no PCI and no USB device.
        public static let noDevices = Code("noDevices")
        /// The list is of lspci without numbers.
        public static let noNumbers = Code("noNumbers")
        /// The list is longer than any of a computer.
        public static let limit = Code("limit")
    }

    /// The kind of failure.
    public let code: Code
    /// The list.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(_ code: Code, _ name: String, _ problem: DiagnosticText, nextStep: DiagnosticText) {
        self.code = code
        object = "\(.forHardware) \(name)"
        self.problem = problem
        self.nextStep = nextStep
    }

    /// Malformed input.
    public var failureClass: FailureClass { .malformed }
}
