// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

extension MediaPlanner {
    /// The SHA-256 of the file of the task sequence; nil when it holds passwords, which the hash of everything else would let
    /// anyone guess, and when it is no file.
    func sequenceDigest(_ needs: MediaNeeds) -> SHA256Digest? {
        guard request.provenance != nil, Self.secretSteps(needs).isEmpty,
            let path = request.kind.rules.sequence.taskSequence, (try? Stat(path))?.type == .regular
        else { return nil }
        return try? environment.hash(path).sha256
    }
}
