// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The manifest of media, as far as there is one that can be used.
package enum FoundManifest {
    /// There is none, as on media of the console.
    case none
    /// This one.
    case manifest(MediaManifest)
    /// There is one, and it cannot be read or understood.
    case unusable(any DiagnosticError)

    /// The manifest; nil where none can be used.
    package var manifest: MediaManifest? { if case .manifest(let manifest) = self { manifest } else { nil } }

    /// Looks for the manifest of `media`, which is called `name` in messages.
    ///
    /// - Throws: `InterruptedError`.
    package init(of media: any OpenedMedia, named name: String) throws {
        self = try Self.hashed(of: media, named: name).found
    }

    /// The same with the SHA-256 of the bytes that were read; nil where there are none.
    ///
    /// - Throws: `InterruptedError`.
    package static func hashed(
        of media: any OpenedMedia, named name: String
    ) throws -> (found: FoundManifest, sha256: SHA256Digest?) {
        guard let file = media.file(MediaManifest.path) else { return (.none, nil) }
        do {
            let bytes = try media.contents(of: file, limit: MediaManifest.byteLimit)
            return (.manifest(try MediaManifest(decoding: bytes, of: name)), SHA256.digest(of: bytes))
        } catch let error as any DiagnosticError {
            if error is InterruptedError { throw error }
            return (.unusable(error), nil)
        }
    }
}
