// SPDX-License-Identifier: GPL-3.0-or-later

import DiscImage
import DriveImage
import Support

/// The drive that the image of a disc is too: what a stick is read through that has the image on it.
struct HybridDrive: Sendable {
    /// The image, which is open.
    private let source: FileSource
    private let structures: HybridStructures
    /// What the file system is called that leads to the media; nil when none does.
    let title: String?

    /// Looks at the disc in `source`, which has `byteCount` bytes; nil when it is no drive.
    ///
    /// - Throws: `FileError` when it cannot be read.
    init?(_ source: FileSource, byteCount: Int64) throws {
        guard let structures = try HybridStructures(source, byteCount: byteCount) else { return nil }
        self.source = source
        self.structures = structures
        let bootstrap = MediaDataFile.bootstrap.caseFolded
        let leadsToMedia = try structures.volume?.entries().contains { $0.path.caseFolded == bootstrap } ?? false
        title = leadsToMedia ? structures.volume?.title : nil
    }

    /// What is not as it was written: what leads to the files on a drive, and files that it does not have as the disc does.
    func findings(_ manifest: MediaManifest, _ disc: DiscReader) throws -> [MediaVerification.Finding] {
        let parts = try structures.damagedParts(DiskIdentity(driveOf: manifest.mediaGuid))
        var findings = parts.map { MediaVerification.Finding(damagedPart: $0.rawValue, reason: $0.problem) }
        if let volume = structures.volume, !parts.contains(.volume) {
            findings += try self.findings(volume, manifest, disc)
        }
        return findings
    }

    private func findings(
        _ volume: FATVolume, _ manifest: MediaManifest, _ disc: DiscReader
    ) throws -> [MediaVerification.Finding] {
        var entries: [CaseFoldedName: FATVolume.Entry] = [:]
        for entry in try volume.entries() where !entry.isFolder { entries[entry.path.caseFolded] = entry }
        var missed: [String] = []
        for path in try manifest.files.map(\.path) + MediaManifest.unlistedPaths.map({ try MediaPath($0) }) {
            let entry = entries.removeValue(forKey: path.caseFolded)
            // What the disc does not have is a finding already.
            guard let expected = disc.entry(path), !expected.isFolder else { continue }
            if try entry.map({ try holds($0, on: volume, as: expected) }) != true { missed.append(path.description) }
        }
        var findings: [MediaVerification.Finding] = []
        if let first = missed.first {
            let others = missed.count > 1 ? ", and \(missed.count - 1) more" : ""
            findings.append(
                .init(
                    damagedPart: DrivePart.volume.rawValue,
                    reason: "does not have \(first) as the disc does\(others), and a stick is read through it"))
        }
        var refused = RefusedNames()
        for (_, entry) in entries where !MediaVerifier.isOfWindows(entry.path) {
            // What the disc has too, and the manifest does not list, is found there.
            guard let path = refused.path(of: entry.path.names), disc.entry(path) == nil else { continue }
            findings.append(.init(path, .foreign))
        }
        return findings + refused.errors.map { .init($0) }
    }

    /// True when the bytes of `entry` are those that the disc has as `expected`: the same, or as many that are equal.
    private func holds(_ entry: FATVolume.Entry, on volume: FATVolume, as expected: DiscEntry) throws -> Bool {
        guard entry.byteCount == expected.byteCount else { return false }
        guard let own = try volume.extents(of: FATVolume.Contents(of: entry)) else { return false }
        let extents = Self.joined(expected.extents)
        return try own == extents || areEqual(own, extents)
    }

    private static func joined(_ extents: [DiscExtent]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for extent in extents where extent.byteCount > 0 {
            if let last = joined.last, last.upperBound == extent.offset {
                joined[joined.count - 1] = last.lowerBound..<last.upperBound + extent.byteCount
            } else {
                joined.append(extent.offset..<extent.offset + extent.byteCount)
            }
        }
        return joined
    }

    /// Goes along runs of bytes, a step at a time.
    private struct Cursor {
        let runs: [Range<Int64>]
        private var index = 0
        private var done: Int64 = 0

        init(_ runs: [Range<Int64>]) { self.runs = runs }

        /// What is left of the run that is looked at; nil at the end.
        var rest: Range<Int64>? {
            runs.indices.contains(index) ? runs[index].lowerBound + done..<runs[index].upperBound : nil
        }

        mutating func advance(by count: Int64) {
            done += count
            if done == Int64(runs[index].count) { (index, done) = (index + 1, 0) }
        }
    }

    /// True when the bytes of two lists of runs, none of them empty, are equal and as many.
    private func areEqual(_ left: [Range<Int64>], _ right: [Range<Int64>]) throws -> Bool {
        var (left, right) = (Cursor(left), Cursor(right))
        while let first = left.rest, let second = right.rest {
            try Interruption.ofProcess.check()
            let count = min(Int64(first.count), Int64(second.count), Self.stepByteCount)
            guard let bytes = try source.bytes(at: first.lowerBound, length: Int(count)),
                try source.bytes(at: second.lowerBound, length: Int(count)) == bytes
            else { return false }
            left.advance(by: count)
            right.advance(by: count)
        }
        return left.rest == nil && right.rest == nil
    }

    private static let stepByteCount: Int64 = 1 << 20
}
