// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// What a stand-alone build takes from a task sequence.
struct StandaloneSequence {
    /// A package that must be on the media, and why.
    struct NeededPackage {
        let id: PackageID
        let reason: String
    }

    let id: String
    let name: String
    let bootImage: BootImageReference?
    let packages: [NeededPackage]
    let policy: Policy
    let warnings: [String]

    // To be written against TaskSequence.
    init(_ path: FilePath, id: String?) throws {
        fatalError()
    }
}
