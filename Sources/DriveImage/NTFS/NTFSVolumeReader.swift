// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage

/// The files of an NTFS volume on a drive, read through libntfs-3g.
///
/// Nothing on the drive is trusted, and nothing is repaired: damaged volumes give fewer files.
public final class NTFSVolumeReader: Sendable {
    /// A file or folder of the volume.
    public struct File: Sendable {
        /// Its place.
        public let path: MediaPath
        /// Its size in bytes; 0 for a folder.
        public let byteCount: Int64
        /// When it was written last.
        public let modified: Timestamp
        fileprivate let entry: NTFSVolume.Entry
    }

    /// The label; empty when the volume has none.
    public let label: String
    /// Every file whose name can be one of media.
    public let files: [File]
    /// Every folder of such a name, each behind the one that it is in.
    public let folders: [File]
    /// The names that no path can have.
    public let refusedNames: [MediaPathError]
    private let path: FilePath
    /// The library knows no threads: those who read take turns.
    private let volume: Mutex<NTFSVolume>

    /// Lists the volume in `range` of an open drive or image, which must stay open; nil when there is none.
    public init?(_ descriptor: FileDescriptor, path: FilePath, range: Range<Int64>) {
        guard let volume = NTFSVolume(descriptor, path: path, range: range) else { return nil }
        self.path = path
        label = volume.label
        var refused = RefusedNames()
        var (files, folders): ([File], [File]) = ([], [])
        for entry in volume.entries() {
            guard let path = refused.path(of: entry.path.names) else { continue }
            let file = File(path: path, byteCount: entry.byteCount, modified: entry.modified, entry: entry)
            if entry.isReparsePoint {
                refused.insertLink(path.name, in: path.parent)
            } else if entry.isFolder {
                folders.append(file)
            } else {
                files.append(file)
            }
        }
        (self.files, self.folders) = (files, folders)
        refusedNames = refused.errors
        self.volume = Mutex(volume)
    }

    /// What the files of an operating system image on the volume are, apart from those of the media by `mask`; all of them
    /// are read.
    ///
    /// - Parameters:
    ///   - byteLimit: no stream is larger in the tree that is looked for: one that is makes another tree, and is not read.
    ///   - observe: told how many bytes were read, again and again.
    /// - Throws: `InterruptedError`.
    public func tree(
        _ mask: MediaMask, byteLimit: Int64, interruption: Interruption,
        observe: @escaping @Sendable (_ byteCount: Int) -> Void
    ) throws -> NTFSTree {
        try volume.withLock {
            try NTFSTreeReading.tree(
                of: $0, mask, byteLimit: byteLimit, interruption: interruption, observe: observe)
        }
    }

    /// Hands the bytes of the file with this number to `body`, piece by piece and in order, through `buffer`.
    ///
    /// - Throws: `FileError` when it cannot be read; what `body` throws.
    public func read(
        _ number: Int, buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let file = files[number]
        var done: Int64 = 0
        while done < file.byteCount {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(Int64(buffer.count), file.byteCount - done))])
            let address = UInt(bitPattern: room.baseAddress)
            let (offset, size) = (done, room.count)
            let count = volume.withLock { volume in
                volume.read(
                    file.entry, at: offset,
                    into: UnsafeMutableRawBufferPointer(
                        start: UnsafeMutableRawPointer(bitPattern: address), count: size))
            }
            guard let count, count > 0 else {
                throw DriveImageError(
                    .damaged, "file \(file.path) on \(path)",
                    "is damaged: after \(done) of its \(file.byteCount) bytes the volume gives no more",
                    nextStep: "write the media anew; the kernel log tells whether the drive itself failed")
            }
            try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
            done += Int64(count)
        }
    }
}
