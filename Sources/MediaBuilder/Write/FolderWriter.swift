// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Support
import SystemPackage

/// Writes a volume as a folder of files.
struct FolderWriter {
    let volume: VolumePlan
    let replacesExisting: Bool

    /// Writes the folder; it appears whole or not at all.
    func write(_ sources: [TransferSource], copier: ContentCopier, progress: ProgressMeter) throws {
        if replacesExisting { try requireReplaceable() }
        let output = try PendingOutput(volume.output, kind: .folder, replacesExisting: replacesExisting)
        var made: Set<String> = []
        for folder in volume.folders { try makeFolder(folder, in: output.temporaryPath, made: &made) }
        for folder in volume.files.compactMap(\.path.parent) {
            try makeFolder(folder, in: output.temporaryPath, made: &made)
        }
        let transfers = zip(volume.files, sources).map { file, source in
            Transfer(
                name: file.description, source: source,
                target: .newFile(output.temporaryPath.appending(file.path.components), modified: file.modified),
                byteCount: file.byteCount, sha256: file.sha256)
        }
        try copier.run(transfers, progress: progress)
        try output.publish()
    }

    /// Folders whose names differ in case alone would be one on Windows; the first spelling is the one that is made.
    private func makeFolder(_ folder: MediaPath, in root: FilePath, made: inout Set<String>) throws {
        for depth in 1...folder.components.count {
            let components = Array(folder.components.prefix(depth))
            guard made.insert(components.joined(separator: "/")).inserted else { continue }
            let path = root.appending(components)
            guard mkdir(path.string, 0o755) == 0 else { throw FileError("created", path, Errno(rawValue: errno)) }
        }
    }

    /// A folder is replaced only when it is empty or is media itself: `--force` must never cost a home folder.
    private func requireReplaceable() throws {
        guard (try? Stat(volume.output))?.type == .directory else { return }
        let entries = try FolderEntry.entries(of: volume.output)
        if entries.isEmpty || FolderMedia.isMedia(volume.output) { return }
        throw MediaBuilderError(
            .unsafeOutput, "output \(volume.output)", "is a folder that does not hold task sequence media",
            nextStep: "remove it yourself or choose another name")
    }
}

extension FilePath {
    /// The path of `components` below this one.
    func appending(_ components: [String]) -> FilePath {
        components.reduce(self) { $0.appending(FilePath.Component(stringLiteral: $1)) }
    }
}
