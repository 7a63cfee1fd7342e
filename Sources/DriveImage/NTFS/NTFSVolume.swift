// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibntfs
import Glibc
import Support
import Synchronization
import SystemPackage

/// An NTFS volume that libntfs-3g has open.
///
/// Unchecked: the library knows no threads; whoever shares a volume takes turns.
final class NTFSVolume: @unchecked Sendable {
    private var handle: UnsafeMutablePointer<ntfs_volume>?
    private let name: FilePath
    /// The place of a volume that is read from a part of a drive; the library holds an unretained pointer to it.
    private var window: NTFSWindow?

    /// Opens the volume in a file for writing.
    ///
    /// - Throws: `FileError`.
    init(file: FilePath) throws(FileError) {
        tsm_ntfs_be_silent()
        guard let handle = ntfs_mount(file.string, ntfs_mount_flags(NTFS_MNT_NONE)) else {
            throw FileError("opened as a volume", file, Errno(rawValue: errno))
        }
        self.handle = handle
        name = file
    }

    /// Opens the volume in `range` of an open file or drive for reading; nil when the library finds none.
    init?(_ descriptor: FileDescriptor, path: FilePath, range: Range<Int64>) {
        tsm_ntfs_be_silent()
        let window = NTFSWindow(descriptor, range: range)
        guard let device = window.makeDevice() else { return nil }
        // Nothing is repaired and no journal replayed.
        let flags = ntfs_mount_flags(NTFS_MNT_RDONLY | NTFS_MNT_FORENSIC)
        guard let handle = ntfs_device_mount(device, flags) else {
            ntfs_device_free(device)
            return nil
        }
        self.handle = handle
        self.window = window
        name = path
    }

    deinit { try? close() }

    /// Bytes of a cluster.
    var clusterByteCount: Int64 { Int64(handle?.pointee.cluster_size ?? 0) }

    /// The label; empty when there is none.
    var label: String { handle?.pointee.vol_name.map { String(cString: $0) } ?? "" }

    /// Writes what the library still holds, and lets go of the volume.
    ///
    /// - Throws: `FileError`.
    func close() throws(FileError) {
        guard let handle else { return }
        self.handle = nil
        if ntfs_umount(handle, BOOL(0)) != 0 {
            let error = Errno(rawValue: errno)
            ntfs_umount(handle, BOOL(1))
            throw FileError("written", name, error)
        }
    }

    // MARK: Writing

    /// Makes the folders of `tree` and gives every file its clusters; returns these, in bytes of the volume, by the
    /// number of the file.
    ///
    /// - Throws: `FileError`; ``DriveImageError`` `.tooSmall`; `InterruptedError`.
    func reserve(
        _ files: [DiskFile], _ tree: VolumeTree, created: Timestamp, _ interruption: Interruption
    ) throws -> [[Range<Int64>]] {
        guard let root = ntfs_inode_open(handle, UInt64(FILE_root.rawValue)) else { throw failure("root folder") }
        var ranges = [[Range<Int64>]](repeating: [], count: files.count)
        defer { ntfs_inode_close(root) }
        try fill(root, VolumeTree.root, files, tree, created, interruption, &ranges)
        return ranges
    }

    private func fill(
        _ inode: UnsafeMutablePointer<ntfs_inode>, _ number: Int, _ files: [DiskFile], _ tree: VolumeTree,
        _ created: Timestamp, _ interruption: Interruption, _ ranges: inout [[Range<Int64>]]
    ) throws {
        for child in tree.folders[number].children {
            try interruption.check()
            let name = tree.name(of: child, files)
            let type = if case .folder = child { Glibc.S_IFDIR } else { Glibc.S_IFREG }
            let units = name.utf16.map(\.littleEndian)
            guard units.count <= Self.nameLength,
                let made = ntfs_create(inode, 0, units, UInt8(units.count), type)
            else { throw failure(name) }
            do {
                switch child {
                case .folder(let folder):
                    try fill(made, folder, files, tree, created, interruption, &ranges)
                case .file(let file):
                    ranges[file] = try reserve(files[file], made)
                    guard tsm_ntfs_set_times(made, files[file].modified.fileTime) == 0 else { throw failure(name) }
                }
            } catch {
                ntfs_inode_close_in_dir(made, inode)
                throw error
            }
            guard ntfs_inode_close_in_dir(made, inode) == 0 else { throw failure(name) }
        }
        guard tsm_ntfs_set_times(inode, created.fileTime) == 0 else {
            throw failure(tree.folders[number].path?.description ?? "root folder")
        }
    }

