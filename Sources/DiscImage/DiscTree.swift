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

        /// Its name in ISO 9660 and Joliet; with UDF beside them it may be cut.
        fileprivate(set) var name: String
        let item: Item

        var isFolder: Bool {
            if case .folder = item { true } else { false }
        }
    }

    /// A folder.
    struct Folder {
        /// Its whole name; empty for the root.
        let name: String
        /// The number of the folder it is in; the root is in itself.
        let parent: Int
        /// What is in it, ordered by the bytes of the names, as libisofs keeps it.
        fileprivate(set) var children: [Child] = []
    }

    /// The folders, each after the one it is in; the first is the root.
    private(set) var folders = [Folder(name: "", parent: 0)]
    /// How many names had to be cut.
    private(set) var cutNameCount = 0
    private var numbers: [CaseFoldedName: Int] = [:]

    /// The tree of `files` and `folders`; the folders above need not be among them, and are looked up without case.
    ///
    /// - Parameter cutsNames: names that Joliet cannot carry are cut, because UDF has them whole.
    /// - Throws: ``DiscImageError`` `.duplicateName` when Windows would take two files for one.
    init(files: [MediaFile], folders: [MediaPath], cutsNames: Bool) throws(DiscImageError) {
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
            if cutsNames { cutNameCount += self.folders[number].cutNames() }
            self.folders[number].children.sort { $0.name.precedesByBytes($1.name) }
        }
    }

    private mutating func number(of folder: MediaPath) -> Int {
        if let known = numbers[folder.caseFolded] { return known }
        let parent = folder.parent.map { number(of: $0) } ?? 0
        let added = folders.count
        folders.append(Folder(name: folder.name, parent: parent))
        folders[parent].children.append(Child(name: folder.name, item: .folder(added)))
        numbers[folder.caseFolded] = added
        return added
    }

    private static func check(_ folder: Folder, _ files: [MediaFile]) throws(DiscImageError) {
        var seen: [CaseFoldedName: Child] = [:]
        seen.reserveCapacity(folder.children.count)
        for child in folder.children {
            guard let other = seen.updateValue(child, forKey: child.name.caseFolded) else { continue }
            switch (child.item, other.item) {
            case (.file(let number), .file(let otherNumber)):
                throw duplicate(files[number].path, "has the same name as \(files[otherNumber].path) on Windows")
            case (.file(let number), .folder), (.folder, .file(let number)):
                throw duplicate(files[number].path, "has the same name as a folder on Windows")
            case (.folder, .folder): continue  // they are one
            }
        }
    }

    private static func duplicate(_ path: MediaPath, _ problem: DiagnosticText) -> DiscImageError {
        DiscImageError(.duplicateName, "file \(path)", problem, nextStep: "rename one of them at its source")
    }
}

extension DiscTree {
    /// The name of `child`, whatever it is called in ISO 9660 and Joliet.
    func fullName(of child: Child, _ files: [MediaFile]) -> String {
        switch child.item {
        case .file(let number): files[number].path.name
        case .folder(let number): folders[number].name
        }
    }
}

extension DiscTree.Folder {
    /// Gives the children that Joliet cannot carry names that it can, unlike all others of the folder even without case,
    /// and says how many there are.
    fileprivate mutating func cutNames() -> Int {
        let long = children.indices.filter { !CutName.isCarried(children[$0].name) }
        guard !long.isEmpty else { return 0 }
        var taken = Set(children.lazy.map(\.name.caseFolded))
        var numbers: [String: Int] = [:]
        // In an order that does not depend on that of the files.
        for index in long.sorted(by: { children[$0].name.precedesByBytes(children[$1].name) }) {
            let cut = CutName(children[index].name)
            var name = ""
            repeat {
                numbers[cut.stem, default: 0] += 1
                name = cut.name(number: numbers[cut.stem] ?? 0)
            } while !taken.insert(name.caseFolded).inserted
            children[index].name = name
        }
        return long.count
    }

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
