// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import Synchronization
import SystemPackage

/// What the distribution points of a run know of each other: which have the same contents, and what went wrong.
final class Siblings: Sendable {
    /// The distribution points, in order.
    let points: [any DistributionPoint]

    private struct State {
        var holders: [ContentID: [Int]] = [:]
        /// Distribution points on which a content was not to be had, though they have its package.
        var without: [ContentID: Set<Int>] = [:]
        var told: Set<DiagnosticText> = []
        var warnings: [DiagnosticText] = []
        /// Distribution points that did not answer, which is told once.
        var failed: Set<Int> = []
        /// Those of them that did not say what packages they have.
        var gone: Set<Int> = []
        var isStoreFull = false
        /// Files that are needed as files and that the store does not take, and how many there were.
        var aside: TemporaryFolder?
        var asideCount = 0
        var served: [Int: (files: Int, bytes: Int64, failures: Int)] = [:]
    }

    private let state = Mutex(State())

    init(_ points: [any DistributionPoint]) { self.points = points }

    /// Remembers that the distribution points `numbers` have the content.
    func note(_ content: ContentID, on numbers: [Int]) { state.withLock { $0.holders[content] = numbers } }

    /// The numbers of the distribution points that have the content besides `number`, in order.
    func others(than number: Int, having content: ContentID) -> [Int] {
        state.withLock { $0.holders[content] ?? [] }.filter { $0 != number }
    }

    /// Tells something once.
    func warn(_ text: DiagnosticText) {
        state.withLock { if $0.told.insert(text).inserted { $0.warnings.append(text) } }
    }

    /// Counts bytes that came from a distribution point.
    func count(_ byteCount: Int, from number: Int) {
        state.withLock { $0.served[number, default: (0, 0, 0)].bytes &+= Int64(byteCount) }
    }

    /// Counts a file whose last byte came from a distribution point.
    func countFile(from number: Int) { state.withLock { $0.served[number, default: (0, 0, 0)].files += 1 } }

    /// Counts something that did not work on a distribution point.
    func countFailure(of number: Int) { state.withLock { $0.served[number, default: (0, 0, 0)].failures += 1 } }

    /// What came from each distribution point that is a server, in order.
    var served: [ServedContent] {
        let served = state.withLock { $0.served }
        return points.enumerated().filter(\.element.isStreaming).map { number, point in
            let counts = served[number] ?? (0, 0, 0)
            return ServedContent(
                location: point.location, fileCount: counts.files, byteCount: counts.bytes,
                failureCount: counts.failures + point.faultCount)
        }
    }

    /// Tells once of a distribution point that others stand in for.
    ///
    /// - Parameter content: the content in which they do, if it is one.
    func failed(_ number: Int, _ location: String, _ error: any DiagnosticError, for content: ContentID? = nil) {
        countFailure(of: number)
        if let content { state.withLock { _ = $0.without[content, default: []].insert(number) } }
        guard state.withLock({ $0.failed.insert(number).inserted }) else { return }
        warn("distribution point \(location) is passed over: \(error.object) \(error.problem)")
    }

    /// Remembers that a distribution point did not answer when it was asked for a package.
    func noteGone(_ number: Int) { state.withLock { _ = $0.gone.insert(number) } }

    /// The distribution points that did not answer when they were asked for a package.
    var gone: Set<Int> { state.withLock { $0.gone } }

    /// The distribution points on which a content was not to be had: they are asked for it last from then on.
    func failed(for content: ContentID) -> Set<Int> { state.withLock { $0.without[content] ?? [] } }

    /// Tells once that the store takes no more.
    func storeIsFull(_ error: any Error) {
        guard
            state.withLock({ state in
                defer { state.isStoreFull = true }
                return !state.isStoreFull
            })
        else { return }
        warn("what comes from servers is not kept: \(error); or name another place with \(.store)")
    }

    /// Where a file with the SHA-256 `digest` may lie until the end of the run that the store does not take.
    ///
    /// - Throws: `FileError` when there is no place for such files.
    func path(aside digest: SHA256Digest) throws -> FilePath {
        try state.withLock { state in
            let folder = try state.aside ?? TemporaryFolder(in: TemporaryFolder.defaultParent(else: "/var/tmp"))
            state.aside = folder
            state.asideCount += 1
            return folder.appending("\(digest)-\(state.asideCount)")
        }
    }

    /// What was not handed out before.
    func takeWarnings() -> [DiagnosticText] {
        state.withLock { state in
            defer { state.warnings = [] }
            return state.warnings
        }
    }
}
