// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Makes the bytes of a volume's structures when their turn comes: FATs piece by piece, directories one at a time.
struct StructureBytes {
    private let layout: DiskLayout
    /// What was made last; directories are asked for in pieces.
    private var latest: (content: DiskSegment.Content, bytes: [UInt8])?

    init(_ layout: DiskLayout) { self.layout = layout }

    /// Fills `buffer` with the bytes of `content` from `offset` on; `offset` and the size are multiples of four.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer, with content: DiskSegment.Content, from offset: Int64) {
        if content == .table {
            layout.clusters.fill(buffer, from: offset)
            return
        }
        if latest?.content != content { latest = (content, make(content)) }
        guard let bytes = latest?.bytes else { return }
        buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
    }

    private func make(_ content: DiskSegment.Content) -> [UInt8] {
        switch content {
        case .reservedSectors: layout.bootSector.start(byteCount: DiskBody.reservedByteCount, isBootable: false)
        case .folder(let number): directory(of: number)
        // Tables are too large to be made whole, files are not ours.
        case .table, .file: []
        }
    }

    /// The records of a folder.
    private func directory(of number: Int) -> [UInt8] {
        let folder = layout.tree.folders[number]
        let created = FATTimestamp(layout.description.created)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(layout.tree.directoryByteCount(of: number)))
        if number == VolumeTree.root {
            if !layout.description.label.description.isEmpty {
                DirectoryRecord.append(label: layout.description.label, modified: created, to: &bytes)
            }
        } else {
            for (name, cluster) in [(ShortName.dot, cluster(of: number)), (.dotDot, cluster(of: folder.parent))] {
                // The root is called cluster 0 here ("FAT: General Overview of On-Disk Format" 1.03, page 26).
                let isRoot = name == .dotDot && folder.parent == VolumeTree.root
                let entry = DirectoryRecord.Entry(
                    isFolder: true, modified: created, firstCluster: isRoot ? 0 : cluster, byteCount: 0)
                DirectoryRecord.append(entry, name, to: &bytes)
            }
        }
        let names = folder.children.map { layout.tree.name(of: $0, layout.description.files) }
        let forms = names.map { NameForm($0) }
        var shortNames = ShortNames(reserving: forms)
        for (child, (name, form)) in zip(folder.children, zip(names, forms)) {
            DirectoryRecord.append(entry(for: child, created), name, form, &shortNames, to: &bytes)
        }
        return bytes
    }

    private func entry(for child: VolumeTree.Child, _ created: FATTimestamp) -> DirectoryRecord.Entry {
        switch child {
        case .folder(let number):
            DirectoryRecord.Entry(isFolder: true, modified: created, firstCluster: cluster(of: number), byteCount: 0)
        case .file(let number):
            DirectoryRecord.Entry(
                isFolder: false, modified: FATTimestamp(layout.description.files[number].modified),
                firstCluster: layout.clusters.files[number],
                // The layout refuses larger files.
                byteCount: UInt32(clamping: layout.description.files[number].byteCount))
        }
    }

    private func cluster(of folder: Int) -> UInt32 { layout.clusters.folders[folder] }
}
