// SPDX-License-Identifier: GPL-3.0-or-later

/// Which source the content of media comes from.
enum ContentSources {
    /// The source of the content of `media`.
    static func source(of media: StartedMedia) -> any ContentSource {
        MediaContent(root: media.root, type: media.bootstrap.mediaType, manifest: media.manifest)
    }
}
