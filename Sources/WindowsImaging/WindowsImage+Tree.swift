// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// A file or folder in an image.
public struct WindowsImageEntry: Sendable, Hashable {
    /// Where it is, spelled as it is stored.
    public let path: MediaPath
    /// Bytes of its unnamed data stream; 0 for a folder.
    public let byteCount: Int
    /// True for a folder.
    public let isDirectory: Bool
    /// True for a file whose content can be read as it is: no reparse point (a link, a junction) and not encrypted.
    public let isPlainFile: Bool
    /// True for a link, a junction or another reparse point, folder or not.
    public let isReparsePoint: Bool
    /// The last write time.
    public let modified: Timestamp
    /// Where the content lies in the archive; nil for a folder and an empty file.
    public let storage: WindowsImageStorage?
}

extension WindowsImage {
    /// The file or folder at `path` in image `index`, or nil when there is none; looks up without case.
    ///
    /// - Throws: ``WindowsImagingError``, `.damaged` when the image's metadata is not sound.
    public func entry(_ path: MediaPath, inImage index: Int) throws(WindowsImagingError) -> WindowsImageEntry? {
        try visit(path, inImage: index, flags: 0).first
    }

    /// What is directly inside `folder` in image `index`, by name; empty when there is no such folder.
    ///
    /// - Throws: ``WindowsImagingError``: `.hostileName` when a name in it is not acceptable as a path.
    public func children(
        of folder: MediaPath, inImage index: Int
    ) throws(WindowsImagingError) -> [WindowsImageEntry] {
        guard let found = try entry(folder, inImage: index), found.isDirectory, !found.isReparsePoint else { return [] }
        return try visit(found.path, inImage: index, flags: WIMLIB_ITERATE_DIR_TREE_FLAG_CHILDREN)
            .sorted { $0.path < $1.path }
    }

    /// Everything in image `index`, folders too.
    ///
    /// - Throws: ``WindowsImagingError``: `.hostileName` when a name in it is not acceptable as a path.
    public func entries(inImage index: Int) throws(WindowsImagingError) -> [WindowsImageEntry] {
        // The two flags together leave the root itself out.
        try visit(
            nil, inImage: index,
            flags: WIMLIB_ITERATE_DIR_TREE_FLAG_CHILDREN | WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE)
    }

    /// Everything in image `index` whose name can be a path, and the names that cannot, with what lies below them left out.
    ///
    /// - Throws: ``WindowsImagingError``.
    public func entriesAndRefusedNames(
        inImage index: Int
    ) throws(WindowsImagingError) -> (entries: [WindowsImageEntry], refused: RefusedNames) {
        let visit = Visit(container: describe(index), refused: RefusedNames())
        try self.visit(
            nil, inImage: index,
            flags: WIMLIB_ITERATE_DIR_TREE_FLAG_CHILDREN | WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, visit)
        return (visit.entries, visit.refused ?? RefusedNames())
    }

    /// Everything below `folder` in image `index` whose name can be a path, and the names that cannot; nothing when there
    /// is no such folder.
    ///
    /// - Throws: ``WindowsImagingError``.
    public func entriesAndRefusedNames(
        below folder: MediaPath, inImage index: Int
    ) throws(WindowsImagingError) -> (entries: [WindowsImageEntry], refused: RefusedNames) {
        guard let found = try entry(folder, inImage: index), found.isDirectory, !found.isReparsePoint else {
            return ([], RefusedNames())
        }
        let visit = Visit(container: describe(index), refused: RefusedNames())
        try self.visit(
            found.path, inImage: index,
            flags: WIMLIB_ITERATE_DIR_TREE_FLAG_CHILDREN | WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE, visit)
        return (visit.entries, visit.refused ?? RefusedNames())
    }

    /// Entries that libwim hands to a callback, and the first error on the way.
    private final class Visit {
        var entries: [WindowsImageEntry] = []
        /// Where names that are no paths are collected; nil when one is an error.
        var refused: RefusedNames?
        var error: WindowsImagingError?
        let container: String
        init(container: String, refused: RefusedNames? = nil) {
            self.container = container
            self.refused = refused
        }
    }

