// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support
import Synchronization

/// Brings packages from servers into the store, so that nobody has to wait for them, or can be asked for them, later.
public struct ContentCollection: Sendable {
    /// A package and what it took to have it here.
    public struct Package: Sendable {
        /// The package.
        public let package: LibraryPackage
        /// The distribution point of its first content.
        public let location: String
        /// The number of its files.
        public let fileCount: Int
        /// The sum of their sizes in bytes.
        public let byteCount: Int64
        /// Those that were not on this machine.
        public internal(set) var fetchedFileCount = 0
        /// The sum of their sizes in bytes.
        public internal(set) var fetchedByteCount: Int64 = 0
        /// What is odd about its contents.
        public let warnings: [String]
    }

    /// A file that is wanted.
    private struct Wanted: Sendable {
        let file: MediaFile
        let content: ContentID
        let point: DistributionPointSession
        /// The package, by its place among those that are asked for.
        let package: Int
    }

    /// What the threads share.
    private struct State {
        var next = 0
        var failure: (any Error)?
        var packages: [Package]
    }

    /// Files that are fetched at once: as many connections as browsers and curl(1) open.
    public static let usualFileCount = 8

    private let points: DistributionPointGroup
    private let store: ContentStore
    private let threadCount: Int
    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// A collection from `points` into `store`, `threadCount` files at once.
    public init(
        from points: DistributionPointGroup, into store: ContentStore, threadCount: Int = usualFileCount,
        interruption: Interruption, progress: any ProgressObserver
    ) {
        self.points = points
        self.store = store
        self.threadCount = threadCount
        self.interruption = interruption
        self.progress = progress
    }

    /// Brings all of `ids` here; what is on a path is left where it is.
    ///
    /// - Parameter fetches: false to look only for what there is.
    /// - Throws: what a distribution point throws, before anything is fetched when packages are on none, all of which are
    ///   told then; what was fetched before an error is kept.
    public func run(_ ids: [PackageID], fetches: Bool = true) throws -> [Package] {
        // What was fetched counts even when something else fails.
        defer { try? store.save() }
        var packages: [Package] = []
        var wanted: [Wanted] = []
        var seen: Set<SHA256Digest> = []
        for found in try points.require(ids.map { NeededPackage($0) }) {
            try interruption.check()
            var (fileCount, total, warnings) = (0, ByteTotal(), [String]())
            for contentID in found.package.contentIDs {
                let located = try found.content(contentID)
                warnings += located.content.warnings
                fileCount += located.content.files.count
                for file in located.content.files {
                    _ = total.add(file.byteCount)
                    guard seen.insert(file.sha256).inserted, try !located.point.isHere(file.file, of: contentID) else {
                        continue
                    }
                    wanted.append(
                        Wanted(file: file.file, content: contentID, point: located.point, package: packages.count))
                }
            }
            packages.append(
                Package(
                    package: found.package, location: found.point.location, fileCount: fileCount,
                    byteCount: total.byteCount, warnings: warnings))
        }
        guard fetches, !wanted.isEmpty else { return packages }
        try store.willBring(wanted.lazy.map(\.file.sha256))
        return try fetch(wanted, packages)
    }

    private func fetch(_ wanted: [Wanted], _ packages: [Package]) throws -> [Package] {
        let meter = ProgressMeter(
            phase: "fetching", totalByteCount: ByteTotal.clampedSum(wanted.lazy.map(\.file.byteCount)),
            observer: progress)
        defer { meter.finish() }
        let state = Mutex(State(packages: packages))
        // The largest first, so that no thread is left with it at the end.
        let order = wanted.sorted { $0.file.byteCount > $1.file.byteCount }
        WorkerThreads.run(count: min(threadCount, order.count)) { _ in
            while let number = state.withLock({ state -> Int? in
                guard state.failure == nil, state.next < order.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }) {
                let item = order[number]
                do {
                    guard try item.point.keep(item.file, of: item.content, meter) else { continue }
                    state.withLock { state in
                        state.packages[item.package].fetchedFileCount += 1
                        state.packages[item.package].fetchedByteCount += item.file.byteCount
                    }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.packages
        }
    }
}
