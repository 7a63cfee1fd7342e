// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A source copied into the work folder of a library, ready to be named.
///
/// Bytes that the library has already are hashed and let go; each other file lies in `files` under its hash.
struct StagedContent {
    let files: [ContentFile]
    let folders: [MediaPath]
    let contentHash: String
    /// The hashes whose bytes are staged.
    let newHashes: Set<SHA256Digest>
    /// Of those the ones of which FileLib holds nothing at all, not even a list of users.
    let freshHashes: Set<SHA256Digest>
    /// The bytes that the library did not have.
    let newByteCount: Int64

    /// Copies the files of `source` into `folder`, hashing them on the way.
    init(
        _ source: SourceTree, in folder: FilePath, library: ContentLibrary, shelves: FileLibShelves,
        interruption: Interruption, progress: any ProgressObserver
    ) throws {
        let intake = SourceIntake(
            source, into: RawFolder(folder), library: library, shelves: shelves, interruption: interruption)
        files = try intake.run(progress: progress)
        folders = source.folders.sorted()
        (newHashes, freshHashes, newByteCount) = intake.taken
        contentHash = ContentHash.compute(files: files, folders: folders)
    }

    /// A content of another library, of whose files those with `newHashes` lie in the work folder.
    init(
        _ content: Content, newHashes: Set<SHA256Digest>, freshHashes: Set<SHA256Digest>, newByteCount: Int64
    ) {
        (files, folders) = (content.files, content.folders)
        contentHash = content.contentHash ?? ContentHash.compute(files: content.files, folders: content.folders)
        (self.newHashes, self.freshHashes, self.newByteCount) = (newHashes, freshHashes, newByteCount)
    }

    /// Files that a thread takes at a time.
    private static let portionCount = 256

    /// Writes the DataLib tree of these files to `root`.
    func writeTree(to root: FilePath, threadCount: Int) throws(FileError) {
        try Folder.create(root)
        for folder in folders { try Folder.create(root.appending(folder)) }
        let files = files
        let portions = files.portions(of: Self.portionCount) { $0.path.parent == $1.path.parent }
        _ = try WorkerThreads.map(count: portions.count, threadCount: threadCount) { number throws(FileError) in
            let portion = portions[number]
            let parent = files[portion.lowerBound].path.parent
            let folder = RawFolder(parent.map { root.appending($0) } ?? root)
            for file in files[portion] { try folder.create("\(file.path.name).INI", text: Self.fileINI(file)) }
        }
    }

    /// The INI of a file; every value is ASCII.
    private static func fileINI(_ file: ContentFile) -> String {
        "[File]\r\nAttributes=\(file.attributes.paddedHexadecimal)\r\nHash=\(file.sha256.upperCase)\r\n"
            + "Size=\(file.byteCount)\r\nTimeModified=\(file.modified.fileTime)\r\n"
    }

    /// The content's own INI.
    static func contentINI(hash: String) -> [UInt8] {
        INIDocument(sections: [
            INIDocument.Section(
                name: "Info",
                entries: [
                    .init(key: "Hash", value: hash),
                    .init(key: "HashAlgorithm", value: String(ContentHash.algorithm)),
                ])
        ]).bytes
    }
}

extension Array {
    /// Ranges of at most `count` elements that are all `together` with the first of their range.
    func portions(of count: Int, together: (Element, Element) -> Bool = { _, _ in true }) -> [Range<Int>] {
        var portions: [Range<Int>] = []
        var start = 0
        for index in indices where index - start == count || !together(self[start], self[index]) {
            portions.append(start..<index)
            start = index
        }
        if start < endIndex { portions.append(start..<endIndex) }
        return portions
    }
}

extension RawFolder {
    /// Writes `text` to a new or emptied file `name`.
    func create(_ name: String, text: String) throws(FileError) {
        var text = text
        let failure = text.withUTF8 { bytes -> FileError? in
            do throws(FileError) {
                try create(name, UnsafeRawBufferPointer(bytes))
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }
}

extension FilePath {
    func appending(_ media: MediaPath) -> FilePath {
        media.components.reduce(self) { $0.appending($1) }
    }
}

extension UInt32 {
    fileprivate var paddedHexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
