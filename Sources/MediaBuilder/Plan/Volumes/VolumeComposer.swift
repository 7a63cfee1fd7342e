// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Something that stays on one volume: a content, or what it was torn into because it fits none.
public struct VolumeItem: Sendable {
    /// The number of its content among the contents of the media.
    let content: Int
    let files: ArraySlice<PlannedFile>
    let folders: ArraySlice<MediaPath>
}

/// Puts the files of a volume together: what every volume holds, what boots, the contents and the manifest.
struct VolumeComposer {
    let request: MediaRequest
    let frame: ManifestFrame
    /// Lays volumes out as the format wants them.
    let planner: any VolumePlanner
    /// Which images are split, when they are too large.
    let splitRule: ImageSplitRule
    /// Everything on volume 1 but contents and manifest.
    let fixedFiles: [PlannedFile]
    /// What the other volumes hold of these.
    let sharedFiles: [PlannedFile]

    /// The limit of a volume in bytes; nil when there is none.
    var capacity: Int64? { request.capacity.byteCount }

    /// Volume `number` of `count` with `items`.
    func volume(
        _ number: Int, of count: Int, items: [VolumeItem], contents: [PlannedContent]
    ) throws -> VolumePlan {
        var volume = try collect(number, of: count, items: items, contents: contents)
        let layout = try planner.layout(&volume)
        return VolumePlan(
            number: number, output: SetOutput.path(request.output, volume: number, of: count), capacity: capacity,
            label: volume.label.whole, files: volume.files, folders: volume.folders, layout: layout)
    }

    /// The exact size in bytes of a volume with `items`; whether it is the first decides what else lies there.
    ///
    /// - Parameter contents: name volumes by large numbers, so that the true manifest is no larger.
    func byteCount(isFirst: Bool, items: [VolumeItem], contents: [PlannedContent]) throws -> Int64 {
        let number = isFirst ? 1 : MediaManifest.volumeLimit
        return try planner.byteCount(
            of: try collect(number, of: MediaManifest.volumeLimit, items: items, contents: contents))
    }

    /// The bytes that `item` adds to a volume; `counted` are contents that other lower bounds hold already.
    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        // A line of the manifest for each file: its path, 64 digits, the size and what stands between them.
        let lines = item.files.reduce(Int64(0)) { $0 + Int64($1.path.description.utf8.count) + 64 + 64 }
        let bounds = planner.bounds(of: item, counted: &counted)
        return PackingItem(least: bounds.least, most: bounds.most + lines)
    }

    private func collect(
        _ number: Int, of count: Int, items: [VolumeItem], contents: [PlannedContent]
    ) throws -> VolumeContents {
        let fixed = number == 1 ? fixedFiles : sharedFiles
        var files = fixed
        files.reserveCapacity(files.count + items.reduce(0) { $0 + $1.files.count } + 1)
        for item in items { files += item.files }
        files.append(try frame.manifest(volume: number, of: count, contents: contents, files: files))
        return VolumeContents(
            number: number, label: VolumeLabel(request.label, volume: number, of: count), files: files,
            folders: items.flatMap(\.folders), fixedCount: fixed.count)
    }
}
