// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Logging
import Servers
import Support
import SystemPackage

/// Where a build takes content from, and what it uses on this machine.
public struct BuildSettings: Sendable {
    /// Locations of distribution points, in the order in which they are asked.
    public var distributionPoints: [String] = []
    /// The folder that remembers which files were verified.
    public var store = ContentStore.defaultFolder
    /// Whether files are hashed again that were verified before and did not change.
    public var rehashes = false
    /// Where files are staged; nil for beside the output, so that they can share their blocks with it.
    public var stagingFolder: FilePath?
    /// Threads that hash and copy.
    public var workerCount = WorkerThreads.processorCount
    /// The value of SOURCE_DATE_EPOCH: seconds since 1970, in decimal; nil for none.
    public var sourceDate: String?
    /// Files that say how servers are asked: nothing may be written over them.
    public var otherSources: [FilePath] = []
    /// The log that the run appends to.
    public var log: FilePath?

    /// How servers are asked to which outputs go.
    public let access: ServerAccess
    /// The ways to reach distribution points that the program has.
    private let transports: DistributionPoints

    /// No distribution points yet, and what is usual.
    ///
    /// - Parameters:
    ///   - transports: the ways to reach distribution points that the program has.
    ///   - access: how servers are asked to which outputs go.
    public init(_ transports: DistributionPoints, access: ServerAccess = ServerAccess()) {
        self.transports = transports
        self.access = access
    }

    /// The same with the distribution points that were found for `jobs`.
    func asking(_ jobs: [BuildJob]) -> BuildSettings {
        var settings = self
        for location in jobs.flatMap(\.request.distributionPoints) where !settings.distributionPoints.contains(location)
        {
            settings.distributionPoints.append(location)
        }
        return settings
    }

    /// What content is read from, and the store: what a build must not write to.
    var sources: [FilePath] { transports.localPaths(of: distributionPoints) + [store] + otherSources }

    /// Files of a run, its outputs left out.
    func files(staging: FilePath) -> RunFiles {
        var files = RunFiles.ofMedia
        files.log = log
        files.read(sources)
        files.use([staging])
        return files
    }

    /// Where files are staged for `output`; for drives, where it is nil, where temporary files may be large (hier(7)).
    func staging(beside output: FilePath?) -> FilePath {
        if let stagingFolder { return stagingFolder }
        guard let output else { return TemporaryFolder.defaultParent(else: "/var/tmp") }
        return AtomicFile.parent(of: output)
    }

    /// What a build works with.
    ///
    /// - Throws: errors of opening distribution points; ``MediaBuilderError`` `.badRequest` for an impossible
    ///   SOURCE_DATE_EPOCH.
    func environment(
        _ logger: Logger, staging: FilePath, interruption: Interruption, progress: any ProgressObserver
    ) throws -> BuildEnvironment {
        let store = ContentStore(folder: store, rehash: rehashes)
        return BuildEnvironment(
            distributionPoints: try transports.open(
                locations: distributionPoints, store: store, interruption: interruption, progress: progress),
            store: store, staging: StagingArea(in: staging), interruption: interruption, progress: progress,
            workerCount: workerCount, sourceDate: try sourceDateTime(), logger: logger)
    }

    /// The time of SOURCE_DATE_EPOCH (reproducible-builds.org specification).
    private func sourceDateTime() throws(MediaBuilderError) -> Timestamp? {
        guard let text = sourceDate, !text.isEmpty else { return nil }
        // Directory records of ISO 9660 end with the year 2155 (ECMA-119 9.1.5).
        guard let seconds = Int64(text), (0...CivilTime.unixSeconds(year: 2155, month: 12, day: 31)).contains(seconds)
        else {
            throw MediaRequest.bad(
                "SOURCE_DATE_EPOCH", "'\(text)' is not a number of seconds from 1970 to 2155", "correct or unset it")
        }
        return Timestamp(unixSeconds: seconds)
    }
}
