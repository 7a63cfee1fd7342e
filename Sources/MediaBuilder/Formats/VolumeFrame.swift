// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import TaskSequence

/// What all volumes of media have in common, as formats need it.
public struct VolumeFrame: Sendable {
    /// What is asked for.
    let request: MediaRequest
    /// What the manifests of all volumes say.
    let manifest: ManifestFrame
    /// What boots.
    let boot: BootFileSet
    /// The task sequence that will run; nil when none is known.
    let sequence: TaskSequencePackage?
    /// The operating system image that will be applied, when it is known.
    let operatingSystemImage: MediaNeeds.Image?
    /// The image with its files, where these lie on the media.
    let extractedImage: PlacedImage?
    /// The bytes that this image takes when it is applied; nil when it is not known.
    let appliedByteCount: Int64?
}
