// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DriveImage
import Support
import SystemPackage

/// A file for the volume that firmware starts.
struct SystemFile {
    /// Where its bytes come from.
    enum Content {
        /// A file.
        case file(FilePath)
        /// Memory.
        case bytes([UInt8])
    }

    let path: MediaPath
    let content: Content
}

/// The volume of FAT32 that firmware starts, which is written whole: with what others have on it.
struct SystemPartition {
    private static let stagingFolder = "_SMSTaskSequence/SystemPartition"

    private let volume: DiskVolume
    private let created: Timestamp
    private let isOwn: Bool

    /// The volume `volume`.
    ///
    /// - Parameter isOwn: whether the run made it: what is damaged there is what a cut has left of its own files.
    init(_ volume: DiskVolume, created: Timestamp, isOwn: Bool = false) {
        self.volume = volume
        self.created = created
        self.isOwn = isOwn
    }

    /// Writes `files` in the place of those with the same names; the other files of the volume stay.
    ///
    /// - Parameter staging: a volume with room for the files that stay, while the partition is written.
    /// - Throws: ``DiskError`` when the volume is damaged; `DriveImageError`, `FileError`, `InterruptedError`.
    func write(_ files: [SystemFile], staging: VolumeFolder, interruption: Interruption) throws {
        let node = volume.node
        let descriptor = try FileError.wrap("opened", node) {
            try FileDescriptor.open(node, .readWrite, options: [.closeOnExec])
        }
        defer { try? staging.remove(Self.stagingFolder) }
        try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: node)
            let existing = try FATVolume(source)
            let kept = try existing.map { try stage($0, without: files, in: staging, interruption) } ?? []
            let sources = try (kept.map(\.file) + files).map { try Self.source(of: $0) }
            defer { for source in sources { source.close() } }
            let disk = zip(kept.map(\.file) + files, sources).enumerated().map { index, pair in
                DiskFile(
                    path: pair.0.path, byteCount: pair.1.byteCount,
                    modified: index < kept.count ? kept[index].modified : created)
            }
            let label = try existing?.label() ?? volume.label
            let writer = try FATVolumeWriter(
                range: volume.range, label: FATLabel(fitting: label), serial: existing?.serial ?? 1, files: disk,
                created: created)
            try writer.write(
                to: PositionedOutput(descriptor, path: node), interruption: interruption
            ) { sources[$0].bytes }
        }
    }

    private typealias Kept = (file: SystemFile, modified: Timestamp)

    /// Copies what stays to `staging`: its place on the partition is written.
    private func stage(
        _ existing: FATVolume, without files: [SystemFile], in staging: VolumeFolder, _ interruption: Interruption
    ) throws -> [Kept] {
        let listing = try existing.listing()
        guard listing.isWhole else {
            guard !isOwn else { return [] }
            throw DiskError(
                .malformed, DiagnosticText(volume.title), "is damaged",
                nextStep: "divide the disk anew, or run 'chkdsk /f' on it")
        }
        let replaced = Set(files.map(\.path.caseFolded))
        var kept: [Kept] = []
        for entry in listing.entries where !entry.isFolder {
            try interruption.check()
            let path = try MediaPath(entry.path)
            guard !replaced.contains(path.caseFolded) else { continue }
            guard let bytes = try existing.contents(of: entry) else {
                guard !isOwn else { continue }
                throw DiskError(
                    .malformed, "file \(path) of \(volume.title)", "is damaged, or too large for what firmware starts",
                    nextStep: "divide the disk anew, or remove it")
            }
            let place = try MediaPath("\(Self.stagingFolder)/\(kept.count)")
            try staging.write(bytes, to: place)
            guard let file = try staging.file(place) else {
                throw FileError("read", staging.root, .noSuchFileOrDirectory)
            }
            kept.append((SystemFile(path: path, content: .file(file)), entry.modified))
        }
        return kept
    }

    /// Bytes of a file, and how to let go of it.
    private struct Source {
        let bytes: any ByteSource
        let descriptor: FileDescriptor?
        var byteCount: Int64 { bytes.byteCount }
        func close() { try? descriptor?.close() }
    }

    private static func source(of file: SystemFile) throws -> Source {
        switch file.content {
        case .bytes(let bytes): return Source(bytes: MemorySource(bytes), descriptor: nil)
        case .file(let path):
            let descriptor = try InputFile.open(path)
            return Source(bytes: try FileSource(descriptor, path: path), descriptor: descriptor)
        }
    }
}

extension VolumeFolder {
    /// Removes what is at `path`, with all below it.
    func remove(_ path: String) throws {
        if let found = try find(try MediaPath(path)) { try Folder.removeTree(found.path) }
    }
}