    private func visit(
        _ path: MediaPath?, inImage index: Int, flags: Int32
    ) throws(WindowsImagingError) -> [WindowsImageEntry] {
        let visit = Visit(container: describe(index))
        try self.visit(path, inImage: index, flags: flags, visit)
        return visit.entries
    }

    private func visit(
        _ path: MediaPath?, inImage index: Int, flags: Int32, _ visit: Visit
    ) throws(WindowsImagingError) {
        try checkIndex(index)
        let result = withExtendedLifetime(visit) {
            wimlib_iterate_dir_tree(
                handle, Int32(index), "/\(path?.description ?? "")", flags,
                { entry, context in
                    guard let entry, let context else { return 0 }
                    let visit = Unmanaged<Visit>.fromOpaque(context).takeUnretainedValue()
                    do throws(WindowsImagingError) {
                        let names = WindowsImageEntry.names(entry)
                        if visit.refused != nil, visit.refused?.path(of: names) == nil { return 0 }
                        visit.entries.append(try WindowsImageEntry(entry, names, in: visit.container))
                        return 0
                    } catch {
                        visit.error = error
                        return Int32(WIMLIB_ERR_ABORTED_BY_PROGRESS.rawValue)
                    }
                }, Unmanaged.passUnretained(visit).toOpaque())
        }
        if let error = visit.error { throw error }
        // There is nothing, then.
        if result == Int32(WIMLIB_ERR_PATH_DOES_NOT_EXIST.rawValue) { return }
        if result == Int32(WIMLIB_ERR_NOTDIR.rawValue) { return }
        try Libwim.check(result, describe(index), "could not be listed")
    }
}

extension WindowsImageEntry {
    /// Bits of FILE_ATTRIBUTE_* (MS-FSCC 2.6), as wimlib.h names them.
    private static let directory = UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY)
    private static let reparsePoint = UInt32(WIMLIB_FILE_ATTRIBUTE_REPARSE_POINT)
    private static let encrypted = UInt32(WIMLIB_FILE_ATTRIBUTE_ENCRYPTED)

    /// The names of the folders that an entry is in, and its own.
    ///
    /// Split at the separator of libwim only: a backslash inside a name must not become another one.
    fileprivate static func names(_ entry: UnsafePointer<wimlib_dir_entry>) -> [String] {
        (entry.pointee.full_path.map { String(cString: $0) } ?? "").utf8.split(separator: UInt8(ascii: "/"))
            .map { String(Substring($0)) }
    }

    /// Checks what libwim found in `container`, where it is called `names`.
    fileprivate init(
        _ entry: UnsafePointer<wimlib_dir_entry>, _ names: [String], in container: String
    ) throws(WindowsImagingError) {
        let found = entry.pointee
        do throws(MediaPathError) {
            path = try MediaPath(components: names)
        } catch {
            throw WindowsImagingError(
                .hostileName, "\(container)", "has a file whose \(error.object) \(error.problem)",
                nextStep: "get the image from a source you trust", underlying: error)
        }
        isDirectory = found.attributes & Self.directory != 0
        isReparsePoint = found.attributes & Self.reparsePoint != 0
        isPlainFile = !isDirectory && !isReparsePoint && found.attributes & Self.encrypted == 0
        let written = found.last_write_time
        modified = Timestamp(unixSeconds: Int64(written.tv_sec), nanoseconds: Int64(written.tv_nsec))
        let resource = tsm_unnamed_stream(entry).pointee.resource
        guard resource.is_missing == 0 else {
            throw WindowsImagingError(
                .incomplete, "\(path) in \(container)", "has no content in this file",
                nextStep: "get a complete copy of the image")
        }
        guard let count = Int(exactly: resource.uncompressed_size) else {
            throw WindowsImagingError(
                .damaged, "\(path) in \(container)", "claims \(resource.uncompressed_size) bytes",
                nextStep: "get a fresh copy of the image")
        }
        byteCount = isDirectory ? 0 : count
        storage = byteCount > 0 ? WindowsImageStorage(resource) : nil
    }
}
