// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// What a drive is to hold after an update.
public struct UpdateGoal: Sendable {
    /// The label of its volume.
    public var label: FATLabel
    /// The files.
    public var files: [DiskFile]
    /// The SHA-256 of each of the files, in the same order.
    public var digests: [SHA256Digest]
    /// Folders that must exist even when they are empty.
    public var folders: [MediaPath]
    /// The time of the folders and of the label.
    public var created: Timestamp
    /// The files on the drive that were written by us, and what whoever plans the update has made sure they hold:
    /// SHA-256 by ``MediaPath/caseFolded``.
    ///
    /// Those that are not wanted any more are removed. All other files on the drive are not ours, and stay.
    public var known: [CaseFoldedName: SHA256Digest]
    /// Which of ``known`` are overwritten when they are removed or replaced, because others may not read them: their
    /// clusters become free, and what is free can be read by whoever has the drive.
    public var erased: Set<CaseFoldedName>

    /// Describes a goal.
    public init(
        label: FATLabel, files: [DiskFile], digests: [SHA256Digest], folders: [MediaPath], created: Timestamp,
        known: [CaseFoldedName: SHA256Digest], erased: Set<CaseFoldedName> = []
    ) {
        self.label = label
        self.files = files
        self.digests = digests
        self.folders = folders
        self.created = created
        self.known = known
        self.erased = erased
    }
}

/// How a drive is brought up to date, so that at any moment it holds all of the old state or all of the new one.
///
/// What changed goes to free clusters, all directories are made anew in free clusters, and one sector switches over:
/// the boot sector, which names the cluster of the root directory (docs/drives.md).
public struct DriveUpdate: Sendable {
    static let writeAnew: DiagnosticText = "write the drive anew with create"

    /// A file of the goal, by number, and its clusters.
    struct PlacedFile: Sendable {
        let number: Int
        let runs: [ClusterRun]
    }

    /// The number of files of the goal whose content stays where it is.
    public let keptFileCount: Int
    /// The bytes of their contents.
    public let keptByteCount: Int64
    /// The number of files on the drive that are removed, or replaced by another content.
    public let removedFileCount: Int
    /// The number of files on the drive that are not ours, and stay.
    public let foreignFileCount: Int
    /// True when the drive already is what it is to be: nothing is written.
    public let isUpToDate: Bool
    /// The numbers of the files of the goal whose content has to be written.
    public var writtenFiles: [Int] { newFiles.map(\.number) }
    /// The bytes of these files.
    public var writtenContentByteCount: Int64 {
        newFiles.reduce(0) { $0 + goal.files[$1.number].byteCount }
    }

    let goal: UpdateGoal
    let frame: VolumeFrame
    /// The files whose content has to be written.
    let newFiles: [PlacedFile]
    /// The files whose content stays where it is.
    let keptFiles: [PlacedFile]
    let directories: DirectoryMaker
    let folderRuns: [[ClusterRun]]
    let links: ChainLinks
    /// The bytes of the tables in which a further one has to become what the first is.
    let unequalTableRanges: [Range<Int64>]
    /// The clusters that are in use after the update.
    let live: ClusterSet
    /// The clusters that are freed by it, with those to which nothing led before.
    let stale: ClusterSet
    /// Those of them that are overwritten: of ``UpdateGoal/erased``, and all to which nothing led before, because an
    /// update that was cut off may have left such files there.
    let erased: ClusterSet
    /// Those of ``newFiles`` that end in a cluster to which nothing led before: what is behind their end there is overwritten.
    let paddedFiles: Set<Int>
    /// The clusters that are neither free nor in use.
    let bad: ClusterSet

