// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// Finds the images that lie on media in parts, because a file could not hold them.
struct SplitImageInspector {
    let media: any OpenedMedia

    /// More than any media has; small files of a hostile one could all say that they are parts.
    private static let fileLimit = 1_000
    /// The archive's own GUID, which all parts have ("Windows Imaging File Format", WIMHEADER_V1).
    private static let guid = 24..<40

    /// What tells the parts of one image from those of others.
    private struct Key: Hashable {
        let folder: MediaPath?
        let guid: ArraySlice<UInt8>
        let partCount: Int
    }

    /// The images, by the paths of their first parts here.
    func images() -> [MediaInspection.SplitImage] {
        var parts: [Key: [(number: Int, file: MediaEntry)]] = [:]
        for file in media.files.lazy.filter({ $0.path.caseFolded.hasSuffix(".swm") }).prefix(Self.fileLimit) {
            // One that cannot be read is no reason to say nothing of the media.
            guard let start = try? media.start(of: file, byteCount: WindowsImageHeader.byteCount),
                let header = WindowsImageHeader(start), header.partCount > 1
            else { continue }
            let key = Key(folder: file.path.parent, guid: start[Self.guid], partCount: header.partCount)
            parts[key, default: []].append((header.part, file))
        }
        return parts.map { key, parts in
            let ordered = parts.sorted { ($0.number, $0.file.path) < ($1.number, $1.file.path) }
            return MediaInspection.SplitImage(
                path: ordered.first?.file.path.description ?? "", parts: ordered.map(\.number),
                partCount: key.partCount, size: parts.reduce(0) { $0 + $1.file.byteCount })
        }.sorted { $0.path.precedesByBytes($1.path) }
    }
}
