// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import WindowsImaging

/// Compares the files of an operating system image at the root of media with what the manifest says of all of them: what
/// they are called and are, by one digest, and every stream by its SHA-1.
struct ImageTreeVerifier {
    let workerCount: Int
    let interruption: Interruption
    let progress: any ProgressObserver

    /// What is wrong with `tree`, of which the manifest says `listed`.
    ///
    /// - Throws: `InterruptedError`.
    func findings(
        _ tree: WindowsImageOverlay?, _ listed: MediaManifest.OperatingSystemImage?
    ) throws -> [MediaVerification.Finding] {
        guard let listed else { return [] }
        let name = "operating system image \(listed.id)"
        guard let tree else {
            return [.init(damagedPart: name, reason: "the files of it are not at the root of this media")]
        }
        return differences(tree.summary, listed, name) + (try streams(of: tree))
    }

    private func differences(
        _ found: WindowsImageOverlay.Summary, _ listed: MediaManifest.OperatingSystemImage, _ name: String
    ) -> [MediaVerification.Finding] {
        guard found.sha256 != listed.treeSha256 else { return [] }
        let counts = [
            ("files", found.fileCount, listed.fileCount), ("folders", found.folderCount, listed.folderCount),
            ("streams", found.streamCount, listed.streamCount),
        ].filter { $0.1 != $0.2 }.map { "\($0.1) \($0.0) instead of \($0.2)" }
        let reason =
            counts.isEmpty
            ? "a name, an attribute, a time, a security descriptor, a link or a stream of a file is not as it was written"
            : "it has " + counts.joined(separator: ", ")
        return [.init(damagedPart: name, reason: reason)]
    }

    private func streams(of tree: WindowsImageOverlay) throws -> [MediaVerification.Finding] {
        let meter = ProgressMeter(
            phase: "verifying the image", totalByteCount: tree.summary.byteCount, observer: progress)
        defer { meter.finish() }
        struct State {
            var next = 0
            var damaged: Set<Int> = []
            var unreadable: Set<Int> = []
        }
        let state = Mutex(State())
        // In the order in which they lie in the archive.
        let count = tree.summary.streamCount
        WorkerThreads.run(count: workerCount) { [interruption] _ in
            while !interruption.isRequested {
                let number = state.withLock { state in
                    defer { state.next += 1 }
                    return state.next
                }
                guard number < count else { return }
                do {
                    let isSound = try tree.isStreamSound(number) { byteCount in
                        try interruption.check()
                        meter.advance(by: byteCount)
                    }
                    if !isSound { state.withLock { _ = $0.damaged.insert(number) } }
                } catch {
                    state.withLock { _ = $0.unreadable.insert(number) }
                }
            }
        }
        try interruption.check()
        let (damaged, unreadable) = state.withLock { ($0.damaged, $0.unreadable) }
        return tree.names(ofStreams: damaged).map { .init(imageFile: $0, .damaged) }
            + tree.names(ofStreams: unreadable).map { .init(imageFile: $0, .unreadable) }
    }
}
