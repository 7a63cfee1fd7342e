// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Identifiers
import Support
import WindowsSetup

/// How far a run has come: what the computer needs to go on when it is started again (docs/formats/ours.md section 6).
///
/// It holds no secrets. What a step has left in memory alone is made again from the step (``StepAction/restore(_:)``).
package struct RunState: Sendable, Equatable {
    /// Which task sequence of which media it is.
    package struct Identity: Sendable, Equatable {
        /// The GUID of the media; empty where it has none.
        package let media: String
        /// The SHA-256 of the task sequences, in hexadecimal digits.
        package let sequence: String
        /// The name of the task sequence.
        package let name: String

        /// Names a task sequence.
        package init(media: String, sequence: String, name: String) {
            self.media = media
            self.sequence = sequence
            self.name = name
        }

        /// Whether both are the same, whatever it is called.
        func isSame(as other: Identity) -> Bool {
            media.caseFolded == other.media.caseFolded && sequence.isExactly(other.sequence)
        }
    }

    /// What became of a variable.
    package struct Change: Sendable, Equatable {
        /// What it holds.
        package enum Value: Sendable, Equatable {
            /// A text.
            case text(String)
            /// What is written nowhere.
            case secret
            /// Nothing any more.
            case removed
        }

        /// The name.
        package let name: String
        /// What it holds.
        package let value: Value
    }

    /// A step that has ended well, and the variables that are others since the one before it.
    package struct Step: Sendable, Equatable {
        /// Its number, from 1, among all that are enabled.
        package let number: Int
        /// The variables.
        package let changes: [Change]
    }

    /// A step that has begun.
    package struct Begun: Sendable, Equatable {
        /// Its number, from 1.
        package let number: Int
        /// Its name.
        package let name: String
    }

    /// A volume of the target: disks and volumes are found again by their own numbers, whatever the kernel calls them.
    package struct Volume: Sendable, Equatable {
        /// How boot managers name it.
        package let device: BootDevice
        /// The number of its disk, from 0.
        package let disk: Int
        /// The number of its partition, from 1.
        package let partition: Int
        /// Its letter; nil for none.
        package let letter: Character?
        /// What it was formatted with; nil for nothing.
        package let fileSystem: VolumeFileSystem?
        /// Its label.
        package let label: String
        /// Whether the run divided its disk.
        package let isDivided: Bool
    }

    /// A Windows that was applied.
    package struct Windows: Sendable, Equatable {
        /// Its volume.
        package let device: BootDevice
        /// The processor that it is for.
        package let architecture: Architecture
        /// The language of its messages.
        package let language: String
    }

    /// What runs.
    package let identity: Identity
    /// How many steps there are that are enabled.
    package var stepCount: Int
    /// The number of the last step that is over, with all before it; 0 for none.
    package var done = 0
    /// The step that has begun and is not over.
    package var begun: Begun?
    /// Whether a step restarts the computer, so that nobody has to be asked.
    package var isRestarting = false
    /// The steps that have ended well.
    package var steps: [Step] = []
    /// The volumes of the target.
    package var volumes: [Volume] = []
    /// The Windows that was applied; nil before.
    package var windows: Windows?
    /// When it was written.
    package var written = Timestamp(unixSeconds: 0)

    /// Nothing is done yet.
    package init(identity: Identity, stepCount: Int) {
        self.identity = identity
        self.stepCount = stepCount
    }

    /// The number of the first step that is not over.
    package var next: Int { begun?.number ?? done + 1 }
}
