// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Glibc
import Support
import SystemPackage

/// A file's entry and its content.
public struct WindowsImageFile: Sendable {
    /// Where and what it is.
    public let entry: WindowsImageEntry
    /// Its bytes, whose SHA-1 was checked.
    public let contents: [UInt8]
}

extension WindowsImage {
    /// The content of the file at `path` in image `index`.
    ///
    /// - Throws: ``WindowsImagingError``: `.pathNotFound`, `.notAFile`, `.tooLarge` when it has more than `limit` bytes,
    ///   `.damaged` when its SHA-1 is wrong.
    public func contents(
        of path: MediaPath, inImage index: Int, limit: Int
    ) throws(WindowsImagingError) -> [UInt8] {
        try contents(of: [path], inImage: index, limit: limit, totalLimit: limit).first?.contents ?? []
    }

    /// The contents of several files of image `index`, in the order of `paths`, with one pass over the archive.
    ///
    /// - Throws: ``WindowsImagingError`` as ``contents(of:inImage:limit:)``; `.tooLarge` also when all of them together
    ///   have more than `totalLimit` bytes. A file that is named twice counts twice.
    public func contents(
        of paths: [MediaPath], inImage index: Int, limit: Int, totalLimit: Int
    ) throws(WindowsImagingError) -> [WindowsImageFile] {
        var entries: [WindowsImageEntry] = []
        var remaining = totalLimit
        for path in paths {
            let entry = try plainFile(path, inImage: index)
            guard entry.byteCount <= limit, entry.byteCount <= remaining else {
                let limit = entry.byteCount > limit ? limit : totalLimit
                throw WindowsImagingError(
                    .tooLarge, "\(entry.path) in \(describe(index))",
                    "has \(entry.byteCount) bytes and breaks the limit of \(limit)",
                    nextStep: "check that this is the image you mean")
            }
            remaining -= entry.byteCount
            entries.append(entry)
        }
        let folder = try extract(entries, fromImage: index, in: nil)
        var files: [WindowsImageFile] = []
        for entry in entries {
            let contents = try withFile(entry, index, in: folder) { try SmallFile.read($0, limit: entry.byteCount) }
            guard contents.count == entry.byteCount else { throw shortFile(entry, index) }
            files.append(WindowsImageFile(entry: entry, contents: contents))
        }
        return files
    }

    /// Hands a private file with the content of the file at `path` in image `index` to `body`; it is gone afterwards.
    ///
    /// - Throws: ``WindowsImagingError`` as ``contents(of:inImage:limit:)``; what `body` throws.
    public func withExtractedFile<Result>(
        _ path: MediaPath, fromImage index: Int, limit: Int, _ body: (FilePath) throws -> Result
    ) throws -> Result {
        let entry = try plainFile(path, inImage: index)
        guard entry.byteCount <= limit else {
            throw WindowsImagingError(
                .tooLarge, "\(entry.path) in \(describe(index))",
                "has \(entry.byteCount) bytes and breaks the limit of \(limit)",
                nextStep: "check that this is the image you mean")
        }
        let folder = try extract([entry], fromImage: index, in: nil)
        return try withExtendedLifetime(folder) {
            try body(entry.path.components.reduce(folder.path) { $0.appending($1) })
        }
    }

    /// Writes the content of the file at `path` in image `index` to `descriptor`, from its current position.
    ///
    /// libwim extracts to folders only: the file passes through a private folder in `stagingFolder` (else `$TMPDIR` or
    /// `/tmp`), which needs room for it.
    ///
    /// - Throws: ``WindowsImagingError``: `.pathNotFound`, `.notAFile`, `.damaged`, `.noSpace`, `.io`.
    public func extract(
        _ path: MediaPath, fromImage index: Int, to descriptor: FileDescriptor, stagingFolder: FilePath? = nil
    ) throws(WindowsImagingError) {
        let entry = try plainFile(path, inImage: index)
        let folder = try extract([entry], fromImage: index, in: stagingFolder)
        let copied = try withFile(entry, index, in: folder) { source in
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            var copied = 0
            while true {
                let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
                if count == 0 { return copied }
                try descriptor.writeAll(buffer[..<count])
                copied += count
            }
        }
        guard copied == entry.byteCount else { throw shortFile(entry, index) }
    }
}

