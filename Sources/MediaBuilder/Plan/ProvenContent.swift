// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Support
import SystemPackage

extension BuildEnvironment {
    /// Makes sure that the file at `path` has the bytes that were promised of `object`.
    ///
    /// - Parameter phase: names the work in the progress.
    /// - Throws: ``MediaBuilderError`` `.badContent`; errors of reading.
    @discardableResult
    func prove(
        _ path: FilePath, has expected: SHA256Digest, as object: DiagnosticText, phase: String
    ) throws -> FileHasher.Hashed {
        let hashed = try hash(path, phase: phase)
        guard hashed.sha256 == expected else {
            throw MediaBuilderError(
                .badContent, object, "is damaged: \(path) has SHA-256 \(hashed.sha256), expected \(expected)",
                nextStep: "distribute the content again, then build again")
        }
        return hashed
    }

    /// Brings `file` within reach and proves it.
    ///
    /// - Returns: where it is, and which file that was.
    /// - Throws: as ``prove(_:has:as:phase:)``.
    func proven(_ file: PlannedFile, phase: String) throws -> (location: FilePath, identity: FileIdentity) {
        let location: FilePath
        switch file.source {
        case .content(let path, let content):
            location = try distributionPoints.points[content.pointNumber]
                .fetch(file.file.moved(to: path), of: content.id).path
        case .localFile(let path, _): location = path
        case .finished(let finished): location = try finished.fetch(to: staging, interruption)
        case .bytes: fatalError("no image is generated in memory")
        }
        return (location, try prove(location, has: file.sha256, as: "\(file)", phase: phase).identity)
    }
}
