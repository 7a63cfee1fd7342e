// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Glibc
import Support
import SystemPackage

extension WindowsImageOverlay {
    /// What the tree is on a volume of NTFS.
    public struct AppliedTree: Sendable, Equatable {
        /// The SHA-256 of all that such a volume keeps of it (docs/formats/ours.md section 1).
        public let sha256: SHA256Digest
        /// The room in bytes that is enough for it, whatever an image holds.
        public let byteCount: Int64
    }

    /// Clusters of NTFS volumes of up to 16 TiB (mkntfs of ntfs-3g).
    private static let clusterByteCount: Int64 = 4096
    /// For a file: its record of 1 KiB, one more for many names or streams, and its place in a folder.
    private static let entryByteCount: Int64 = 4096

    /// What the tree is when it is applied to a volume of NTFS.
    ///
    /// - Throws: ``WindowsImagingError`` `.unsupported` for files that Windows encrypted, `.damaged` for impossible sizes.
    public func appliedTree() throws(WindowsImagingError) -> AppliedTree {
        if let entry = tree.metadata.firstEncrypted(without: dropped) {
            throw WindowsImagingError(
                .unsupported, "\(tree.path(of: entry)) in \(tree.name)",
                "is encrypted, and only Windows applies such files",
                nextStep: "keep the image in its package")
        }
        var total = ByteTotal()
        var isPossible = true
        var groups: Set<UInt64> = []
        let metadata = tree.metadata
        func add(_ entry: Int) {
            isPossible = total.add(Self.entryByteCount * (metadata.isFolder(number: entry) ? 2 : 1)) && isPossible
            let group = metadata.linkGroup(of: entry)
            guard group == 0 || groups.insert(group).inserted else { return }
            metadata.forEachStream(of: entry) { _, hash in
                guard !hash.isNone, let byteCount = tree.storages[hash]?.byteCount else { return }
                isPossible = byteCount <= ByteTotal.limit && isPossible
                guard isPossible else { return }
                isPossible = total.add((byteCount + Self.clusterByteCount - 1) & ~(Self.clusterByteCount - 1))
            }
        }
        add(0)
        metadata.forEachEntry(without: dropped, add)
        for descriptor in metadata.descriptors { isPossible = total.add(2 * Int64(descriptor.count)) && isPossible }
        guard isPossible else {
            throw WindowsImagingError(
                .damaged, "\(tree.name)", "has files that claim more than \(ByteTotal.limitText) together",
                nextStep: "get a fresh copy of the image")
        }
        return AppliedTree(sha256: metadata.volumeDigest(without: dropped), byteCount: total.byteCount)
    }

    /// Applies the tree to the volume of NTFS in `volume`, which libwim opens by itself.
    ///
    /// - Parameters:
    ///   - archive: the file that the tree was read from.
    ///   - index: the number of the image in it.
    /// - Throws: ``WindowsImagingError``: `.damaged` when a stream is not what its SHA-1 says, `.noSpace`, `.io`,
    ///   `.interrupted`.
    public func apply(
        _ archive: FilePath, index: Int, to volume: FilePath, interruption: Interruption,
        progress: any ProgressObserver
    ) throws(WindowsImagingError) {
        let image = try WindowsImage(path: archive)
        try image.checkIndex(index)
        try image.leaveOut(droppedPaths, ofImage: index)
        try image.apply(image: index, toNTFS: volume, interruption: interruption, progress: progress)
    }

    /// Where what is left out lies in the image, names joined by `/`.
    private var droppedPaths: [String] {
        zip(["/"] + sharedFolders.map { "/\($0)/" }, [0] + sharedEntries).flatMap { folder, entry in
            tree.metadata.children(of: entry).lazy.filter { dropped.contains($0) }
                .map { folder + tree.metadata.name(of: $0) }
        }
    }
}

extension WindowsImage {
    /// Forgets files and folders of image `index`, not in the file but for what is done with this object.
    func leaveOut(_ paths: [String], ofImage index: Int) throws(WindowsImagingError) {
        let names = paths.map { strdup($0) }
        defer { names.forEach { free($0) } }
        let commands = names.map { name in
            var command = wimlib_update_command()
            command.op = WIMLIB_UPDATE_OP_DELETE
            command.delete_ = wimlib_delete_command(wim_path: name, delete_flags: WIMLIB_DELETE_FLAG_RECURSIVE)
            return command
        }
        guard !commands.isEmpty else { return }
        try Libwim.check(
            wimlib_update_image(handle, Int32(index), commands, commands.count, 0), describe(index),
            "could not be read without what the media replaces")
    }
}
