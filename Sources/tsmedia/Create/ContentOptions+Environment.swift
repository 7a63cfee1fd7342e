// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Glibc
import Logging
import MediaBuilder
import Support
import SystemPackage

extension ContentOptions {
    /// What content is read from, and the store: what a build must not write to.
    var sources: [FilePath] {
        DistributionPoints.ofProgram.localPaths(of: distributionPoints) + [storeFolder]
    }

    /// Files of this run, the output left out.
    func files(_ program: ProgramOptions, staging: FilePath) -> RunFiles {
        var files = RunFiles.ofMedia
        files.log = program.log
        files.read(sources)
        files.use([staging])
        return files
    }

    private var storeFolder: FilePath { store.map { FilePath($0) } ?? ContentStore.defaultFolder }

    /// Beside the output, so that staged files can share their blocks with it, unless the user names another folder; for
    /// drives, where `output` is nil, where temporary files may be large (hier(7)).
    func stagingFolder(beside output: String?) -> FilePath {
        if let stagingFolder { return FilePath(stagingFolder) }
        guard let output else { return TemporaryFolder.defaultParent(else: "/var/tmp") }
        return AtomicFile.parent(of: FilePath(output))
    }

    /// What a build works with.
    ///
    /// - Throws: errors of opening distribution points; `ValidationError` for an impossible SOURCE_DATE_EPOCH.
    func environment(_ logger: Logger, staging: FilePath) throws -> BuildEnvironment {
        let store = ContentStore(folder: storeFolder, rehash: rehash)
        return BuildEnvironment(
            distributionPoints: try DistributionPoints.ofProgram.open(
                locations: distributionPoints, store: store, interruption: Signals.interruption,
                progress: Console.shared),
            store: store, staging: StagingArea(in: staging), interruption: Signals.interruption,
            progress: Console.shared, workerCount: jobs ?? WorkerThreads.processorCount,
            sourceDate: try Self.sourceDate(), logger: logger)
    }

    /// SOURCE_DATE_EPOCH: seconds since 1970, in decimal (reproducible-builds.org specification).
    private static func sourceDate() throws -> Timestamp? {
        guard let text = getenv("SOURCE_DATE_EPOCH").map({ String(cString: $0) }), !text.isEmpty else { return nil }
        // Directory records of ISO 9660 end with the year 2155 (ECMA-119 9.1.5).
        guard let seconds = Int64(text), (0...CivilTime.unixSeconds(year: 2155, month: 12, day: 31)).contains(seconds)
        else {
            throw ValidationError("SOURCE_DATE_EPOCH '\(text)' is not a number of seconds from 1970 to 2155")
        }
        return Timestamp(unixSeconds: seconds)
    }
}
