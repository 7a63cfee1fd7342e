// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a disk or a volume of the computer cannot be used as a task sequence wants it.
package struct DiskError: DiagnosticError, Equatable {
    /// What it is about.
    package let object: DiagnosticText
    /// What is wrong with it.
    package let problem: DiagnosticText
    /// What to do next.
    package let nextStep: DiagnosticText?
    /// The class of the failure.
    package let failureClass: FailureClass

    /// Describes a failure.
    package init(
        _ failureClass: FailureClass, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?
    ) {
        self.failureClass = failureClass
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }
}
