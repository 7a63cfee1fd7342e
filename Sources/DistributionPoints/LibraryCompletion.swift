// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Support
import SystemPackage

/// Makes or completes a content library with packages of distribution points: a part of a site that can be carried.
public struct LibraryCompletion: Sendable {
    private let points: DistributionPointGroup
    private let writer: ContentLibraryWriter
    private let store: ContentStore
    private let workerCount: Int
    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// Brings packages of `points` into the library of `writer`; what was verified is remembered in `store`.
    public init(
        from points: DistributionPointGroup, into writer: ContentLibraryWriter, store: ContentStore,
        workerCount: Int = WorkerThreads.processorCount, interruption: Interruption, progress: any ProgressObserver
    ) {
        self.points = points
        self.writer = writer
        self.store = store
        self.workerCount = workerCount
        self.interruption = interruption
        self.progress = progress
    }

    /// Brings all of `ids` into the library; a content that it has whole is left alone.
    ///
    /// Nothing is added when packages are missing. Every content appears whole, with its last step; an interruption or an error leaves those before it.
    ///
    /// - Returns: what is odd about the library.
    /// - Throws: what a distribution point throws; `ContentLibraryError`.
    public func run(_ ids: [PackageID]) throws -> [String] {
        defer { try? store.save() }
        var warnings: [String] = []
        for found in try points.require(ids.map { NeededPackage($0) }) {
            for contentID in found.package.contentIDs {
                try interruption.check()
                let located = try found.content(contentID)
                let added = try writer.add(located.content, of: found.package.id) { files, folder in
                    try stage(files, of: located, in: folder)
                }
                warnings += added?.warnings ?? []
            }
        }
        return warnings
    }

    private func stage(_ files: [ContentFile], of located: FoundContent, in folder: FilePath) throws {
        let content = located.content.id
        let meter = ProgressMeter(
            phase: "adding \(content)", totalByteCount: ByteTotal.clampedSum(files.lazy.map(\.byteCount)),
            observer: progress)
        defer { meter.finish() }
        let transfers = try files.map { file in
            let target = folder.appending(file.sha256.upperCase)
            // A writer that was killed may have left it.
            try Folder.removeFile(target)
            return Transfer(
                name: "file \(file.path) of \(content.noun)",
                source: try located.point.source(of: file.file, in: content),
                target: .newFile(target, modified: file.modified), byteCount: file.byteCount, sha256: file.sha256)
        }
        let store = store
        try ContentCopier(workerCount: workerCount, interruption: interruption) { path, identity, digest, began in
            store.remember(path, identity, digest, hashingBegan: began)
        }.run(transfers, progress: meter)
    }
}
