// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The folders of a volume and what is in each, in the order in which it was named first.
struct VolumeTree: Sendable, Equatable {
    /// What a folder holds: a file or another folder, by number.
    enum Child: Sendable, Equatable {
        case file(Int)
        case folder(Int)
    }

    /// A folder; the first is the root.
    struct Folder: Sendable, Equatable {
        /// Its path; nil for the root.
        let path: MediaPath?
        /// The number of the folder that holds it; the root's own for the root.
        let parent: Int
        var children: [Child] = []
        /// The directory records that it has already, when it is not ours and stays as it is; empty for one of ours.
        fileprivate(set) var records: [UInt8] = []
        /// The records of its directory.
        fileprivate(set) var recordCount = 0
    }

    static let root = 0

    private(set) var folders = [Folder(path: nil, parent: root)]

    /// Sorts `files` into folders, and adds `folders`.
    ///
    /// - Parameter kept: the directory records of folders that are not ours, by ``MediaPath/caseFolded``.
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.folderTooLarge`.
    init(
        files: [DiskFile], folders others: [MediaPath], kept: [CaseFoldedName: [UInt8]] = [:], hasLabel: Bool
    ) throws(DriveImageError) {
        var numbers: [CaseFoldedName: Int] = [:]
        // Files of one folder come after each other, nearly always.
        var latest: (path: MediaPath?, number: Int) = (nil, Self.root)
        for folder in others { _ = number(of: folder, &numbers) }
        for (index, file) in files.enumerated() {
            let parent = file.path.parent
            if parent != latest.path { latest = (parent, parent.map { number(of: $0, &numbers) } ?? Self.root) }
            folders[latest.number].children.append(.file(index))
        }
        for (path, records) in kept { if let number = numbers[path] { folders[number].records = records } }
        for number in folders.indices { try count(number, files, hasLabel: hasLabel) }
    }

    /// The bytes of the directory of a folder.
    func directoryByteCount(of folder: Int) -> Int64 {
        Int64(folders[folder].recordCount) * Int64(FATDirectoryEntry.byteCount)
    }

    /// The name of what `child` is.
    func name(of child: Child, _ files: [DiskFile]) -> String {
        switch child {
        case .file(let index): files[index].path.name
        // Only the root has no path, and it is nobody's child.
        case .folder(let number): folders[number].path?.name ?? ""
        }
    }

    /// The records that `child` has already; empty when it gets new ones.
    func records(of child: Child, _ files: [DiskFile]) -> [UInt8] {
        switch child {
        case .file(let index): files[index].records
        case .folder(let number): folders[number].records
        }
    }

    /// The number of the folder `path`, which is added with those above it when it is not there yet.
    private mutating func number(of path: MediaPath, _ numbers: inout [CaseFoldedName: Int]) -> Int {
        let key = path.caseFolded
        if let known = numbers[key] { return known }
        let parent = path.parent.map { self.number(of: $0, &numbers) } ?? Self.root
        let number = folders.count
        numbers[key] = number
        folders.append(Folder(path: path, parent: parent))
        folders[parent].children.append(.folder(number))
        return number
    }

    /// Counts the records of a folder and checks the names in it.
    private mutating func count(_ number: Int, _ files: [DiskFile], hasLabel: Bool) throws(DriveImageError) {
        // The root has a record for the label, all others have two for themselves and the folder above.
        var recordCount = number == Self.root ? (hasLabel ? 1 : 0) : 2
        var seen: [CaseFoldedName: Child] = [:]
        seen.reserveCapacity(folders[number].children.count)
        for child in folders[number].children {
            let name = name(of: child, files)
            let records = records(of: child, files)
            // What keeps its records keeps its short name too, which may be one that another name needs for itself.
            let short = records.isEmpty ? nil : FATDirectoryEntry.shortName(of: records).text.caseFolded
            for key in [name.caseFolded, short].compactMap({ $0 }) {
                if let other = seen.updateValue(child, forKey: key), other != child {
                    throw DriveImageError(
                        .duplicateName, DiagnosticText(describe(child, files)),
                        "has the same name as \(describe(other, files)) on Windows",
                        nextStep: "rename one of them at its source")
                }
            }
            guard records.isEmpty else {
                recordCount += records.count / FATDirectoryEntry.byteCount
                continue
            }
            // What is left of a part of a long name is filled with this.
            guard !name.utf16.contains(0xFFFF) else {
                throw DriveImageError(
                    .unsuitableName, DiagnosticText(describe(child, files)),
                    "has a character in its name that FAT cannot keep",
                    nextStep: "rename it at its source")
            }
            recordCount += FATDirectoryEntry.count(for: name)
        }
        guard recordCount <= FATDirectoryEntry.countLimit else {
            throw DriveImageError(
                .folderTooLarge, folders[number].path.map { "folder \($0)" } ?? "the root folder",
                "has \(folders[number].children.count) names, which take \(recordCount) records, and a folder of a FAT "
                    + "volume has \(FATDirectoryEntry.countLimit)",
                nextStep: "divide it at its source, shorten its names, or pack it into an archive")
        }
        folders[number].recordCount = recordCount
    }

    private func describe(_ child: Child, _ files: [DiskFile]) -> String {
        switch child {
        case .file(let index): "file \(files[index].path)"
        case .folder(let number): "folder \(folders[number].path.map(\.description) ?? "")"
        }
    }
}
