// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage

/// Who is believed about media: who signed its manifest, and who says which outputs were made.
public struct MediaTrust: Sendable {
    /// The key that the manifest must be signed with; nil for any or none.
    public var key: VerificationKey?
    /// The outputs that somebody states; nil where nobody does.
    public var outputs: StatedOutputs?

    /// Believes `key`, and `outputs`.
    public init(key: VerificationKey? = nil, outputs: StatedOutputs? = nil) {
        self.key = key
        self.outputs = outputs
    }

    /// What is wrong with a signature that was found.
    func findings(_ found: FoundSignature) -> [MediaVerification.Finding] {
        found.problem(key: key).map { [.init(untrusted: MediaManifest.path, reason: $0)] } ?? []
    }

    /// What is wrong with the media at `name`, whose manifest has the SHA-256 `manifest`, beside the statement.
    ///
    /// - Throws: `InterruptedError`; `FileError`.
    func findings(
        _ name: String, manifest: SHA256Digest, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [MediaVerification.Finding] {
        guard let outputs else { return [] }
        return try outputs.problem(
            of: FilePath(name), manifest: manifest, interruption: interruption, progress: progress
        ).map { [.init(untrusted: name, reason: $0)] } ?? []
    }
}
