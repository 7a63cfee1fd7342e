// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DiscImage
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
    /// Everything on volume 1 but the contents that are divided among volumes, and the manifest.
    let fixed: PlanAssembly
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
        var files = number == 1 ? fixed.files : sharedFiles
        let fixedCount = files.count
        files.reserveCapacity(files.count + items.reduce(0) { $0 + $1.files.count } + 1)
        for item in items { files += item.files }
        let manifest = try frame.manifest(
            volume: number, of: count, contents: fixed.contents + contents, files: files)
        if let signature = try frame.signature(of: manifest) { files.append(signature) }
        files.append(manifest)
        return VolumeContents(
            number: number, label: VolumeLabel(request.label, volume: number, of: count), files: files,
            folders: (number == 1 ? fixed.folders : []) + items.flatMap(\.folders), fixedCount: fixedCount)
    }
}

/// What the manifests of all volumes of media say in common.
struct ManifestFrame {
    let mediaType: MediaType
    let mediaGUID: String
    let label: String
    let taskSequence: MediaManifest.TaskSequence?
    let bootImage: MediaManifest.BootImage
    let operatingSystemImage: MediaManifest.OperatingSystemImage?
    let created: Timestamp
    /// What decides the bytes of all volumes; nil while that is worked out.
    var key: SHA256Digest?
    /// What manifests are signed with; nil for nothing.
    var signer: SigningKey?

    /// The signature of `manifest`, as a file; nil when nothing is signed.
    func signature(of manifest: PlannedFile) throws -> PlannedFile? {
        guard let signer, case .bytes(let bytes) = manifest.source else { return nil }
        return PlannedFile(
            generated: try ManifestSignature(signing: bytes, with: signer).envelope.encoded(),
            at: try MediaPath(ManifestSignature.path), modified: created)
    }

    /// The manifest of volume `number` of `count` that holds `files`, as a file.
    func manifest(
        volume number: Int, of count: Int, contents: [PlannedContent], files: [PlannedFile]
    ) throws -> PlannedFile {
        let manifest = MediaManifest(
            schemaVersion: MediaManifest.currentSchemaVersion, mediaType: mediaType, mediaGuid: mediaGUID,
            volume: number, volumeCount: count, label: VolumeLabel(label, volume: number, of: count).whole,
            taskSequence: taskSequence, bootImage: bootImage, operatingSystemImage: operatingSystemImage,
            buildKey: key,
            contents: contents.map {
                .init(
                    id: $0.id, packageId: $0.isOfApplication ? $0.packageID.description : nil, version: $0.version,
                    contentHash: $0.contentHash, folder: $0.folder,
                    fileCount: $0.fileCount, volumes: $0.volumes, leftOut: $0.leftOut.isEmpty ? nil : $0.leftOut)
            },
            files: files.map { .init(path: $0.path, size: $0.byteCount, sha256: $0.sha256) }
                .sorted { $0.path < $1.path })
        return PlannedFile(
            generated: try manifest.encoded(), at: try MediaPath(MediaManifest.path), modified: created)
    }
}

/// The label of a volume: the text of the request and, in a set, ` #N` at its end (ours.md section 2).
struct VolumeLabel: Sendable {
    private let text: String
    /// What stands at the end, however short the label must be.
    private let ending: String

    /// The label of volume `number` of `count`.
    init(_ text: String, volume number: Int, of count: Int) {
        self.text = text
        ending = count > 1 ? " #\(number)" : ""
    }

    /// All of it.
    var whole: String { text + ending }

    /// The label that the title of a disc is cut to, where somebody asked for another; nil when it is whole.
    static func cutOnDiscs(_ text: String, of count: Int) -> String? {
        let label = VolumeLabel(text, volume: 1, of: count)
        return text != MediaRequest.defaultLabel && label.joliet != label.whole ? label.joliet : nil
    }

    /// For an ISO 9660 volume descriptor.
    var iso: String { cut { $0.utf8.count <= DiscDescription.labelByteLimit } }

    /// For a Joliet volume descriptor.
    var joliet: String { cut { $0.utf16.count <= DiscDescription.jolietLabelLimit } }

    /// The longest label that fits; a character is never cut.
    private func cut(_ fits: (String) -> Bool) -> String {
        var head = text
        while !fits(head + ending), !head.isEmpty { head.removeLast() }
        return head.trimmingTrailing { $0 == " " } + ending
    }
}

/// The names of the volumes of a set.
enum SetOutput {
    /// Where volume `number` of `count` goes: one volume has the name of the request, several a number at its end,
    /// before the extension (docs/formats/media.md section 2); after a digit, which it would run into, behind a hyphen.
    static func path(_ output: FilePath, volume number: Int, of count: Int) -> FilePath {
        guard count > 1, let name = output.lastComponent else { return output }
        let separator = name.stem.last?.isNumber == true ? "-" : ""
        let numbered = name.stem + separator + String(number) + (name.extension.map { ".\($0)" } ?? "")
        return output.removingLastComponent().appending(numbered)
    }

    /// The volumes after the last one that an earlier, larger set left beside this one.
    static func leftovers(_ output: FilePath, count: Int) -> [FilePath] {
        guard count > 1 else { return [] }
        var found: [FilePath] = []
        while true {
            let number = count + found.count + 1
            let path = path(output, volume: number, of: number)
            guard (try? Stat(path)) != nil else { return found }
            found.append(path)
        }
    }
}