extension WindowsImage {
    /// The entry at `path`, a plain file.
    ///
    /// libwim finds nothing below a link or junction, so that extraction cannot be led out of its folder (tested).
    private func plainFile(_ path: MediaPath, inImage index: Int) throws(WindowsImagingError) -> WindowsImageEntry {
        guard let entry = try entry(path, inImage: index) else {
            throw WindowsImagingError(
                .pathNotFound, "\(path) in \(describe(index))", "does not exist", nextStep: "check the path")
        }
        guard entry.isPlainFile else {
            throw WindowsImagingError(
                .notAFile, "\(entry.path) in \(describe(index))",
                entry.isDirectory ? "is a folder" : "is a link or encrypted", nextStep: "name a plain file")
        }
        return entry
    }

    /// Extracts `entries` to a folder that is gone with its last reference.
    private func extract(
        _ entries: [WindowsImageEntry], fromImage index: Int, in parent: FilePath?
    ) throws(WindowsImagingError) -> TemporaryFolder {
        let folder: TemporaryFolder
        do throws(FileError) { folder = try TemporaryFolder(in: parent) } catch { throw WindowsImagingError(error) }
        guard !entries.isEmpty else { return folder }
        for entry in entries {
            guard let name = entry.path.components.first(where: { $0.utf8.count > Int(NAME_MAX) }) else { continue }
            throw WindowsImagingError(
                .hostileName, DiagnosticText(describe(index)),
                "has a file with a name of \(name.utf8.count) bytes in UTF-8, \(name.prefix(40))..., and file systems of"
                    + " this machine hold \(NAME_MAX)", nextStep: "shorten it in the image")
        }
        let paths = Set(entries.map(\.path)).sorted()
        let pointers = paths.map { UnsafePointer(strdup("/\($0)")) }
        defer { pointers.forEach { free(UnsafeMutablePointer(mutating: $0)) } }
        let flags =
            WIMLIB_EXTRACT_FLAG_NO_ACLS | WIMLIB_EXTRACT_FLAG_NO_ATTRIBUTES | WIMLIB_EXTRACT_FLAG_NORPFIX
        try Libwim.check(
            wimlib_extract_paths(handle, Int32(index), folder.path.string, pointers, pointers.count, flags),
            entries.count == 1 ? "\(entries[0].path) in \(describe(index))" : describe(index), "could not be extracted")
        return folder
    }

    /// Runs `body` with what was extracted of `entry` to `folder`.
    private func withFile<Result>(
        _ entry: WindowsImageEntry, _ index: Int, in folder: TemporaryFolder,
        _ body: (FileDescriptor) throws -> Result
    ) throws(WindowsImagingError) -> Result {
        let path = entry.path.components.reduce(folder.path) { $0.appending($1) }
        do throws(FileError) {
            return try FileError.wrap("extracted", path) {
                let descriptor = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
                return try descriptor.closeAfter {
                    var status = stat()
                    guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                    guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
                    return try body(descriptor)
                }
            }
        } catch {
            let object = "\(entry.path) in \(describe(index))"
            guard error.errno != .noSpace, error.errno != .diskQuotaExceeded else {
                throw WindowsImagingError(
                    .noSpace, "\(object)", "does not fit where it is extracted",
                    nextStep: "free some space or choose another folder", underlying: error)
            }
            throw WindowsImagingError(
                .io, "\(object)", error.problem, nextStep: error.nextStep, underlying: error)
        }
    }

    private func shortFile(_ entry: WindowsImageEntry, _ index: Int) -> WindowsImagingError {
        WindowsImagingError(
            .damaged, "\(entry.path) in \(describe(index))", "does not have the \(entry.byteCount) bytes it claims",
            nextStep: "get a fresh copy of the image")
    }
}
