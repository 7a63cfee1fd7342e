// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Support

/// What a build works with besides its request.
public struct BuildEnvironment: Sendable {
    /// The distribution points, in the order in which they are asked.
    public let distributionPoints: DistributionPointGroup
    /// The local store; it remembers which files were verified.
    public let store: ContentStore
    /// Set to stop the build.
    public let interruption: Interruption
    /// Shown the progress.
    public let progress: any ProgressObserver
    /// Threads that hash and copy.
    public let workerCount: Int
    /// SOURCE_DATE_EPOCH: no time on the media is later (reproducible-builds.org specification).
    public let sourceDate: Timestamp?

    /// An environment.
    public init(
        distributionPoints: DistributionPointGroup, store: ContentStore, interruption: Interruption,
        progress: any ProgressObserver, workerCount: Int = WorkerThreads.processorCount, sourceDate: Timestamp? = nil
    ) {
        self.distributionPoints = distributionPoints
        self.store = store
        self.interruption = interruption
        self.progress = progress
        self.workerCount = workerCount
        self.sourceDate = sourceDate
    }
}
