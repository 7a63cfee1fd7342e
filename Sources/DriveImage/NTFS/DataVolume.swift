// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibntfs
import Cryptography
import Glibc
import Support
import SystemPackage

/// An NTFS volume, laid out but for the contents of its files.
///
/// Its structures lie in a sparse file of the partition's size, which the distribution's mkntfs formats and libntfs-3g
/// fills with folders and files. The files get their clusters there, but no bytes: these go straight to the drives.
public struct DataVolume: Sendable, Equatable {
    /// The sparse file; it must stay until the drives are written.
    let image: FilePath
    /// Where the volume begins on the drive, in bytes.
    let offset: Int64
    /// The bytes of the drive that structures take, in the order of the drive.
    let structures: [Range<Int64>]
    /// The SHA-256 of these.
    let structureDigest: SHA256Digest
    /// The number of the first file among all files of the drive.
    let firstFile: Int
    /// The bytes of the drive that each file takes.
    let files: [[Range<Int64>]]
    /// The paths of the files.
    let paths: [MediaPath]
    /// Bytes of a cluster.
    let clusterByteCount: Int64

    /// The bytes that are written of it.
    var byteCount: Int64 {
        (structures + files.joined()).reduce(0) { $0 + Int64($1.count) }
    }

    /// Makes `volume` in a sparse file.
    ///
    /// - Parameters:
    ///   - folder: an empty folder for the sparse file.
    ///   - apply: applies ``NTFSVolumeLayout/tree`` to the volume in this file, which nobody else has open.
    ///   - observe: told how many bytes of that tree were read again, again and again.
    /// - Throws: ``DriveImageError`` `.noFormatter`, `.notFormatted`, `.noBootSectors`, `.tooSmall`, `.unsuitableName`,
    ///   `.duplicateName`; `.damaged` when the tree on the volume is not what was promised; `FileError`;
    ///   `InterruptedError`; what `apply` throws.
    public init(
        _ volume: NTFSVolumeLayout, in folder: FilePath, interruption: Interruption,
        applying apply: (_ volume: FilePath) throws -> Void = { _ in },
        observe: @escaping @Sendable (_ byteCount: Int) -> Void = { _ in }
    ) throws {
        let partition = volume.range
        let image = folder.appending("volume.ntfs")
        try Self.makeFile(image, byteCount: Int64(partition.count))
        try NTFSFormatter.format(
            image, partitionOffset: partition.lowerBound, label: volume.label, log: folder.appending("mkntfs.log"),
            interruption: interruption)
        try interruption.check()
        try NTFSBootRecord.setSerial(volume.serial, of: image)
        if volume.isBootable { try NTFSBootRecord.install(on: image) }
        let tree = try VolumeTree(files: volume.files, folders: volume.folders, hasLabel: false)
        if volume.tree != nil { try apply(image) }
        let opened = try NTFSVolume(file: image)
        var reserved: [[Range<Int64>]]
        do {
            var mask: MediaMask?
            if let applied = volume.tree {
                try opened.settleTimes(interruption)
                try Self.require(applied, on: opened, interruption, observe)
                mask = MediaMask(files: [], folders: [], sharedFolders: applied.sharedFolders)
            }
            reserved = try opened.reserve(volume.files, tree, over: mask, created: volume.created, interruption)
            if mask != nil { try opened.clearRemains(interruption) }
        } catch {
            try? opened.close()
            throw error
        }
        clusterByteCount = opened.clusterByteCount
        try opened.close()
        for file in reserved.indices {
            reserved[file] = reserved[file].map {
                partition.lowerBound + $0.lowerBound..<partition.lowerBound + $0.upperBound
            }
        }
        self.image = image
        firstFile = volume.firstFile
        files = reserved
        paths = volume.files.map(\.path)
        offset = partition.lowerBound
        let clusters = clusterByteCount
        (structures, structureDigest) = try Self.structures(
            of: image, at: partition.lowerBound,
            without: reserved.joined().map { $0.lowerBound..<Alignment.up($0.upperBound, to: clusters) },
            interruption)
    }