    /// Plans the update of the drive that holds `volume`.
    ///
    /// - Throws: ``DriveImageError``: `.damaged` for a volume that cannot be updated safely, `.tooSmall` when the old
    ///   and the new state do not fit beside each other, and what ``DiskLayout/init(_:)`` says of names; `FileError`.
    public init(_ volume: FATVolume, _ goal: UpdateGoal) throws {
        let frame = try VolumeFrame(volume)
        let contents = try VolumeContents(volume, frame)
        let matching = Matching(contents, goal)
        let foreign = try matching.foreign.map { number in
            let entry = contents.files[number].entry
            var file = DiskFile(path: try Self.path(of: entry), byteCount: entry.byteCount, modified: entry.modified)
            file.records = entry.records
            return file
        }
        let files = goal.files + foreign
        let foreignFolders = try matching.folders.map { (path: try Self.path(of: $0), records: $0.records) }
        let tree = try VolumeTree(
            files: files, folders: goal.folders + foreignFolders.map(\.path),
            kept: Dictionary(foreignFolders.map { ($0.path.caseFolded, $0.records) }) { first, _ in first },
            hasLabel: !goal.label.description.isEmpty)
        try Self.checkSizes(goal.files, frame.shape)
        let labelRecord = try volume.labelRecord()
        let keepsLabel = (labelRecord?.labelText ?? "") == goal.label.description

        var live = ClusterSet(clusterCount: frame.shape.clusterCount)
        for number in matching.kept.compactMap({ $0 }) + matching.foreign {
            for run in contents.files[number].runs { live.insert(run) }
        }
        var taken = contents.reachable
        taken.formUnion(contents.bad)
        var free = ClusterAllocation(taken: taken, clusterCount: frame.shape.clusterCount)
        let clusterByteCount = frame.shape.clusterByteCount
        func clusters(_ byteCount: Int64) -> Int64 { (byteCount + clusterByteCount - 1) / clusterByteCount }
        let newNumbers = goal.files.indices.filter { matching.kept[$0] == nil }
        let needed =
            tree.folders.indices.reduce(0) { $0 + clusters(max(1, tree.directoryByteCount(of: $1))) }
            + newNumbers.reduce(0) { $0 + clusters(goal.files[$1].byteCount) }
        let removedFileCount = contents.files.count - foreign.count - matching.kept.count { $0 != nil }
        let unequalTableRanges = try frame.unequalTableRanges(in: volume.source)
        var lost = contents.allocated
        lost.subtract(contents.reachable)
        let isUpToDate =
            newNumbers.isEmpty && removedFileCount == 0 && matching.isInPlace
            && tree.folders.count == contents.folders.count + 1 && keepsLabel && unequalTableRanges.isEmpty
            // What was lost is found where there is room for directories.
            && (lost.count == 0 || needed > free.freeCount)
        // What is not written needs no room.
        guard isUpToDate || needed <= free.freeCount else {
            throw DriveImageError(
                .tooSmall, "the drive",
                "has no room for the old and the new state beside each other: \(needed * clusterByteCount) bytes have "
                    + "to be written, and \(free.freeCount * clusterByteCount) are free",
                nextStep: DriveUpdate.writeAnew)
        }
        let folderRuns = tree.folders.indices.map { number in
            isUpToDate ? [] : free.take(clusters(max(1, tree.directoryByteCount(of: number))))
        }
        let newFiles = newNumbers.map { number in
            PlacedFile(number: number, runs: free.take(clusters(goal.files[number].byteCount)))
        }
        for run in folderRuns.joined() { live.insert(run) }
        for run in newFiles.flatMap(\.runs) { live.insert(run) }

        var first = [UInt32](repeating: 0, count: files.count)
        for (number, old) in (matching.kept + matching.foreign.map(Optional.init)).enumerated() {
            if let old { first[number] = contents.files[old].entry.firstCluster }
        }
        for file in newFiles { first[file.number] = file.runs.first?.first ?? 0 }
        directories = DirectoryMaker(
            tree: tree, files: files, label: goal.label, created: goal.created,
            labelRecord: keepsLabel ? labelRecord?.ownBytes : nil,
            folderClusters: folderRuns.map { $0.first?.first ?? 0 }, fileClusters: first)
        links = ChainLinks(folderRuns + newFiles.map(\.runs))
        var stale = contents.allocated
        stale.subtract(live)
        self.stale = stale
        var erased = lost
        for file in contents.files where goal.erased.contains(file.entry.path.caseFolded) {
            for run in file.runs { erased.insert(run) }
        }
        erased.subtract(live)
        self.erased = erased
        paddedFiles = Set(
            newFiles.lazy.filter { $0.runs.last.map { lost.contains($0.clusters.upperBound - 1) } ?? false }.map(
                \.number))
        self.live = live
        bad = contents.bad
        self.frame = frame
        self.unequalTableRanges = unequalTableRanges
        self.goal = goal
        self.newFiles = newFiles
        keptFiles = matching.kept.enumerated().compactMap { number, old in
            old.map { PlacedFile(number: number, runs: contents.files[$0].runs) }
        }
        self.folderRuns = folderRuns
        self.isUpToDate = isUpToDate
        keptFileCount = goal.files.count - newFiles.count
        keptByteCount = matching.kept.indices.reduce(0) {
            $0 + (matching.kept[$1] == nil ? 0 : goal.files[$1].byteCount)
        }
        foreignFileCount = foreign.count
        self.removedFileCount = removedFileCount
    }

    /// The path of something that is not ours, by which it has its place in the tree.
    private static func path(of entry: FATVolume.Entry) throws(DriveImageError) -> MediaPath {
        do {
            return try MediaPath(entry.path)
        } catch {
            throw DriveImageError(
                .unsuitableName, "\(entry.isFolder ? "folder" : "file") '\(entry.path)' on the drive",
                "is not of the media, and cannot be kept: its name \(error.problem)", nextStep: "remove or rename it")
        }
    }

    /// Refuses files that cannot be kept in clusters of this size.
    private static func checkSizes(_ files: [DiskFile], _ shape: FATVolume.Shape) throws(DriveImageError) {
        let limit = FATGeometry.largestFileByteCount(inClustersOf: shape.clusterByteCount)
        guard let file = files.first(where: { $0.byteCount > limit }) else { return }
        throw DriveImageError(
            .fileTooLarge, "file \(file.path)",
            "has \(file.byteCount) bytes, and a file on this volume has up to \(limit)", nextStep: writeAnew)
    }

