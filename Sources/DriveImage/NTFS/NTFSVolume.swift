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
    private(set) var handle: UnsafeMutablePointer<ntfs_volume>?
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
    /// - Parameter mask: tells which folders are there already, with times of their own; nil for an empty volume.
    /// - Throws: `FileError`; ``DriveImageError`` `.tooSmall`; `InterruptedError`.
    func reserve(
        _ files: [DiskFile], _ tree: VolumeTree, over mask: MediaMask? = nil, created: Timestamp,
        _ interruption: Interruption
    ) throws -> [[Range<Int64>]] {
        guard let root = open(Self.rootReference) else { throw failure("root folder") }
        var ranges = [[Range<Int64>]](repeating: [], count: files.count)
        defer { ntfs_inode_close(root) }
        let filling = Filling(files: files, tree: tree, mask: mask, created: created, interruption: interruption)
        try fill(root, VolumeTree.root, filling, &ranges)
        return ranges
    }

    /// What a volume is filled with.
    private struct Filling {
        let files: [DiskFile]
        let tree: VolumeTree
        let mask: MediaMask?
        let created: Timestamp
        let interruption: Interruption

        /// Whether the folder was there before.
        func isShared(_ folder: Int) -> Bool {
            guard let mask else { return false }
            return tree.folders[folder].path.map { mask.isShared($0.description) } ?? true
        }
    }

    private func fill(
        _ inode: UnsafeMutablePointer<ntfs_inode>, _ number: Int, _ filling: Filling, _ ranges: inout [[Range<Int64>]]
    ) throws {
        let (files, tree) = (filling.files, filling.tree)
        let folderName = tree.folders[number].path?.description ?? "root folder"
        let times = tsm_ntfs_get_times(inode)
        for child in tree.folders[number].children {
            try filling.interruption.check()
            let name = tree.name(of: child, files)
            let type = if case .folder = child { Glibc.S_IFDIR } else { Glibc.S_IFREG }
            let units = name.utf16.map(\.littleEndian)
            let made: UnsafeMutablePointer<ntfs_inode>?
            if case .folder(let folder) = child, filling.isShared(folder) {
                made = openFolder(name, in: inode)
            } else {
                made = units.count <= Self.nameLength ? ntfs_create(inode, 0, units, UInt8(units.count), type) : nil
            }
            guard let made else { throw failure(name) }
            do {
                switch child {
                case .folder(let folder): try fill(made, folder, filling, &ranges)
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
        let result =
            filling.isShared(number)
            ? tsm_ntfs_put_times(inode, times) : tsm_ntfs_set_times(inode, filling.created.fileTime)
        guard result == 0 else { throw failure(folderName) }
    }

    /// The folder of this name, without case.
    private func openFolder(
        _ name: String, in folder: UnsafeMutablePointer<ntfs_inode>
    ) -> UnsafeMutablePointer<ntfs_inode>? {
        let names = names(in: folder, limit: FATVolume.Limits.drive.entryCount)
        return names.first { $0.isFolder && $0.kind != .short && $0.text.caseFolded == name.caseFolded }
            .flatMap { open($0.reference) }
    }

    /// Gives what lies on the volume times that are the same whenever it was written: a file changed when it was written
    /// last.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    func settleTimes(_ interruption: Interruption) throws {
        try forEachInode(interruption) { inode in
            var times = tsm_ntfs_get_times(inode)
            times.last_change = times.last_write
            return tsm_ntfs_put_times(inode, times)
        }
    }

    /// Clears what records and folders hold beside what they say, and orders the names in them: the rest would be other
    /// bytes whenever the volume was written.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    func clearRemains(_ interruption: Interruption) throws {
        try forEachInode(
            interruption, others: { tsm_ntfs_clear_other_record($0, $1) }
        ) { inode in
            tsm_ntfs_sort_names(inode)
            return tsm_ntfs_clear_remains(inode)
        }
    }

    /// Calls `body` with the root and everything that is not the file system's, and `others` with the numbers of all
    /// other records; both return 0, or -1 with errno.
    private func forEachInode(
        _ interruption: Interruption,
        others: (_ volume: UnsafeMutablePointer<ntfs_volume>, _ number: UInt64) -> Int32 = { _, _ in 0 },
        _ body: (UnsafeMutablePointer<ntfs_inode>) -> Int32
    ) throws {
        guard let handle, handle.pointee.mft_record_size > 0 else { return }
        let count = handle.pointee.mft_na.pointee.initialized_size / Int64(handle.pointee.mft_record_size)
        let first = Int64(FILE_first_user.rawValue)
        for number in [Int64(FILE_root.rawValue)] + (first < count ? Array(first..<count) : []) {
            // Records that are free, or of a file with several, are none to open.
            guard let inode = open(UInt64(number)) else {
                guard others(handle, UInt64(number)) == 0 else {
                    throw FileError("written", name, Errno(rawValue: errno))
                }
                continue
            }
            let isDone = body(inode) == 0
            let reason = Errno(rawValue: errno)
            guard ntfs_inode_close(inode) == 0, isDone else {
                throw FileError("written", name, isDone ? Errno(rawValue: errno) : reason)
            }
            try interruption.check()
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
        /// True for a folder.
        let isFolder: Bool
        /// True for a link, a junction or another reparse point.
        let isReparsePoint: Bool
        /// When it was written last.
        let modified: Timestamp
    }

    /// A name in a folder.
    struct Name {
        /// What kind of name it is, of those that NTFS knows (FILE_NAME_TYPE_FLAGS in layout.h of ntfs-3g).
        enum Kind {
            /// The name beside which there is a short one.
            case long
            /// The short name of a file that has another.
            case short
            /// A name by itself.
            case other
        }

        /// Its UTF-16 units; they come from outside, and may be any.
        let units: [UInt16]
        /// The number of what has it, with the number of its use.
        let reference: UInt64
        let isFolder: Bool
        let kind: Kind

        /// The name; halves of surrogates become replacement characters.
        var text: String { String(decoding: units, as: UTF16.self) }
    }

    private final class Names {
        var names: [Name] = []
        let limit: Int
        init(limit: Int) { self.limit = limit }
    }

    static let rootReference = UInt64(FILE_root.rawValue)

    /// Opens a file or folder; nil when it cannot be read.
    func open(_ reference: UInt64) -> UnsafeMutablePointer<ntfs_inode>? { ntfs_inode_open(handle, reference) }

    /// The names in a folder, but not those of files of the file system itself; fewer of a damaged one, nil when it cannot
    /// be read at all.
    func names(in reference: UInt64, limit: Int) -> [Name]? {
        guard let folder = open(reference) else { return nil }
        defer { ntfs_inode_close(folder) }
        return names(in: folder, limit: limit)
    }

    private func names(in folder: UnsafeMutablePointer<ntfs_inode>, limit: Int) -> [Name] {
        let found = Names(limit: limit)
        var position: Int64 = 0
        _ = ntfs_readdir(folder, &position, Unmanaged.passUnretained(found).toOpaque()) {
            context, name, length, kind, _, reference, type in
            guard let context, let name else { return -1 }
            let found = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
            guard found.names.count < found.limit else { return -1 }
            let units = UnsafeBufferPointer(start: name, count: Int(length)).map(UInt16.init(littleEndian:))
            // Below come the files of the file system itself ($MFT, $LogFile ...).
            guard ![[0x2E], [0x2E, 0x2E]].contains(units),
                NTFSVolume.record(reference) >= UInt64(FILE_first_user.rawValue)
            else { return 0 }
            let kinds: [UInt32: Name.Kind] = [
                UInt32(FILE_NAME_WIN32.rawValue): .long, UInt32(FILE_NAME_DOS.rawValue): .short,
            ]
            found.names.append(
                Name(
                    units: units, reference: reference, isFolder: type == UInt32(NTFS_DT_DIR),
                    kind: kinds[UInt32(kind)] ?? .other))
            return 0
        }
        return found.names
    }

    /// FILE_ATTRIBUTE_REPARSE_POINT (MS-FSCC 2.6).
    static let reparsePointAttribute: UInt32 = 0x400

    /// Every file and folder, each behind the folder that it is in, but not those of the file system itself; damaged
    /// folders hold fewer.
    func entries(_ limits: FATVolume.Limits = .drive) -> [Entry] {
        var found: [Entry] = []
        var visited: Set<UInt64> = [Self.record(Self.rootReference)]
        var waiting: [(path: String, reference: UInt64, depth: Int)] = [("", Self.rootReference, 0)]
        while let (path, reference, depth) = waiting.popLast(), found.count < limits.entryCount {
            let names = names(in: reference, limit: limits.entryCount - found.count) ?? []
            for name in names where name.kind != .short {
                guard let entry = entry(name, at: path.isEmpty ? name.text : "\(path)/\(name.text)") else { continue }
                if entry.isFolder, !entry.isReparsePoint {
                    guard depth < limits.depth, visited.count < limits.folderCount,
                        visited.insert(Self.record(name.reference)).inserted
                    else { continue }
                    waiting.append((entry.path, name.reference, depth + 1))
                }
                found.append(entry)
            }
        }
        return found
    }

    /// What has `name`, at `path`; nil when it cannot be read.
    private func entry(_ name: Name, at path: String) -> Entry? {
        guard let inode = open(name.reference) else { return nil }
        defer { ntfs_inode_close(inode) }
        return Entry(
            path: path, byteCount: name.isFolder ? 0 : inode.pointee.data_size, reference: name.reference,
            isFolder: name.isFolder,
            isReparsePoint: tsm_ntfs_attributes(inode) & Self.reparsePointAttribute != 0,
            modified: Timestamp(fileTime: UInt64(clamping: tsm_ntfs_get_times(inode).last_write)))
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
    static func record(_ reference: UInt64) -> UInt64 { reference & 0x0000_FFFF_FFFF_FFFF }
}
