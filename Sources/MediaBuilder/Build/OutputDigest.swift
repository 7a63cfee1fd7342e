// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// A file that was written, and its SHA-256 as it is on the disk.
struct OutputDigest {
    let path: FilePath
    let sha256: SHA256Digest

    /// The hashes of `files`, which are read once for all that want to know.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    static func all(of files: [FilePath], _ environment: BuildEnvironment) throws -> [OutputDigest] {
        try files.map { file in
            let hasher = FileHasher(
                interruption: environment.interruption, progress: environment.progress, phase: "hashing")
            return OutputDigest(path: file, sha256: try hasher.hash(file).sha256)
        }
    }
}

extension MediaPlan {
    /// Every file that was written.
    private var outputFiles: [FilePath] {
        guard drives.isEmpty, outputKind == .file else { return [] }
        return volumes.flatMap { volume in
            (volume.report.parts.isEmpty ? [volume.output] : volume.report.parts.map(\.path))
                + [volume.report.map].compactMap { $0 }
        }
    }

    /// Writes what `request` asks for besides the media, which is whole: the list of hashes, the statement of how it was made.
    ///
    /// - Parameter alone: does something while no other media of the run does.
    /// - Throws: errors of reading and writing; `InterruptedError`.
    func describe(
        for request: MediaRequest, _ environment: BuildEnvironment,
        alone: (() throws -> Void) throws -> Void = { try $0() }
    ) throws {
        let provenance = ProvenanceFiles(of: request)
        guard request.listsChecksums || provenance != nil else { return }
        let outputs = try OutputDigest.all(of: outputFiles, environment)
        if request.listsChecksums {
            let list = try ChecksumList(of: request)
            // Media side by side may lie in one folder.
            try alone { try list.add(outputs) }
        }
        try provenance?.write(self, outputs: outputs)
    }
}
