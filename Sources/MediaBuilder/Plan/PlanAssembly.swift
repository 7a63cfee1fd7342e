// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The files of media while they are being collected: no two may have one name.
struct PlanAssembly {
    private(set) var files: [PlannedFile] = []
    private(set) var folders: [MediaPath] = []
    private(set) var contents: [PlannedContent] = []
    /// Where the files of each content are in ``files``.
    private(set) var fileRanges: [Range<Int>] = []
    /// Where the folders of each content are in ``folders``.
    private(set) var folderRanges: [Range<Int>] = []
    private var total = ByteTotal()
    /// Where each file is in ``files``, by path without case.
    private var indices: [CaseFoldedName: Int] = [:]

    /// Adds a file.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` when its name is taken, `.tooLarge` when no media holds so much.
    mutating func add(_ file: PlannedFile) throws(MediaBuilderError) {
        if let other = indices.updateValue(files.count, forKey: file.path.caseFolded) {
            throw MediaBuilderError(
                .badContent, "file \(file.path)", "would come from \(files[other].origin) and from \(file.origin)",
                nextStep: "remove it from one of them")
        }
        guard total.add(file.byteCount) else {
            throw MediaBuilderError(
                .tooLarge, "file \(file.path) from \(file.origin)",
                "makes the media larger than \(ByteTotal.limitText): it has \(file.byteCount) bytes",
                nextStep: "leave it out, or check its source")
        }
        files.append(file)
    }

    /// Makes room for `count` more files, when they are most of all.
    mutating func reserve(_ count: Int) {
        // Many small steps would each move everything.
        guard count > files.count else { return }
        files.reserveCapacity(files.count + count)
        indices.reserveCapacity(indices.count + count)
    }

    /// Adds a file of bytes that are in memory.
    mutating func add(
        _ bytes: [UInt8], at path: MediaPath, modified: Timestamp, origin: String
    ) throws(MediaBuilderError) {
        try add(PlannedFile(generated: bytes, at: path, modified: modified, origin: origin))
    }

    /// Adds a content with its folders; its files were added one by one, just before.
    mutating func add(_ content: PlannedContent, folders: [MediaPath]) {
        contents.append(content)
        fileRanges.append((files.count - content.fileCount)..<files.count)
        folderRanges.append(self.folders.count..<(self.folders.count + 1 + folders.count))
        self.folders += [content.folder] + folders
    }

    /// Lets go of what is only needed while files are added, and dates all files.
    mutating func finish(sourceDate: Timestamp?) {
        indices = [:]
        if let sourceDate {
            for index in files.indices { files[index] = files[index].dated(sourceDate) }
        }
    }

    /// The latest modification time of the files so far.
    var latestModification: Timestamp { files.lazy.map(\.modified).max() ?? Timestamp(unixSeconds: 0) }
}
