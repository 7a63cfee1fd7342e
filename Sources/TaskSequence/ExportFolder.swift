// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Reads chosen files of an unzipped export into memory.
enum ExportFolder {
    /// Folders below each other that are looked into: `export/SMS_TaskSequencePackage/<ID>` and one above.
    private static let maximumDepth = 4
    private static let maximumEntryCount = 20_000

    /// The files below `path` whose relative names `isWanted` accepts, by relative name.
    ///
    /// Symbolic links are not followed; names that no Windows export can have are passed over.
    static func read(
        _ path: FilePath, isWanted: (MediaPath) -> Bool
    ) throws(TaskSequenceError) -> [MediaPath: [UInt8]] {
        do throws(FileError) {
            var files: [MediaPath: [UInt8]] = [:]
            var folders: [(FilePath, MediaPath?, Int)] = [(path, nil, 1)]
            var entryCount = 0
            while let (folder, prefix, depth) = folders.popLast() {
                for (name, isFolder) in try entries(of: folder) {
                    entryCount += 1
                    guard entryCount <= maximumEntryCount else { throw FileError("read", path, .fileTooLarge) }
                    guard let relative = try? MediaPath(name) else { continue }
                    let whole = prefix.map { $0.appending(relative) } ?? relative
                    if isFolder {
                        if depth < maximumDepth { folders.append((folder.appending(name), whole, depth + 1)) }
                    } else if isWanted(whole) {
                        files[whole] = try SmallFile.read(folder.appending(name))
                    }
                }
            }
            return files
        } catch {
            throw .file(error)
        }
    }

    private static func entries(of folder: FilePath) throws(FileError) -> [(name: String, isFolder: Bool)] {
        guard let directory = opendir(folder.string) else {
            throw FileError("read", folder, Errno(rawValue: errno))
        }
        defer { closedir(directory) }
        var entries: [(String, Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
            }
            guard let name, name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat(folder.appending(name).string, &status) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            if kind == S_IFDIR || kind == S_IFREG { entries.append((name, kind == S_IFDIR)) }
        }
        return entries
    }
}
