// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import WindowsImaging

/// A volume of FAT32 as an image will have it: with short names, DOS attributes and all three times.
final class FATCapture {
    /// What is left out at the root, as on NTFS.
    private static let excluded: Set<CaseFoldedName> = Set(CaptureExclusions.rootNames.map { $0.caseFolded })
    /// Bit of a folder in attributes, and what Windows says of a file that has none (MS-FSCC 2.6).
    private static let (folderAttribute, noAttribute): (UInt32, UInt32) = (0x10, 0x80)

    /// A name in a folder.
    private struct Place: Hashable {
        let folder: Int?
        let name: CaseFoldedName
    }

    /// What the image will list.
    let tree: CapturedTree
    private let volume: FATVolume
    private let descriptor: FileDescriptor
    /// The files by their numbers in the tree.
    private let files: [FATVolume.Entry]

    /// Lists the volume, which stays open.
    ///
    /// - Throws: ``CaptureError`` `.badVolume`, `FileError`.
    init(_ capture: CaptureVolume) throws {
        descriptor = try InputFile.open(capture.node, allowsDevices: true)
        let opened = descriptor
        do {
            let source = try FileSource(opened, path: capture.node)
            guard let volume = try FATVolume(source) else {
                throw CaptureError(
                    .badVolume, "\(capture.title)", "has no FAT32 that can be read",
                    nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
            }
            self.volume = volume
            let facts = try volume.facts().facts
            var tree = CapturedTree(rootTime: facts.map(\.entry.modified).max() ?? Timestamp(unixSeconds: 0))
            var files: [FATVolume.Entry] = []
            // The numbers of folders by their paths on the volume; what lies in no folder of these is left out.
            var folders: [[UInt8]: Int?] = [[]: nil]
            // A damaged volume may have a name twice in a folder, which no image can.
            var names: Set<Place> = []
            for fact in facts {
                let path = Array(fact.entry.path.utf8)
                let parent = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[..<$0]) } ?? []
                guard let folder = folders[parent], !fact.name.isEmpty else { continue }
                if folder == nil, Self.excluded.contains(fact.name.caseFolded) { continue }
                guard names.insert(Place(folder: folder, name: fact.name.caseFolded)).inserted else {
                    throw CaptureError(
                        .badVolume, "\(capture.title)",
                        "has FAT32 that is damaged: '\(fact.entry.path.onOneLine)' is there twice",
                        nextStep: "run 'chkdsk /f' on it in Windows, and capture again")
                }
                if fact.entry.isFolder { folders[path] = files.count }
                let attributes = UInt32(fact.attributes)
                tree.add(
                    CapturedTree.Entry(
                        name: fact.name, shortName: fact.shortName,
                        attributes: attributes == 0 ? Self.noAttribute : attributes, created: fact.created,
                        accessed: fact.accessed, modified: fact.entry.modified, byteCount: fact.entry.byteCount,
                        folder: folder, isFolder: fact.entry.isFolder))
                files.append(fact.entry)
            }
            (self.tree, self.files) = (tree, files)
        } catch {
            try? opened.close()
            throw error
        }
    }

    deinit { try? descriptor.close() }

    /// Hands the bytes of the file with this number in ``tree`` to `body`.
    ///
    /// - Throws: `DriveImageError` `.damaged`; `FileError`; what `body` throws.
    func read(_ number: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try volume.read(files[number], body)
    }
}
