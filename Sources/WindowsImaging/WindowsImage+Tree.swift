// SPDX-License-Identifier: GPL-3.0-or-later

import CLibwim
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

    /// Entries that libwim hands to a callback, and the first error on the way.
    private final class Visit {
        var entries: [WindowsImageEntry] = []
        var error: WindowsImagingError?
        let container: String
        init(container: String) { self.container = container }
    }

    private func visit(
        _ path: MediaPath?, inImage index: Int, flags: Int32
    ) throws(WindowsImagingError) -> [WindowsImageEntry] {
        try checkIndex(index)
        let visit = Visit(container: describe(index))
        let result = withExtendedLifetime(visit) {
            wimlib_iterate_dir_tree(
                handle, Int32(index), "/\(path?.description ?? "")", flags,
                { entry, context in
                    guard let entry, let context else { return 0 }
                    let visit = Unmanaged<Visit>.fromOpaque(context).takeUnretainedValue()
                    do throws(WindowsImagingError) {
                        visit.entries.append(try WindowsImageEntry(entry, in: visit.container))
                        return 0
                    } catch {
                        visit.error = error
                        return Int32(WIMLIB_ERR_ABORTED_BY_PROGRESS.rawValue)
                    }
                }, Unmanaged.passUnretained(visit).toOpaque())
        }
        if let error = visit.error { throw error }
        if result == Int32(WIMLIB_ERR_PATH_DOES_NOT_EXIST.rawValue) { return [] }
        if result == Int32(WIMLIB_ERR_NOTDIR.rawValue) { return [] }
        try Libwim.check(result, describe(index), "could not be listed")
        return visit.entries
    }
}

extension WindowsImageEntry {
    /// Bits of FILE_ATTRIBUTE_* (MS-FSCC 2.6), as wimlib.h names them.
    private static let directory = UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY)
    private static let reparsePoint = UInt32(WIMLIB_FILE_ATTRIBUTE_REPARSE_POINT)
    private static let encrypted = UInt32(WIMLIB_FILE_ATTRIBUTE_ENCRYPTED)

    /// Checks what libwim found in `container`.
    fileprivate init(_ entry: UnsafePointer<wimlib_dir_entry>, in container: String) throws(WindowsImagingError) {
        let found = entry.pointee
        let fullPath = found.full_path.map { String(cString: $0) } ?? ""
        do throws(MediaPathError) {
            // Split at the separator of libwim only: a backslash inside a name must not become another one.
            path = try MediaPath(
                components: fullPath.split(separator: "/", omittingEmptySubsequences: true).map(String.init))
        } catch {
            throw WindowsImagingError(
                .hostileName, container, "has a file whose \(error.object) \(error.problem)",
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
