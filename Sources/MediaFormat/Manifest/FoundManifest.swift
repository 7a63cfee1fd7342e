// SPDX-License-Identifier: GPL-3.0-or-later

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
        guard let file = media.file(MediaManifest.path) else {
            self = .none
            return
        }
        do {
            self = .manifest(
                try MediaManifest(
                    decoding: try media.contents(of: file, limit: MediaManifest.byteLimit), of: name))
        } catch let error as any DiagnosticError {
            if error is InterruptedError { throw error }
            self = .unusable(error)
        }
    }
}
