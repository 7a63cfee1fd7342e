// SPDX-License-Identifier: GPL-3.0-or-later

extension BlockDevice {
    /// What the drive is called in messages: its node, its maker and its model.
    public var displayName: String {
        let words = [vendor, model].compactMap { $0 }.joined(separator: " ")
        return words.isEmpty ? node.string : "\(node) (\(words))"
    }

    /// What is on the drive in words: `gpt with vfat "EFI", ext4`; nil when nothing is.
    public var contentSummary: String? {
        var parts: [String] = []
        if let table = contents.partitionTable {
            parts.append("\(table) partition table")
        } else if !partitions.isEmpty {
            parts.append("partitions")
        }
        if let whole = contents.words { parts.append(whole) }
        let inside = partitions.compactMap(\.contents.words)
        if !inside.isEmpty { parts.append(inside.joined(separator: ", ")) }
        if let problem = contents.problem { parts.append("unknown contents (\(problem))") }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }
}

extension DeviceContents {
    /// The file system with its label: `vfat "EFI"`; nil where there is none.
    public var words: String? {
        fileSystem.map { type in label.map { "\(type) \"\($0)\"" } ?? type }
    }
}
