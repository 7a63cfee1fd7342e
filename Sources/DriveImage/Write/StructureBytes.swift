// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Makes the bytes of a volume's structures when their turn comes: FATs piece by piece, directories one at a time.
struct StructureBytes {
    private let volume: FATVolumeLayout
    private let directories: DirectoryMaker
    /// What was made last; directories are asked for in pieces.
    private var latest: (content: DiskSegment.Content, bytes: [UInt8])?

    init(_ volume: FATVolumeLayout) {
        self.volume = volume
        directories = DirectoryMaker(
            tree: volume.tree, files: volume.files, label: volume.label, created: volume.created,
            folderClusters: volume.clusters.folders, fileClusters: volume.clusters.files)
    }

    /// Fills `buffer` with the bytes of `content` from `offset` on; `offset` and the size are multiples of four.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer, with content: DiskSegment.Content, from offset: Int64) {
        if content == .table {
            volume.clusters.fill(buffer, from: offset)
            return
        }
        if latest?.content != content { latest = (content, make(content)) }
        guard let bytes = latest?.bytes else { return }
        buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
    }

    private func make(_ content: DiskSegment.Content) -> [UInt8] {
        switch content {
        case .reservedSectors: volume.bootSector.start(byteCount: DiskBody.reservedByteCount, isBootable: false)
        case .folder(let number): directories.bytes(of: number)
        // Tables are too large to be made whole, files are not ours.
        case .table, .file: []
        }
    }
}
