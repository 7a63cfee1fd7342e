// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import TaskSequence

/// What the author of a new task sequence chooses: the pages of the console's wizard (task-sequence.md section 4).
public struct SequenceRequest: Sendable {
    /// What the task sequence is for, with the choices that belong to it.
    public enum Scenario: Sendable {
        /// Builds a reference computer and captures it.
        case buildAndCapture(InstallationInput, CaptureInput)
        /// Captures an existing reference computer.
        case capture(CaptureInput)
        /// Installs an operating system image; with `keepsPartitions` on the partitions that are there.
        case install(InstallationInput, keepsPartitions: Bool)
    }

    /// The names of the steps that the wizard of a time gives.
    public enum StepNames: String, Sendable, CaseIterable {
        /// Those of the current branch.
        case current
        /// Those of 2016, when the capture began with Join Workgroup.
        case of2016 = "2016"
    }

    /// What the task sequence is for.
    public var scenario: Scenario
    /// The name, 1 to 50 characters.
    public var name: String
    /// The description, at most 512 characters; it may have several lines.
    public var description: String
    /// The boot image.
    public var bootImage: BootImageInput
    /// The step names of a build-and-capture task sequence.
    public var stepNames: StepNames

    /// Makes a request.
    public init(
        _ scenario: Scenario, name: String, description: String = "", bootImage: BootImageInput,
        stepNames: StepNames = .current
    ) {
        self.scenario = scenario
        self.name = name
        self.description = description
        self.bootImage = bootImage
        self.stepNames = stepNames
    }

    /// The choices about the operating system, unless none is installed.
    var installation: InstallationInput? {
        switch scenario {
        case .buildAndCapture(let installation, _), .install(let installation, _): installation
        case .capture: nil
        }
    }

    /// The choices about the captured image, unless none is captured.
    var capture: CaptureInput? {
        switch scenario {
        case .buildAndCapture(_, let capture), .capture(let capture): capture
        case .install: nil
        }
    }

    /// True when the steps join a workgroup before the capture: a computer in a domain cannot be prepared for it, and
    /// in 2016 the step was always there (task-sequence.md section 4).
    var joinsWorkgroupBeforeCapture: Bool {
        guard case .buildAndCapture(let installation, _) = scenario else { return false }
        return stepNames == .of2016 || installation.network.joinsDomain
    }
}

/// The boot image of a task sequence.
public struct BootImageInput: Sendable {
    /// The package ID.
    public var packageID: String
    /// The boot image's architecture, when it is known; it is checked and not stored, as no genuine sequence holds it.
    public var architecture: Architecture?
    /// The architecture of the computers that the task sequence is for, when it is known.
    public var targetArchitecture: Architecture?

    /// Chooses a boot image.
    public init(packageID: String, architecture: Architecture? = nil, targetArchitecture: Architecture? = nil) {
        self.packageID = packageID
        self.architecture = architecture
        self.targetArchitecture = targetArchitecture
    }
}