    /// The bytes that are written besides contents: directories, tables twice, and sectors.
    public var writtenStructureByteCount: Int64 {
        let folders = folderRuns.joined().reduce(0) { $0 + Int64($1.count) } * frame.shape.clusterByteCount
        return folders + links.byteCount(in: frame.tableByteCount) * Int64(frame.tableOffsets.count)
    }

    /// The bytes of the drive that `runs` take, cut to `byteCount`.
    func ranges(_ runs: [ClusterRun], byteCount: Int64) -> [Range<Int64>] {
        var rest = byteCount
        return runs.compactMap { run in
            guard rest > 0, let first = frame.shape.range(ofCluster: run.first) else { return nil }
            let count = min(rest, Int64(run.count) * frame.shape.clusterByteCount)
            rest -= count
            return first.lowerBound..<first.lowerBound + count
        }
    }

    /// The bytes of the drive behind the end of `file` in its last cluster; nil where there are none.
    func slack(of file: PlacedFile) -> Range<Int64>? {
        let used = goal.files[file.number].byteCount % frame.shape.clusterByteCount
        guard used > 0, let last = file.runs.last,
            let cluster = frame.shape.range(ofCluster: last.clusters.upperBound - 1)
        else { return nil }
        return cluster.lowerBound + used..<cluster.upperBound
    }

    /// The files whose content has to be written, those of ``UpdateGoal/erased`` or the others.
    func newFiles(erased: Bool) -> [PlacedFile] {
        newFiles.filter { goal.erased.contains(goal.files[$0.number].path.caseFolded) == erased }
    }

    /// The bytes of the drive that the directory of a folder takes, whole clusters.
    func ranges(ofFolder number: Int) -> [Range<Int64>] { ranges(folderRuns[number], byteCount: .max) }
}

extension DriveUpdate {
    /// Which files of the drive are what which files of the goal want.
    private struct Matching {
        /// For each file of the goal the file on the drive with its content.
        var kept: [Int?]
        /// The files on the drive that are not ours.
        var foreign: [Int] = []
        /// The folders on the drive that are not ours.
        var folders: [FATVolume.Entry] = []
        /// True when all that is kept has its path, its time and its attributes already.
        var isInPlace = true

        private struct Content: Hashable {
            let sha256: SHA256Digest
            let byteCount: Int64
        }

        init(_ contents: VolumeContents, _ goal: UpdateGoal) {
            kept = Array(repeating: nil, count: goal.files.count)
            var numbers: [CaseFoldedName: Int] = [:]
            for (number, file) in contents.files.enumerated() {
                numbers[file.entry.path.caseFolded] = number
            }
            var isUsed = [Bool](repeating: false, count: contents.files.count)
            func content(_ number: Int) -> Content {
                Content(sha256: goal.digests[number], byteCount: goal.files[number].byteCount)
            }
            // First what stays under its name, then what has a new one.
            for number in goal.files.indices {
                let key = goal.files[number].path.caseFolded
                guard let old = numbers[key], contents.files[old].isExact, let sha256 = goal.known[key],
                    Content(sha256: sha256, byteCount: contents.files[old].entry.byteCount) == content(number)
                else { continue }
                kept[number] = old
                isUsed[old] = true
                let entry = contents.files[old].entry
                isInPlace =
                    isInPlace && entry.path.isExactly(goal.files[number].path.description)
                    && FATTimestamp(entry.modified) == FATTimestamp(goal.files[number].modified)
            }
            var others: [Content: [Int]] = [:]
            for (key, sha256) in goal.known {
                guard let old = numbers[key], !isUsed[old], contents.files[old].isExact else { continue }
                others[Content(sha256: sha256, byteCount: contents.files[old].entry.byteCount), default: []].append(old)
            }
            // In the order of the drive, whatever order a dictionary has.
            for key in others.keys { others[key]?.sort(by: >) }
            for number in goal.files.indices where kept[number] == nil {
                guard let old = others[content(number)]?.popLast() else { continue }
                kept[number] = old
                isUsed[old] = true
                isInPlace = false
            }
            let wanted = Set(goal.files.map(\.path.caseFolded))
            for (key, number) in numbers where goal.known[key] == nil && !wanted.contains(key) {
                foreign.append(number)
            }
            foreign.sort()
            folders = Self.foreignFolders(contents, goal)
        }

        /// The folders in which nothing was ours, or will be.
        private static func foreignFolders(_ contents: VolumeContents, _ goal: UpdateGoal) -> [FATVolume.Entry] {
            var ours: Set<CaseFoldedName> = []
            func addParents(of key: String) {
                var path = key[...]
                while let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                    path = path[..<end]
                    guard ours.insert(String(path).caseFolded).inserted else { break }
                }
            }
            for key in goal.known.keys { addParents(of: key.description) }
            for file in goal.files { addParents(of: file.path.description) }
            for folder in goal.folders { addParents(of: folder.description + "/") }
            return contents.folders.filter { !ours.contains($0.path.caseFolded) }
        }
    }
}
