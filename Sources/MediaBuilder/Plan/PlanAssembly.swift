// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The files of media while they are being collected: no two may have one name.
struct PlanAssembly {
    private(set) var files: [PlannedFile] = []
    private(set) var folders: [MediaPath] = []
    private(set) var contents: [PlannedContent] = []
    /// Where each file is in ``files``, by path without case.
    private var indices: [String: Int] = [:]

    /// Adds a file.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` when its name is taken.
    mutating func add(_ file: PlannedFile) throws(MediaBuilderError) {
        if let other = indices.updateValue(files.count, forKey: file.path.caseFolded) {
            throw MediaBuilderError(
                .badContent, "file \(file.path)", "would come from \(files[other].origin) and from \(file.origin)",
                nextStep: "remove it from one of them")
        }
        files.append(file)
    }

    /// Adds a file of bytes that are in memory.
    mutating func add(
        _ bytes: [UInt8], at path: MediaPath, modified: Timestamp, origin: String
    ) throws(MediaBuilderError) {
        try add(
            PlannedFile(
                path: path, byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes), modified: modified,
                source: .bytes(bytes), place: origin))
    }

    /// Adds a content with its folders; its files were added one by one.
    mutating func add(_ content: PlannedContent, folders: [MediaPath]) {
        contents.append(content)
        self.folders += [content.folder] + folders
    }

    /// The files and folders; what was only needed to collect them is let go of.
    mutating func finish() -> (files: [PlannedFile], folders: [MediaPath]) {
        defer { self = PlanAssembly() }
        return (files, folders)
    }

    /// Adds everything of `other`, in its order.
    mutating func add(contentsOf other: PlanAssembly) throws(MediaBuilderError) {
        files.reserveCapacity(files.count + other.files.count + 1)
        for file in other.files { try add(file) }
        contents += other.contents
        folders += other.folders
    }

    /// The latest modification time of the files so far.
    var latestModification: Timestamp { files.map(\.modified).max() ?? Timestamp(unixSeconds: 0) }
}