    /// UTF-16 units of a name ([MS-FSCC] 2.1.5.2).
    private static let nameLength = 255

    private func reserve(_ file: DiskFile, _ inode: UnsafeMutablePointer<ntfs_inode>) throws -> [Range<Int64>] {
        guard file.byteCount > 0 else { return [] }
        guard let data = tsm_ntfs_open_data(inode) else { throw failure(file.path.description) }
        defer { ntfs_attr_close(data) }
        guard tsm_ntfs_reserve(data, file.byteCount) == 0, var run = data.pointee.rl else {
            throw failure(file.path.description)
        }
        var ranges: [Range<Int64>] = []
        var rest = file.byteCount
        while run.pointee.length > 0, rest > 0 {
            guard run.pointee.lcn >= 0 else { throw failure(file.path.description) }
            let start = run.pointee.lcn * clusterByteCount
            let count = min(rest, run.pointee.length * clusterByteCount)
            ranges.append(start..<start + count)
            rest -= count
            run += 1
        }
        guard rest == 0 else { throw failure(file.path.description) }
        return ranges
    }

    private func failure(_ object: String) -> any Error {
        let error = Errno(rawValue: errno)
        guard error == .noSpace else { return FileError("written", name.appending(object), error) }
        return DriveImageError(
            .tooSmall, "the data partition", "has no room for \(object)", nextStep: "use a larger drive")
    }

    // MARK: Reading

    /// A file or folder of the volume.
    struct Entry {
        /// Its place, names joined by `/`; it comes from outside, and may be anything.
        let path: String
        /// Its size in bytes.
        let byteCount: Int64
        /// Its number on the volume, with the number of its use.
        let reference: UInt64
    }

    private final class Names {
        var entries: [(name: String, reference: UInt64, isFolder: Bool)] = []
        let limit: Int
        init(limit: Int) { self.limit = limit }
    }

    /// Every file, but not those of the file system itself; damaged folders hold fewer.
    func files(_ limits: FATVolume.Limits = .drive) -> [Entry] {
        var found: [Entry] = []
        var visited: Set<UInt64> = [Self.record(UInt64(FILE_root.rawValue))]
        var waiting: [(path: String, reference: UInt64, depth: Int)] = [("", UInt64(FILE_root.rawValue), 0)]
        while let (path, reference, depth) = waiting.popLast(), found.count < limits.entryCount {
            guard let folder = ntfs_inode_open(handle, reference) else { continue }
            let names = Names(limit: limits.entryCount - found.count)
            var position: Int64 = 0
            _ = ntfs_readdir(folder, &position, Unmanaged.passUnretained(names).toOpaque()) {
                context, name, length, _, _, reference, type in
                guard let context, let name else { return -1 }
                let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
                guard names.entries.count < names.limit else { return -1 }
                let units = UnsafeBufferPointer(start: name, count: Int(length)).map(UInt16.init(littleEndian:))
                let text = String(decoding: units, as: UTF16.self)
                let number = NTFSVolume.record(reference)
                // Below come the files of the file system itself ($MFT, $LogFile ...).
                guard text != ".", text != "..", number >= UInt64(FILE_first_user.rawValue) else { return 0 }
                names.entries.append((text, reference, type == UInt32(NTFS_DT_DIR)))
                return 0
            }
            ntfs_inode_close(folder)
            for entry in names.entries {
                let place = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
                if entry.isFolder {
                    guard depth < limits.depth, visited.count < limits.folderCount,
                        visited.insert(Self.record(entry.reference)).inserted
                    else { continue }
                    waiting.append((place, entry.reference, depth + 1))
                } else if let inode = ntfs_inode_open(handle, entry.reference) {
                    found.append(Entry(path: place, byteCount: inode.pointee.data_size, reference: entry.reference))
                    ntfs_inode_close(inode)
                }
            }
        }
        return found
    }

    /// Reads up to the size of `buffer` from `offset` of a file; nil when it cannot be read, 0 at its end.
    func read(_ entry: Entry, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard let inode = ntfs_inode_open(handle, entry.reference) else { return nil }
        defer { ntfs_inode_close(inode) }
        guard let data = tsm_ntfs_open_data(inode) else { return nil }
        defer { ntfs_attr_close(data) }
        let count = ntfs_attr_pread(data, offset, Int64(buffer.count), buffer.baseAddress)
        return count >= 0 ? Int(count) : nil
    }

    /// The number of a record without that of its use: 48 of 64 bits (layout.h of ntfs-3g, MFT_REF).
    private static func record(_ reference: UInt64) -> UInt64 { reference & 0x0000_FFFF_FFFF_FFFF }
}
