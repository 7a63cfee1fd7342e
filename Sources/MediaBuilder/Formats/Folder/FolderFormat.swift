// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import MediaFormat
import Support
import SystemPackage

/// A folder with the files of the media.
public struct FolderFormat: VolumeFormat {
    /// What a temporary name is longer than the output's own, and more.
    private static let temporaryByteCount = 64

    /// Files have any size; another rule only to try out what happens then.
    public internal(set) var largeFiles: LargeFileRule? = .unlimited

    /// A folder.
    public init() {}

    /// A folder.
    public var outputKind: PendingOutput.Kind { .folder }

    /// Those of the file system that it will be on.
    public func pathLimits(at output: FilePath) -> PathLimits {
        PathLimits(
            holder: "the file system of \(output)", nameByteCount: Self.nameByteCount(at: output),
            pathByteCount: Int(PATH_MAX) - 1 - output.string.utf8.count - Self.temporaryByteCount)
    }

    /// The limit of the file system that `output` will be on; where nobody says, what nearly all have.
    private static func nameByteCount(at output: FilePath) -> Int {
        var folder = output
        while folder.removeLastComponent() {
            let limit = pathconf(folder.isEmpty ? "." : folder.string, Int32(_PC_NAME_MAX))
            if limit > 0 { return limit }
        }
        return Int(NAME_MAX)
    }

    /// Nothing to lay out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner { FolderPlanner() }
}

private struct FolderPlanner: VolumePlanner {
    let facts = ["folder"]

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        FolderVolume(byteCount: try byteCount(of: contents))
    }
}

/// A volume as a folder of files, where they lie as the file system likes.
struct FolderVolume: VolumeLayout {
    let byteCount: Int64

    /// Files fill whole blocks, and each needs an inode and a name.
    func neededByteCount(for files: [PlannedFile]) -> Int64 {
        let block: Int64 = 4096
        return files.reduce(0) { $0 + ($1.byteCount + block - 1) / block * block + block }
    }

    /// Makes the folder under a temporary name, with all folders inside.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let sources = try volume.files.map { try work.environment.source($0) }
        if work.replacesExisting { try Self.requireReplaceable(volume.output) }
        let output = try PendingOutput(
            volume.output, kind: .folder, replacesExisting: work.replacesExisting, isSecret: work.isSecret)
        var folders = FolderTree(root: output.temporaryPath)
        for folder in volume.folders { _ = try folders.location(of: folder) }
        let transfers = try zip(volume.files, sources).map { file, source in
            let folder = try file.path.parent.map { try folders.location(of: $0) } ?? output.temporaryPath
            return Transfer(
                name: file.description, source: source,
                target: .newFile(folder.appending([file.path.name]), modified: file.modified),
                byteCount: file.byteCount, sha256: file.sha256)
        }
        return BegunVolume(outputs: [output], transfers: transfers)
    }

    /// A folder is replaced only when it is empty or is media itself: `--force` must never cost a home folder.
    private static func requireReplaceable(_ output: FilePath) throws {
        guard (try? Stat(output))?.type == .directory else { return }
        let entries = try FolderEntry.entries(of: output)
        if entries.isEmpty || FolderMedia.isMedia(output) { return }
        throw MediaBuilderError(
            .unsafeOutput, "output \(output)", "is a folder that does not hold task sequence media",
            nextStep: "remove it yourself or choose another name")
    }
}

/// The folders of media as they are made.
///
/// Folders whose names differ in case alone are one on Windows: the first spelling is made, and all their files go there.
private struct FolderTree {
    let root: FilePath
    private var made: [CaseFoldedName: FilePath] = [:]

    init(root: FilePath) { self.root = root }

    /// Where `folder` is, made with those above it when it is not there yet.
    mutating func location(of folder: MediaPath) throws -> FilePath {
        let key = folder.caseFolded
        if let known = made[key] { return known }
        let path = try (folder.parent.map { try location(of: $0) } ?? root).appending([folder.name])
        guard mkdir(path.string, 0o755) == 0 else { throw FileError("created", path, Errno(rawValue: errno)) }
        made[key] = path
        return path
    }
}