    /// What the sparse file takes at most, in bytes.
    public static func stagedByteCount(forPartitionOf byteCount: Int64, over tree: NTFSTreePlan? = nil) -> Int64 {
        min(byteCount, 96 << 20 + byteCount / 8192 + (tree?.byteCount ?? 0))
    }

    // MARK: Parts

    /// Reads again what was applied to `volume`: a volume may not keep all that it was told.
    private static func require(
        _ promised: NTFSTreePlan, on volume: NTFSVolume, _ interruption: Interruption,
        _ observe: @escaping @Sendable (Int) -> Void
    ) throws {
        let mask = MediaMask(files: [], folders: [], sharedFolders: [])
        let found = try NTFSTreeReading.tree(
            of: volume, mask, byteLimit: promised.byteCount, interruption: interruption, observe: observe)
        guard !found.matches(promised.sha256) else { return }
        throw DriveImageError(
            .damaged, "the operating system image", "does not lie on the NTFS volume as it is in its archive",
            nextStep: "put its package on the disk")
    }

    private static func makeFile(_ path: FilePath, byteCount: Int64) throws(FileError) {
        try FileError.wrap("written", path) {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerRead, .ownerWrite])
            try file.closeAfter { try file.resize(to: byteCount) }
        }
    }

    /// What of the sparse file is written, without what contents take, as bytes of the drive, and its SHA-256.
    private static func structures(
        of image: FilePath, at offset: Int64, without contents: [Range<Int64>], _ interruption: Interruption
    ) throws -> ([Range<Int64>], SHA256Digest) {
        let file = try InputFile.open(image)
        return try file.closeAfter {
            let contents = contents.sorted { $0.lowerBound < $1.lowerBound }
            var ranges: [Range<Int64>] = []
            for extent in try FileError.wrap("read", image, { try dataExtents(of: file) }) {
                var start = offset + extent.lowerBound
                let end = offset + extent.upperBound
                for content in contents where content.upperBound > start && content.lowerBound < end {
                    if content.lowerBound > start { ranges.append(start..<content.lowerBound) }
                    start = content.upperBound
                }
                if start < end { ranges.append(start..<end) }
            }
            let hash = SHA256()
            try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: AlignedBuffer.alignment) { buffer in
                for range in ranges {
                    try interruption.check()
                    try read(file, image, range, from: offset, buffer) { hash.update($0) }
                }
            }
            return (ranges, hash.finalize())
        }
    }

    private static func read(
        _ file: FileDescriptor, _ image: FilePath, _ range: Range<Int64>, from offset: Int64,
        _ buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(FileError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(Int64(buffer.count), range.upperBound - position))])
            let count = try FileError.wrap("read", image) {
                try file.read(fromAbsoluteOffset: position - offset, into: room)
            }
            guard count > 0 else { throw FileError("read", image, .ioError) }
            body(UnsafeRawBufferPointer(rebasing: room[..<count]))
            position += Int64(count)
        }
    }

    /// SEEK_DATA and SEEK_HOLE of Linux (lseek(2)), which Glibc only tells of to GNU programs.
    private static let (seekData, seekHole) = (Int32(3), Int32(4))

    /// The parts of a sparse file that hold something; all of it where the file system cannot tell.
    private static func dataExtents(of file: FileDescriptor) throws -> [Range<Int64>] {
        let end = try file.seek(offset: 0, from: .end)
        var extents: [Range<Int64>] = []
        var position: Int64 = 0
        while position < end {
            let start = lseek(file.rawValue, off_t(position), seekData)
            guard start >= 0 else {
                guard errno == ENXIO else { throw Errno(rawValue: errno) }
                break
            }
            let stop = lseek(file.rawValue, start, seekHole)
            guard stop > start else { throw Errno(rawValue: errno) }
            // Whole pages, as drives are written; neighbours are one.
            let extent = Alignment.down(Int64(start), to: 4096)..<min(end, Alignment.up(Int64(stop), to: 4096))
            if let last = extents.last, last.upperBound >= extent.lowerBound {
                extents[extents.count - 1] = last.lowerBound..<max(last.upperBound, extent.upperBound)
            } else {
                extents.append(extent)
            }
            position = extent.upperBound
        }
        return extents
    }
}
