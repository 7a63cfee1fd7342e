// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// What the manifests of all volumes of media say in common.
struct ManifestFrame {
    let mediaType: MediaType
    let mediaGUID: String
    let label: String
    let taskSequence: MediaManifest.TaskSequence?
    let bootImage: MediaManifest.BootImage
    let created: Timestamp

    /// The manifest of volume `number` of `count` that holds `files`, as a file.
    func manifest(
        volume number: Int, of count: Int, contents: [PlannedContent], files: [PlannedFile]
    ) throws -> PlannedFile {
        let manifest = MediaManifest(
            schemaVersion: MediaManifest.currentSchemaVersion, mediaType: mediaType, mediaGuid: mediaGUID,
            volume: number, volumeCount: count, label: VolumeLabel(label, volume: number, of: count).whole,
            taskSequence: taskSequence, bootImage: bootImage,
            contents: contents.map {
                .init(
                    id: $0.id, packageId: $0.isOfApplication ? $0.packageID.description : nil, version: $0.version,
                    contentHash: $0.contentHash, folder: $0.folder,
                    fileCount: $0.fileCount, volumes: $0.volumes)
            },
            files: files.map { .init(path: $0.path, size: $0.byteCount, sha256: $0.sha256) }
                .sorted { $0.path < $1.path })
        return PlannedFile(
            generated: try manifest.encoded(), at: try MediaPath(MediaManifest.path), modified: created)
    }
}
