// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Makes the directories of a volume.
struct DirectoryMaker: Sendable {
    let tree: VolumeTree
    let files: [DiskFile]
    let label: VolumeLabel
    /// The time of the folders and of the label.
    let created: Timestamp
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
            if !label.description.isEmpty {
                DirectoryRecord.append(label: label, modified: time, to: &bytes)
            }
        } else {
            for (name, cluster) in [(ShortName.dot, folderClusters[number]), (.dotDot, folderClusters[folder.parent])] {
                // The root is called cluster 0 here ("FAT: General Overview of On-Disk Format" 1.03, page 26).
                let isRoot = name == .dotDot && folder.parent == VolumeTree.root
                let entry = DirectoryRecord.Entry(
                    isFolder: true, modified: time, firstCluster: isRoot ? 0 : cluster, byteCount: 0)
                DirectoryRecord.append(entry, name, to: &bytes)
            }
        }
        let names = folder.children.map { tree.name(of: $0, files) }
        let forms = names.map { NameForm($0) }
        var shortNames = ShortNames(reserving: forms)
        for (child, (name, form)) in zip(folder.children, zip(names, forms)) {
            DirectoryRecord.append(entry(for: child, time), name, form, &shortNames, to: &bytes)
        }
        return bytes
    }

    private func entry(for child: VolumeTree.Child, _ time: FATTimestamp) -> DirectoryRecord.Entry {
        switch child {
        case .folder(let number):
            DirectoryRecord.Entry(isFolder: true, modified: time, firstCluster: folderClusters[number], byteCount: 0)
        case .file(let number):
            DirectoryRecord.Entry(
                isFolder: false, modified: FATTimestamp(files[number].modified),
                firstCluster: fileClusters[number],
                // The layout refuses larger files.
                byteCount: UInt32(clamping: files[number].byteCount), attributes: files[number].attributes)
        }
    }
}
