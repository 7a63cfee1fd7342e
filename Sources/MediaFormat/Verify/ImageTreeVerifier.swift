// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
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
        _ tree: MediaImageTree?, _ listed: MediaManifest.OperatingSystemImage?
    ) throws -> [MediaVerification.Finding] {
        guard let listed else { return [] }
        let name = "operating system image \(listed.id)"
        switch (tree, listed.tree) {
        case (.archive(let tree), .archive(let digest)):
            let found = tree.summary
            let isSame = found.sha256 == digest
            return (isSame ? [] : [difference(Counts(found), listed, name)]) + (try streams(of: tree))
        case (.volume(let volume, let mask), .volume(let digest, _)):
            return try findings(volume, mask, digest, listed, name)
        default:
            return [.init(damagedPart: name, reason: "the files of it are not at the root of this media")]
        }
    }

    /// How much of each there is.
    private struct Counts {
        let (files, folders, streams): (Int, Int, Int)

        init(_ found: WindowsImageOverlay.Summary) {
            (files, folders, streams) = (found.fileCount, found.folderCount, found.streamCount)
        }

        init(_ found: NTFSTree) {
            (files, folders, streams) = (found.fileCount, found.folderCount, found.streamCount)
        }
    }

    private func difference(
        _ found: Counts, _ listed: MediaManifest.OperatingSystemImage, _ name: String
    ) -> MediaVerification.Finding {
        let counts = [
            ("files", found.files, listed.fileCount), ("folders", found.folders, listed.folderCount),
            ("streams", found.streams, listed.streamCount),
        ].filter { $0.1 != $0.2 }.map { "\($0.1) \($0.0) instead of \($0.2)" }
        let reason =
            counts.isEmpty
            ? "a name, an attribute, a time, a security descriptor, a link or a stream of a file is not as it was written"
            : "it has " + counts.joined(separator: ", ")
        return .init(damagedPart: name, reason: reason)
    }

    /// What is wrong with the files on a volume of NTFS, which does not know what their bytes should be: what differs is
    /// told of all together.
    private func findings(
        _ volume: NTFSVolumeReader, _ mask: MediaMask, _ digest: SHA256Digest,
        _ listed: MediaManifest.OperatingSystemImage, _ name: String
    ) throws -> [MediaVerification.Finding] {
        let meter = meter(listed.size)
        defer { meter.finish() }
        let found = try volume.tree(mask, byteLimit: listed.size, interruption: interruption) { meter.advance(by: $0) }
        guard !found.matches(digest) else { return [] }
        guard found.unreadable.isEmpty else { return found.unreadable.map { .init(imageFile: $0, .unreadable) } }
        return [difference(Counts(found), listed, name)]
    }

    private func meter(_ byteCount: Int64) -> ProgressMeter {
        ProgressMeter(phase: "verifying the image", totalByteCount: byteCount, observer: progress)
    }

    private func streams(of tree: WindowsImageOverlay) throws -> [MediaVerification.Finding] {
        let meter = meter(tree.summary.byteCount)
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
