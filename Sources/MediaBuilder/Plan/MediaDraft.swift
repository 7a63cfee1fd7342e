// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Media of which it is known what it is made of, and not yet which volume holds what: that takes most of the time.
public struct MediaDraft {
    let parts: MediaPlanner.Parts
    /// What the manifests of all volumes say.
    let manifest: ManifestFrame
    let needs: MediaNeeds
    /// Lays the volumes out.
    let planner: any VolumePlanner
    /// What decides the bytes of all volumes.
    let key: SHA256Digest

    /// Its files, the manifests left out.
    var fileCount: Int { parts.assembly.files.count + parts.content.files.count }

    /// About the bytes that it takes.
    var byteCount: Int64 {
        ByteTotal.clampedSum([parts.assembly, parts.content].lazy.flatMap { $0.files.lazy.map(\.byteCount) })
    }
}
