// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import MediaFormat
import Support

/// The files of finished media by the contents that they are of: a WIM is split only where it is one of a package.
struct FinishedContents {
    /// The files that are of no content.
    private(set) var fixed: [PlannedFile] = []
    /// The contents.
    let contents: [PlannedContent]
    /// Their files.
    private(set) var items: [VolumeItem] = []

    /// Sorts `files` into contents: those of `manifest`, or the folders where media keeps them.
    init(_ files: [PlannedFile], _ manifest: MediaManifest?, _ mediaType: MediaType) {
        var groups: [[PlannedFile]] = []
        var names: [(folder: MediaPath, id: String)] = []
        var numbers: [CaseFoldedName: Int] = [:]
        for file in files {
            // As deep as every kind of media has them: SMS\PKG\<ID>, _SMSTaskSequence\Packages\<ID>.
            guard let id = MediaType.contentFolder(of: file.path),
                let folder = try? MediaPath(components: Array(file.path.components.prefix(3)))
            else {
                fixed.append(file)
                continue
            }
            if let number = numbers[folder.caseFolded] {
                groups[number].append(file)
            } else {
                numbers[folder.caseFolded] = groups.count
                groups.append([file])
                names.append((folder, id))
            }
        }
        var listed: [CaseFoldedName: MediaManifest.Content] = [:]
        for content in manifest?.contents ?? [] { listed[content.folder.caseFolded] = content }
        contents = zip(names, groups).map { name, files in
            let known = listed[name.folder.caseFolded]
            let package = PackageID(known?.packageId ?? known?.id ?? name.id)
            return PlannedContent(
                id: known?.id ?? name.id, packageID: package ?? Self.unknownPackage, version: known?.version ?? 1,
                contentHash: known?.contentHash, folder: name.folder,
                isOfApplication: package == nil || known?.packageId != nil, use: .unknown, fileCount: files.count,
                byteCount: files.reduce(0) { $0 + $1.byteCount })
        }
        items = groups.enumerated().map { VolumeItem(content: $0, files: $1[...], folders: []) }
    }

    /// Stands for a folder that is not called as a package is.
    private static let unknownPackage: PackageID = {
        guard let id = PackageID("XXX00000") else { fatalError("eight letters and digits are a package ID") }
        return id
    }()

    /// Refuses files outside of contents that FAT32 cannot keep: a computer looks for them on the volume that it starts.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`.
    func requireRoom(_ rule: LargeFileRule) throws(MediaBuilderError) {
        guard let file = fixed.first(where: { $0.byteCount > rule.limit }) else { return }
        throw MediaBuilderError(
            .tooLarge, "\(file)",
            "has \(file.byteCount) bytes, a file on FAT32 has up to \(rule.limit), and it is of no package",
            nextStep: "burn the disc, or make media without it")
    }
}

extension MediaManifest {
    /// The manifest of the same media on one volume that holds `files`, of which `contents` tells what was split.
    func rewritten(files: [PlannedFile], contents changed: [PlannedContent], label: String) -> MediaManifest {
        var counts: [CaseFoldedName: Int] = [:]
        for content in changed { counts[content.folder.caseFolded] = content.fileCount }
        return MediaManifest(
            schemaVersion: schemaVersion, mediaType: mediaType, mediaGuid: mediaGuid, volume: 1, volumeCount: 1,
            label: label, taskSequence: taskSequence, bootImage: bootImage,
            contents: contents.map { content in
                Content(
                    id: content.id, packageId: content.packageId, version: content.version,
                    contentHash: content.contentHash, folder: content.folder,
                    fileCount: content.fileCount.map { counts[content.folder.caseFolded] ?? $0 }, volumes: [1],
                    leftOut: content.leftOut)
            },
            files: files.map { File(path: $0.path, size: $0.byteCount, sha256: $0.sha256) }.sorted { $0.path < $1.path }
        )
    }
}
