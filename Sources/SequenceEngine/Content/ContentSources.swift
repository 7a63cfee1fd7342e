// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat

/// Which source the content of media comes from.
enum ContentSources {
    /// The source of the content of `media`, whose boot files were found on `drive`.
    ///
    /// - Parameter key: by which further volumes must be signed; nil for anybody's.
    static func source(of media: StartedMedia, on found: MediaSearch.Found, key: ManifestKey?) -> any ContentSource {
        if media.bootstrap.mediaType == .prestaged, let manifest = media.manifest {
            return CachedContent(manifest, drive: found.drive)
        }
        if let manifest = media.manifest, manifest.volumeCount > 1 {
            return SetContent(root: media.root, manifest: manifest, key: key)
        }
        return MediaContent(root: media.root, type: media.bootstrap.mediaType, manifest: media.manifest)
    }
}
