// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The folder that files are extracted to.
struct ExtractionTarget {
    let output: FilePath
    /// What a temporary name is longer than the output's own, and more.
    private static let temporaryByteCount = 64
    private static let blockByteCount: Int64 = 4096

    /// Makes sure that the file system there holds every name of `selection`.
    ///
    /// - Throws: ``ExtractionError`` `.longName`.
    func requireNames(_ selection: ExtractionSelection) throws(ExtractionError) {
        let parent = AtomicFile.parent(of: output)
        let limit = pathconf(parent.string, Int32(_PC_NAME_MAX))
        let nameLimit = limit > 0 ? limit : Int(NAME_MAX)
        let pathLimit = Int(PATH_MAX) - 1 - output.string.utf8.count - Self.temporaryByteCount
        for path in selection.folders.lazy.map(\.path) + selection.files.lazy.map(\.path) {
            // Nothing that is short as a whole has a name that is long.
            guard path.description.utf8.count > min(nameLimit, pathLimit) else { continue }
            let isLong = path.components.contains { $0.utf8.count > nameLimit }
            guard isLong || path.description.utf8.count > pathLimit else { continue }
            throw ExtractionError(
                .longName, "'\(path)'",
                isLong
                    ? "has a name of more bytes than the \(nameLimit) that the file system of \(parent) holds"
                    : "has a path of more bytes than the \(pathLimit) that can lie below \(output)",
                nextStep: "extract it elsewhere, or leave it out with \(.skip, path.description)")
        }
    }

    /// Makes sure that nothing is lost when what is there is replaced: it holds nothing that is not extracted anew.
    ///
    /// - Throws: ``ExtractionError`` `.unsafeOutput`; `FileError`.
    func requireReplaceable(by selection: ExtractionSelection) throws {
        guard (try? Stat(output))?.type == .directory else { return }
        let files = Set(selection.files.lazy.map(\.path))
        let folders = Set(selection.folders.lazy.map(\.path))
        var pending: [(location: FilePath, path: MediaPath?)] = [(output, nil)]
        while let (location, folder) = pending.popLast() {
            for entry in try FolderEntry.entries(of: location) {
                let path = entry.name.flatMap { try? MediaPath(name: $0, in: folder) }
                let isKnown = path.map { entry.kind == .file && files.contains($0) } ?? false
                if let path, entry.kind == .folder, folders.contains(path) {
                    pending.append((location.appending(entry.component), path))
                } else if !isKnown {
                    throw ExtractionError(
                        .unsafeOutput, "output \(output)",
                        "holds '\(path?.description ?? entry.component.string)', which is not extracted, and would be lost",
                        nextStep: "remove it yourself or choose another name")
                }
            }
        }
    }

    /// The bytes that `selection` takes there: whole blocks, and an inode for each.
    func neededByteCount(for selection: ExtractionSelection) -> Int64 {
        let block = Self.blockByteCount
        let folders = Int64(selection.folders.count) * block
        // No file has more than ``ByteTotal/limit`` bytes.
        return selection.files.reduce(folders) { $0 + ($1.byteCount + block - 1) / block * block + block }
    }

    /// Makes the folders of `selection` in `root`.
    ///
    /// - Throws: ``ExtractionError`` `.unsuitableName` when the file system takes two names for one; `FileError`.
    static func makeFolders(_ selection: ExtractionSelection, in root: FilePath) throws {
        for folder in selection.folders {
            let location = root.appending(folder.path.components)
            guard mkdir(location.string, 0o755) != 0 else { continue }
            let reason = Errno(rawValue: errno)
            guard reason == .fileExists else { throw FileError("created", location, reason) }
            throw twin(folder.path)
        }
    }

    /// The error that the file system takes the name at `path` for one that it has.
    static func twin(_ path: MediaPath) -> ExtractionError {
        ExtractionError(
            .unsuitableName, "'\(path)'", "has a name that the file system there takes for that of another one",
            nextStep: "extract it to a file system that tells capitals apart, or leave it out with"
                + " \(.skip, path.description)")
    }

    /// Gives the folders of `selection` in `root` their times, those inside first.
    static func setTimes(of selection: ExtractionSelection, in root: FilePath) {
        for folder in selection.folders.reversed() {
            guard let time = folder.modified else { continue }
            let times = [timespec(time), timespec(time)]
            // A file system that keeps no times is no reason to fail.
            utimensat(AT_FDCWD, root.appending(folder.path.components).string, times, AT_SYMLINK_NOFOLLOW)
        }
    }
}

extension timespec {
    init(_ time: Timestamp) { self.init(tv_sec: Int(time.unixSeconds), tv_nsec: Int(time.nanoseconds)) }
}
