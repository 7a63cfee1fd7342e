// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DistributionPoints
import Logging
import Support
import SystemPackage

/// What a build works with besides its request.
public struct BuildEnvironment: Sendable {
    /// The distribution points, in the order in which they are asked.
    public let distributionPoints: DistributionPointGroup
    /// The local store; it remembers which files were verified.
    public let store: ContentStore
    /// Where files are staged that cannot go straight to the media.
    public let staging: StagingArea
    /// Set to stop the build.
    public let interruption: Interruption
    /// Shown the progress.
    public let progress: any ProgressObserver
    /// Threads that hash and copy.
    public let workerCount: Int
    /// Takes note of what happens; never of secrets.
    public let logger: Logger
    /// SOURCE_DATE_EPOCH: no time on the media is later (reproducible-builds.org specification).
    public let sourceDate: Timestamp?
    /// The boot images that were looked into.
    let bootImages = BootImageMemory()
    /// The lists that were read; nil where each is wanted once.
    var contents: ContentMemory?

    /// An environment.
    public init(
        distributionPoints: DistributionPointGroup, store: ContentStore, staging: StagingArea,
        interruption: Interruption, progress: any ProgressObserver, workerCount: Int = WorkerThreads.processorCount,
        sourceDate: Timestamp? = nil,
        logger: Logger = Logger(label: "tsmedia") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.logger = logger
        self.distributionPoints = distributionPoints
        self.store = store
        self.staging = staging
        self.interruption = interruption
        self.progress = progress
        self.workerCount = workerCount
        self.sourceDate = sourceDate
    }
}

extension BuildEnvironment {
    /// Lets the store know of files whose bytes had the promised hash.
    var didVerify: ContentCopier.DidVerify {
        { [store] path, identity, digest, began in store.remember(path, identity, digest, hashingBegan: began) }
    }

    /// The same environment for one of several builds side by side.
    func sharing(workerCount: Int, progress: any ProgressObserver) -> BuildEnvironment {
        BuildEnvironment(
            distributionPoints: distributionPoints.reporting(to: progress), store: store, staging: staging,
            interruption: interruption, progress: progress, workerCount: workerCount, sourceDate: sourceDate,
            logger: logger)
    }

    /// The same environment with another place for what is staged.
    func staging(in area: StagingArea) -> BuildEnvironment {
        BuildEnvironment(
            distributionPoints: distributionPoints, store: store, staging: area, interruption: interruption,
            progress: progress, workerCount: workerCount, sourceDate: sourceDate, logger: logger)
    }

    /// The SHA-256 of a local file, from the store when it was verified before.
    ///
    /// - Parameter phase: names the work in the progress; nil for files too small to show any.
    func hash(_ path: FilePath, phase: String? = nil) throws -> FileHasher.Hashed {
        let hasher = FileHasher(
            interruption: interruption, progress: phase == nil ? SilentProgress() : progress, phase: phase ?? "reading")
        let hashed = try hasher.hash(path) { store.digest(of: $0) }
        if let began = hashed.began { store.remember(path, hashed.identity, hashed.sha256, hashingBegan: began) }
        return hashed
    }
}
