// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Splits the WIMs that are too large for FAT32; no other file can be cut.
struct LargeFiles {
    /// The size in bytes of the largest file that the volume keeps.
    let limit: Int64
    /// Whether other files that are too large have a place.
    let hasDataPartition: Bool
    let environment: BuildEnvironment

    /// The items that `items` become when their large WIMs are split, and their contents then.
    ///
    /// Everything that cannot be split is found before the first WIM is.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`, naming the file; errors of splitting.
    func split(
        _ items: [VolumeItem], _ contents: [PlannedContent]
    ) throws -> (items: [VolumeItem], contents: [PlannedContent]) {
        for file in items.lazy.flatMap(\.files) where isStray(file) {
            throw MediaBuilderError(
                .tooLarge, file.description,
                "has \(file.byteCount) bytes, a file on FAT32 has up to \(limit), and it is no WIM that could be split",
                nextStep: "add --data-partition, put it into a WIM or into smaller files, or write a disc image instead"
            )
        }
        var contents = contents
        let split = try items.map { item in
            guard item.files.contains(where: isSplit) else { return item }
            var files: [PlannedFile] = []
            for file in item.files {
                guard isSplit(file) else {
                    files.append(file)
                    continue
                }
                let parts = try parts(of: file, contents[item.content])
                contents[item.content].fileCount += parts.count - 1
                contents[item.content].byteCount += parts.reduce(-file.byteCount) { $0 + $1.byteCount }
                files += parts
            }
            return VolumeItem(content: item.content, files: files[...], folders: item.folders)
        }
        return (split, contents)
    }

    private func isSplit(_ file: PlannedFile) -> Bool { file.byteCount > limit && file.isWindowsImage }

    private func isStray(_ file: PlannedFile) -> Bool {
        file.byteCount > limit && !file.isWindowsImage && !hasDataPartition
    }

    private func parts(of file: PlannedFile, _ content: PlannedContent) throws -> [PlannedFile] {
        let splitter = ImageSplitter(environment: environment)
        let image = try splitter.open(file)
        let parts = try splitter.split(
            image, partByteCount: limit, name: ImageSplitter.partName(of: file, content))
        if let part = parts.first(where: { $0.byteCount > limit }) {
            throw MediaBuilderError(
                .tooLarge, file.description,
                "cannot be split for FAT32: \(image.largestFileDescription) takes \(image.largestResourceByteCount) bytes"
                    + " in it and cannot be cut, so that a part has \(part.byteCount), and a file has up to \(limit)",
                nextStep: "capture the image without that file, or write a disc image instead")
        }
        return parts
    }
}

extension PlannedFile {
    /// True for a WIM, as its name tells.
    var isWindowsImage: Bool { path.name.lowercased().hasSuffix(".wim") }
}
