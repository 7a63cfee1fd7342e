// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The folders of a disc that is not laid out yet, and what is in them.
struct DiscTree {
    /// A file or folder in its folder.
    struct Child {
        enum Item {
            /// The number of a file of the description.
            case file(Int)
            /// The number of a folder of the tree.
            case folder(Int)
        }

        let name: String
        let item: Item
    }

    /// A folder.
    struct Folder {
        /// What is in it, ordered by the bytes of the names, as libisofs keeps it.
        fileprivate(set) var children: [Child] = []
    }

    /// The folders, each after the one it is in; the first is the root.
    private(set) var folders = [Folder()]
    private var numbers: [CaseFoldedName: Int] = [:]

    /// The tree of `files` and `folders`; the folders above need not be among them, and are looked up without case.
    ///
    /// - Throws: ``DiscImageError`` `.duplicateName` when Windows would take two files for one.
    init(files: [MediaFile], folders: [MediaPath]) throws(DiscImageError) {
        var last: (path: MediaPath, number: Int)?
        for (index, file) in files.enumerated() {
            // Files of one folder mostly follow each other.
            if let known = last, !known.path.isParent(of: file.path) { last = nil }
            if last == nil, let parent = file.path.parent { last = (parent, number(of: parent)) }
            self.folders[last?.number ?? 0].children.append(Child(name: file.path.name, item: .file(index)))
        }
        for folder in folders { _ = number(of: folder) }
        for number in self.folders.indices {
            try Self.check(self.folders[number], files)
            self.folders[number].children.sort { $0.name.precedesByBytes($1.name) }
        }
    }

    private mutating func number(of folder: MediaPath) -> Int {
        if let known = numbers[folder.caseFolded] { return known }
        let parent = folder.parent.map { number(of: $0) } ?? 0
        let added = folders.count
        folders.append(Folder())
        folders[parent].children.append(Child(name: folder.name, item: .folder(added)))
        numbers[folder.caseFolded] = added
        return added
    }

    private static func check(_ folder: Folder, _ files: [MediaFile]) throws(DiscImageError) {
        var seen: [CaseFoldedName: Int] = [:]
        seen.reserveCapacity(folder.children.count)
        for child in folder.children {
            guard case .file(let number) = child.item else { continue }
            if let other = seen.updateValue(number, forKey: child.name.caseFolded) {
                throw DiscImageError(
                    .duplicateName, "file \(files[number].path)",
                    "has the same name as \(files[other].path) on Windows",
                    nextStep: "rename one of them at its source")
            }
        }
    }
}

extension DiscTree.Folder {
    /// The place among the children of the one whose name a Joliet directory spells `identifier`.
    ///
    /// - Parameter expected: looked at first: Joliet's order is that of the bytes but for a few characters.
    func index(ofJoliet identifier: ArraySlice<UInt8>, expected: Int) -> Int? {
        if expected < children.count, Self.isJoliet(identifier, children[expected].name) { return expected }
        let name = VolumeDescriptors.decode(identifier, .utf16BigEndian)
        var (low, high) = (0, children.count)
        while low < high {
            let middle = (low + high) / 2
            if children[middle].name.precedesByBytes(name) { low = middle + 1 } else { high = middle }
        }
        return low < children.count && Self.isJoliet(identifier, children[low].name) ? low : nil
    }

    /// True when `identifier` is `name` in big-endian UTF-16.
    private static func isJoliet(_ identifier: ArraySlice<UInt8>, _ name: String) -> Bool {
        var index = identifier.startIndex
        for unit in name.utf16 {
            guard index + 1 < identifier.endIndex,
                UInt16(identifier[index]) << 8 | UInt16(identifier[index + 1]) == unit
            else { return false }
            index += 2
        }
        return index == identifier.endIndex
    }
}
