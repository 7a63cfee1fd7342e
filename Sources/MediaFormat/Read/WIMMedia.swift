// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import WindowsImaging

/// Prestaged media: the first image of a WIM, or of the parts of a split one.
package struct WIMMedia: OpenedMedia {
    private let path: FilePath
    package let reader: WindowsImageReader
    package let files: [MediaEntry]
    package let folders: [MediaFolder]
    package let prestaged: PrestagedProperties?
    package let refusedNames: [MediaPathError]
    package let furtherImageCount: Int
    /// The files of an operating system image over which those of the media lie.
    package let overlay: WindowsImageOverlay?
    package var imageTree: MediaImageTree? { overlay.map { .archive($0) } }
    /// Where the contents of the files lie, in the same order; nil for empty ones.
    private let storages: [WindowsImageStorage?]
    private let indices: NameIndex

    /// Genuine prestaged media has one image (docs/formats/media.md section 2).
    private static let imageIndex = 1

    /// Reads the list of files of the archive at `path`, without those of an operating system image at the root when
    /// `separatesImage` says so.
    package init(_ path: FilePath, separatesImage: Bool = true) throws {
        self.path = path
        let image = try WindowsImage(joiningPartsOf: path)
        prestaged = try PrestagedProperties(image, index: Self.imageIndex)
        let isOverlaid = separatesImage && prestaged?.operatingSystemImageLayout == .extracted
        overlay = isOverlaid ? try Self.overlay(of: image) : nil
        var (listed, refused): ([WindowsImageEntry], RefusedNames) = ([], RefusedNames())
        if let overlay {
            listed = overlay.files(refused: &refused)
        } else {
            (listed, refused) = try image.entriesAndRefusedNames(inImage: Self.imageIndex)
        }
        for entry in listed where entry.isReparsePoint {
            refused.insertLink(entry.path.name, in: entry.path.parent)
        }
        refusedNames = refused.errors
        let found = listed.filter { !$0.isDirectory && !$0.isReparsePoint }
        folders = listed.filter { $0.isDirectory && !$0.isReparsePoint }
            .map { MediaFolder(path: $0.path, modified: $0.modified) }
        listed = []
        // In the order in which they lie in the archive.
        let ordered = found.sorted { ($0.storage?.place ?? [], $0.path) < ($1.storage?.place ?? [], $1.path) }
        files = ordered.map { MediaEntry(path: $0.path, byteCount: Int64($0.byteCount), modified: $0.modified) }
        storages = ordered.map(\.storage)
        indices = NameIndex(ordered.lazy.map(\.path))
        reader = WindowsImageReader(image)
        furtherImageCount = max(0, image.imageCount - 1)
    }

    /// The files of an operating system image at the root, apart from those that the manifest lists; nil where no manifest
    /// tells them apart.
    private static func overlay(of image: WindowsImage) throws -> WindowsImageOverlay? {
        let tree = try WindowsImageTree(image, index: imageIndex)
        guard let entry = tree.entry(try MediaPath(MediaManifest.path)) else { return nil }
        // One that is damaged is told by whoever reads it.
        guard let bytes = try? tree.reader.contents(of: entry, limit: MediaManifest.byteLimit),
            let manifest = try? MediaManifest(decoding: bytes, of: "the archive"),
            let listed = manifest.operatingSystemImage
        else {
            return nil
        }
        return try WindowsImageOverlay(
            tree, files: manifest.files.map(\.path) + [entry.path], folders: manifest.contents.map(\.folder),
            sharedFolders: listed.sharedFolders)
    }

    /// True when the file at `path` begins as a WIM does.
    package static func isArchive(_ path: FilePath) throws -> Bool {
        try begins(path, with: Array("MSWIM\0\0\0".utf8))
    }

    /// True when the file at `path` begins with `magic`.
    static func begins(_ path: FilePath, with magic: [UInt8]) throws -> Bool {
        let descriptor = try InputFile.open(path, allowsDevices: true)
        return try descriptor.closeAfter {
            var start = [UInt8](repeating: 0, count: magic.count)
            let count = try FileError.wrap("read", path) {
                try start.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }
            }
            return count == start.count && start == magic
        }
    }

    package func file(_ path: String) -> MediaEntry? {
        indices[path].map { files[$0] }
    }

    /// Where the content of the file at `path` lies; nil for an empty file and for none.
    package func storage(of path: MediaPath) -> WindowsImageStorage? { indices[path].flatMap { storages[$0] } }

    package var label: String? { nil }

    package var prefersOrder: Bool { true }

    package func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let storage = try storage(of: file) { try reader.readChecked(storage, of: file.path, body) }
    }

    package func readUnchecked(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let storage = try storage(of: file) { try reader.read(storage, body) }
    }

    private func storage(of file: MediaEntry) throws(FileError) -> WindowsImageStorage? {
        guard let number = indices[file.path] else { throw FileError("read", path, .noSuchFileOrDirectory) }
        return storages[number]
    }

    /// Applied to a disk, the files are what firmware looks for.
    package func firmwareEntries() -> [FirmwareEntry] { looseFirmwareEntries(startsUnderBIOS: true) }
}

extension WindowsImageStorage {
    /// Orders contents by their place.
    fileprivate var place: [Int64] { [Int64(part), resourceOffset, solid?.offset ?? 0] }
}

/// Numbers one by one.
private func < (left: ([Int64], MediaPath), right: ([Int64], MediaPath)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
