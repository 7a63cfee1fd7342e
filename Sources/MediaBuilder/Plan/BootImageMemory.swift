// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import Identifiers
import Support
import Synchronization
import SystemPackage

/// The boot images that a run has looked into, so that many media that are made from one cost one look.
final class BootImageMemory: Sendable {
    /// A boot image, and what was asked of it.
    struct Question: Equatable {
        let path: FilePath
        let identity: FileIdentity
        let id: String
        let options: BootFileOptions
        let hardware: HardwareList?
    }

    /// What was found in it.
    struct Opened {
        let files: BootFileSet
        let architecture: Architecture
        /// The number of the image that starts, in its archive.
        let imageIndex: Int
        let drivers: BootImageDrivers
        /// ``files`` with their hashes.
        let planned: [PlannedFile]
    }

    /// Media of one run is made from few.
    private static let limit = 8

    private let known = Mutex<[(question: Question, answer: Opened)]>([])

    /// What `question` is answered with: as before, or by `open`.
    func opened(_ question: Question, _ open: () throws -> Opened) throws -> Opened {
        if let known = known.withLock({ $0.first { $0.question == question } }) { return known.answer }
        let answer = try open()
        known.withLock { known in
            if known.count == Self.limit { known.removeFirst() }
            known.append((question, answer))
        }
        return answer
    }
}
