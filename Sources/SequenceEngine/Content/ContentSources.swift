// SPDX-License-Identifier: GPL-3.0-or-later

/// Which source the content of media comes from.
enum ContentSources {
    /// The source of the content of `media`.
    static func source(of media: StartedMedia) -> any ContentSource {
        if let manifest = media.manifest, manifest.volumeCount > 1 {
            return SetContent(root: media.root, manifest: manifest)
        }
        return MediaContent(root: media.root, type: media.bootstrap.mediaType, manifest: media.manifest)
    }
}
