// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Makes the directories of a volume.
struct DirectoryMaker: Sendable {
    let tree: VolumeTree
    let files: [DiskFile]
    let label: FATLabel
    /// The time of the folders and of the label.
    let created: Timestamp
    /// The record of the label that the root has already, when it stays.
    var labelRecord: [UInt8]?
    /// The first cluster of each folder.
    let folderClusters: [UInt32]
    /// The first cluster of each file; 0 for an empty one.
    let fileClusters: [UInt32]

    /// The records of a folder.
    func bytes(of number: Int) -> [UInt8] {
        let folder = tree.folders[number]
        let time = FATTimestamp(created)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(tree.directoryByteCount(of: number)))
        if number == VolumeTree.root {
            if let labelRecord {
                bytes += labelRecord
            } else if !label.description.isEmpty {
                FATDirectoryEntry.append(label: label, modified: time, to: &bytes)
            }
        } else {
            for (name, cluster) in [(ShortName.dot, folderClusters[number]), (.dotDot, folderClusters[folder.parent])] {
                // The root is called cluster 0 here ("FAT: General Overview of On-Disk Format" 1.03, page 26).
                let isRoot = name == .dotDot && folder.parent == VolumeTree.root
                let cluster = isRoot ? 0 : cluster
                if folder.records.isEmpty {
                    let entry = FATDirectoryEntry.Entry(
                        isFolder: true, modified: time, firstCluster: cluster, byteCount: 0)
                    FATDirectoryEntry.append(entry, name, to: &bytes)
                } else {
                    FATDirectoryEntry.append(name, inFolderOf: folder.records, firstCluster: cluster, to: &bytes)
                }
            }
        }
        let names = folder.children.map { tree.name(of: $0, files) }
        let kept = folder.children.map { tree.records(of: $0, files) }
        let forms = names.map { NameForm($0) }
        var shortNames = ShortNames(
            reserving: zip(forms, kept).lazy.filter(\.1.isEmpty).map(\.0),
            and: kept.lazy.filter { !$0.isEmpty }.map { FATDirectoryEntry.shortName(of: $0) })
        for (index, child) in folder.children.enumerated() {
            let entry = entry(for: child, time)
            if kept[index].isEmpty {
                FATDirectoryEntry.append(entry, names[index], forms[index], &shortNames, to: &bytes)
            } else {
                FATDirectoryEntry.append(kept: kept[index], firstCluster: entry.firstCluster, to: &bytes)
            }
        }
        return bytes
    }

    private func entry(for child: VolumeTree.Child, _ time: FATTimestamp) -> FATDirectoryEntry.Entry {
        switch child {
        case .folder(let number):
            FATDirectoryEntry.Entry(isFolder: true, modified: time, firstCluster: folderClusters[number], byteCount: 0)
        case .file(let number):
            FATDirectoryEntry.Entry(
                isFolder: false, modified: FATTimestamp(files[number].modified),
                firstCluster: fileClusters[number],
                // The layout refuses larger files.
                byteCount: UInt32(clamping: files[number].byteCount))
        }
    }
}
