// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DiscImage
import Support
import SystemPackage

/// Something that stays on one volume: a content, or what it was torn into because it fits none.
struct VolumeItem {
    /// The number of its content among the contents of the media.
    let content: Int
    let files: ArraySlice<PlannedFile>
    let folders: ArraySlice<MediaPath>
}

/// Puts the files of a volume together: what every volume holds, what boots, the contents and the manifest.
struct VolumeComposer {
    let request: MediaRequest
    let frame: ManifestFrame
    /// How the disk of prestaged media is divided; nil for all else.
    let division: PrestagedDivision?
    let boot: BootFileSet
    /// Everything on volume 1 but contents and manifest.
    let fixedFiles: [PlannedFile]
    /// What the other volumes hold of these.
    let sharedFiles: [PlannedFile]

    /// What lays prestaged media out on a disk; nil for all else.
    var diskPlanner: PrestagedDiskPlanner? {
        division.map { PrestagedDiskPlanner(request: request, frame: frame, division: $0) }
    }

    /// The limit of a volume in bytes.
    var capacity: Int64? { request.capacity.byteCount }

    /// Volume `number` of `count` with `items`.
    func volume(
        _ number: Int, of count: Int, items: [VolumeItem], contents: [PlannedContent]
    ) throws -> VolumePlan {
        var (files, folders) = try collect(number, of: count, items: items, contents: contents)
        let layout = try layout(&files, folders, volume: number, of: count)
        let byteCount =
            switch layout {
            case .disc(let disc): disc.imageByteCount
            case .drive(let drive): drive.deviceByteCount
            case .archive(let archive): archive.byteCount
            case .folder: Self.byteCount(of: files)
            }
        return VolumePlan(
            number: number, output: SetOutput.path(request.output, volume: number, of: count), capacity: capacity,
            label: VolumeLabel(request.label, volume: number, of: count).whole, byteCount: byteCount, files: files,
            folders: folders, layout: layout)
    }

    /// The exact size in bytes of a volume with `items`; whether it is the first decides what else lies there.
    ///
    /// - Parameter contents: name volumes by large numbers, so that the true manifest is no larger.
    func byteCount(isFirst: Bool, items: [VolumeItem], contents: [PlannedContent]) throws -> Int64 {
        let number = isFirst ? 1 : MediaManifest.volumeLimit
        let (files, folders) = try collect(number, of: MediaManifest.volumeLimit, items: items, contents: contents)
        guard request.format == .disc else { return Self.byteCount(of: files) }
        return try disc(files, folders, volume: number, of: MediaManifest.volumeLimit).imageByteCount
    }

    /// The bytes that `item` adds to a volume; `counted` are contents that other lower bounds hold already.
    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        // A line of the manifest for each file: its path, 64 digits, the size and what stands between them.
        let lines = item.files.reduce(Int64(0)) { $0 + Int64($1.path.description.utf8.count) + 64 + 64 }
        guard request.format == .disc else {
            let bytes = Self.byteCount(of: item.files)
            return PackingItem(least: bytes, most: bytes + lines)
        }
        let bounds = DiscSizeBounds(
            of: item.files.lazy.map(DiscFile.init), folders: Array(item.folders), counted: &counted)
        return PackingItem(least: bounds.least, most: bounds.most + lines)
    }

    // MARK: Parts

    private func collect(
        _ number: Int, of count: Int, items: [VolumeItem], contents: [PlannedContent]
    ) throws -> (files: [PlannedFile], folders: [MediaPath]) {
        var files = number == 1 ? fixedFiles : sharedFiles
        files.reserveCapacity(files.count + items.reduce(0) { $0 + $1.files.count } + 1)
        for item in items { files += item.files }
        files.append(try frame.manifest(volume: number, of: count, contents: contents, files: files))
        return (files, items.flatMap(\.folders))
    }

    private static func byteCount(of files: some Sequence<PlannedFile>) -> Int64 {
        files.reduce(0) { $0 + $1.byteCount }
    }

    private func layout(
        _ files: inout [PlannedFile], _ folders: [MediaPath], volume number: Int, of count: Int
    ) throws -> VolumeLayout {
        switch request.format {
        case .disc: return .disc(try disc(files, folders, volume: number, of: count))
        case .drive:
            if let planner = diskPlanner {
                let bootCount: Int
                (files, bootCount) = planner.arrange(files)
                return .drive(try planner.layout(files[..<bootCount], content: files[bootCount...], folders))
            }
            let planner = DrivePlanner(request: request, frame: frame)
            let bootCount: Int
            (files, bootCount) = planner.arrange(files, fixedCount: fixedFiles.count)
            return .drive(try planner.layout(files[..<bootCount], data: files[bootCount...], folders))
        case .archive: return .archive(ArchivePlan(request, frame, files: files, folders: folders))
        case .folder: return .folder
        }
    }

    private func disc(
        _ files: [PlannedFile], _ folders: [MediaPath], volume number: Int, of count: Int
    ) throws -> DiscLayout {
        var entries: [DiscBootEntry] = []
        if number == 1, let image = boot.biosBootImagePath {
            entries.append(DiscBootEntry(firmware: .bios, imagePath: image, loadSectorCount: Self.biosLoadSectorCount))
        }
        if number == 1, let image = boot.uefiBootImagePath {
            let byteCount = files.first { $0.path == image }?.byteCount ?? 0
            let sectors = UInt16(clamping: (byteCount + 511) / 512)
            entries.append(DiscBootEntry(firmware: .uefi, imagePath: image, loadSectorCount: sectors))
        }
        let label = VolumeLabel(request.label, volume: number, of: count)
        return try DiscLayout(
            DiscDescription(
                label: label.iso, jolietLabel: label.joliet, files: files.map(DiscFile.init), folders: folders,
                bootEntries: entries, created: frame.created))
    }

    /// etfsboot.com is 8 sectors of 512 bytes (docs/formats/media.md section 2).
    private static let biosLoadSectorCount: UInt16 = 8
}

extension DiscFile {
    /// The file as a disc sees it.
    fileprivate init(_ file: PlannedFile) {
        self.init(path: file.path, byteCount: file.byteCount, sha256: file.sha256, modified: file.modified)
    }
}
