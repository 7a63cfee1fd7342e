// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import MediaVariables
import Support

/// The key that the lists of files of media must be signed with, as its variables name it.
package struct ManifestKey: Sendable {
    /// The key.
    let key: VerificationKey

    /// The key that `variables` name; nil when they name none.
    ///
    /// - Throws: ``EngineError`` `.media` for one that cannot be read: nothing would be checked with it.
    package init?(_ variables: MediaVariableList) throws(EngineError) {
        guard let text = variables[ManifestSignature.variableName] else { return nil }
        guard let bytes = Base64.decode(text), let key = try? VerificationKey(der: bytes, name: "the media") else {
            throw Self.refusal("the key in its variables cannot be read")
        }
        self.key = key
    }

    /// That media is not by whom it should be.
    static func refusal(_ problem: String) -> EngineError {
        EngineError(
            .media, "this media", "is not as whoever made it signed it: \(problem)",
            nextStep: "do not use it; bring it to whoever made it, and make it again")
    }
}
