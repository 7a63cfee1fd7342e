// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support

/// What becomes of files that are too large for a format.
public struct LargeFileRule: Sendable {
    /// Where files that stay whole may go.
    public enum Rest: Sendable {
        /// Anywhere: the format has no limit.
        case anywhere
        /// To the data partition of the drive.
        case dataPartition
        /// Nowhere.
        case nowhere
    }

    /// The size in bytes of the largest file that the volume keeps.
    let limit: Int64
    /// Where larger files go when they stay whole.
    let rest: Rest

    /// Files have any size, as far as the format is concerned; parts for Windows Setup are as those for FAT32.
    public static let unlimited = LargeFileRule(limit: DiskLayout.largestFileByteCount, rest: .anywhere)
}

/// Splits the WIMs that are too large for a file system and may be split; everything else that is too large goes whole
/// to where there is room for it, or is an error.
struct LargeFiles {
    /// What becomes of the items and their contents.
    struct Result {
        var items: [VolumeItem]
        var contents: [PlannedContent]
        /// Each split, and each image that stays whole because it cannot be split, in a line.
        var notes: [DiagnosticText] = []
    }

    let format: LargeFileRule
    let rule: ImageSplitRule
    let environment: BuildEnvironment

    private var limit: Int64 { format.limit }
    private var rest: LargeFileRule.Rest { format.rest }

    /// What is done with a file that is too large.
    private enum Treatment {
        case whole(note: String?)
        case split(ImageSplitter.OpenedImage, ImagePartNaming)

        var isForSetup: Bool { if case .split(_, .setup) = self { true } else { false } }
    }

    /// The items that `items` become when their large WIMs are split, and their contents then.
    ///
    /// Everything that has no place is found before the first WIM is split.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`, naming package, file and what can be done; errors of splitting.
    func split(_ items: [VolumeItem], _ contents: [PlannedContent]) throws -> Result {
        var result = Result(items: items, contents: contents)
        var treatments: [MediaPath: Treatment] = [:]
        for item in items {
            for file in item.files where file.byteCount > limit {
                treatments[file.path] = try treatment(of: file, item, contents[item.content])
            }
        }
        if rule.splitsUpgradeImages, !treatments.values.contains(where: \.isForSetup) {
            result.notes.append("no install.wim of an upgrade package needs it: \(.splitUpgradeImages) changes nothing")
        }
        guard !treatments.isEmpty else { return result }
        for (index, item) in items.enumerated() where item.files.contains(where: { treatments[$0.path] != nil }) {
            var files: [PlannedFile] = []
            for file in item.files {
                switch treatments[file.path] {
                case nil: files.append(file)
                case .whole(let note)?:
                    files.append(file)
                    if let note { result.notes.append(DiagnosticText(note)) }
                case .split(let image, let naming)?:
                    let parts = try parts(of: image, naming, among: item.files)
                    result.contents[item.content].fileCount += parts.count - 1
                    result.contents[item.content].byteCount += parts.reduce(-file.byteCount) { $0 + $1.byteCount }
                    result.notes.append(DiagnosticText(ImageSplitter.note(file, parts: parts, naming)))
                    files += parts
                }
            }
            result.items[index] = VolumeItem(content: item.content, files: files[...], folders: item.folders)
        }
        return result
    }

    private func treatment(
        of file: PlannedFile, _ item: VolumeItem, _ content: PlannedContent
    ) throws -> Treatment {
        let naming = rule.naming(of: file, among: item.files, of: content)
        // Where there is no limit, only what was asked for is split; volumes that are too small come later.
        if rest == .anywhere, naming == nil || naming?.isGenuine == true { return .whole(note: nil) }
        guard let naming else {
            return try whole(file, item, "and only the WIM of an operating system image package is split")
        }
        let image = try ImageSplitter(environment: environment).open(file)
        if let obstacle = image.obstacle(toPartsOf: limit) {
            if rest == .anywhere {
                throw MediaBuilderError(
                    .tooLarge, "\(file)", DiagnosticText(obstacle), nextStep: "leave out \(.splitUpgradeImages)")
            }
            return try whole(
                file, item, "and it \(obstacle)", note: "\(file) \(obstacle): it goes whole to the data partition")
        }
        if naming.isGenuine, content.use == .unknown, !image.isMarkedAsWindows {
            return try whole(file, item, "and it holds no Windows that could be applied from parts")
        }
        return .split(image, naming)
    }

    /// Leaves `file` whole, where there is a place for that.
    private func whole(
        _ file: PlannedFile, _ item: VolumeItem, _ reason: String, note: String? = nil
    ) throws(MediaBuilderError) -> Treatment {
        guard rest == .nowhere else { return .whole(note: note) }
        let ofUpgrade = ImageSplitRule.isUpgradeImage(file, among: item.files) && !rule.splitsUpgradeImages
        let parts: DiagnosticText = ofUpgrade ? "or \(.splitUpgradeImages) for Windows Setup, " : ""
        throw MediaBuilderError(
            .tooLarge, "\(file)",
            "has \(file.byteCount) bytes, a file on FAT32 has up to \(limit), \(reason)",
            nextStep: "add \(.dataPartition), \(parts)divide it into smaller files, or write a disc image instead")
    }

    private func parts(
        of image: ImageSplitter.OpenedImage, _ naming: ImagePartNaming, among files: some Collection<PlannedFile>
    ) throws -> [PlannedFile] {
        let splitter = ImageSplitter(environment: environment)
        var parts = try splitter.split(image, partByteCount: limit, naming)
        if let largest = parts.map(\.byteCount).max(), largest > limit {
            // libwim counts resources, and a part has a little more: leave room for that.
            let size = limit - (largest - limit) - Self.partOverheadByteCount
            if size > image.largestResourceByteCount {
                parts = try splitter.split(image, partByteCount: size, naming)
            }
        }
        if let part = parts.first(where: { $0.byteCount > limit }) {
            throw MediaBuilderError(
                .tooLarge, "\(image.file)",
                "cannot be split for FAT32: \(image.largestFileDescription) takes \(image.largestResourceByteCount) bytes"
                    + " in it and cannot be cut, so that a part has \(part.byteCount), and a file has up to \(limit)",
                nextStep: "capture the image without that file, or write a disc image instead")
        }
        let taken = Set(files.lazy.map { $0.path.caseFolded })
        if let part = parts.first(where: { taken.contains($0.path.caseFolded) }) {
            throw MediaBuilderError(
                .badContent, "\(image.file)",
                "cannot be split, because the package holds a \(part.path.name) beside it already",
                nextStep: "remove one of them from the package, then distribute it again")
        }
        return parts
    }

    /// More than header, table and description of a part take, unless it has very many files.
    private static let partOverheadByteCount: Int64 = 1 << 16
}

extension ImagePartNaming {
    /// Whether the genuine client puts the parts together.
    var isGenuine: Bool { if case .genuine = self { true } else { false } }
}
