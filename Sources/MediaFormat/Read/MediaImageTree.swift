// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import WindowsImaging

/// The files of an operating system image at the root of media.
package enum MediaImageTree: Sendable {
    /// In an archive.
    case archive(WindowsImageOverlay)
    /// On a volume of NTFS, apart from the files that the mask tells to be the media's.
    case volume(NTFSVolumeReader, MediaMask)
}
