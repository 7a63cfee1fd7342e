// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Why a process could not be held to what it needs.
public struct ConfinementError: DiagnosticError {
    /// What kept it from that.
    public let problem: DiagnosticText

    init(_ reason: DiagnosticText) { problem = "could not be entered: \(reason)" }

    init(_ errno: Errno) { problem = "could not be entered: \(errno)" }

    /// Nothing was done.
    public var failureClass: FailureClass { .refused }
    /// The sandbox.
    public var object: DiagnosticText { "the sandbox" }
    /// To go without.
    public var nextStep: DiagnosticText? { "leave it out with \(.noSandbox)" }
}
