// SPDX-License-Identifier: GPL-3.0-or-later

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
                for entry in try FolderEntry.entries(of: folder) where [.file, .folder].contains(entry.kind) {
                    entryCount += 1
                    guard entryCount <= maximumEntryCount else { throw FileError("read", path, .fileTooLarge) }
                    guard let name = entry.name, let relative = try? MediaPath(name) else { continue }
                    let whole = prefix.map { $0.appending(relative) } ?? relative
                    if entry.kind == .folder {
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
}
