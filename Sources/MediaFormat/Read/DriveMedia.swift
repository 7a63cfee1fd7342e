// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DriveImage
import Support
import SystemPackage

/// Media on a drive, on a partition, or in the image of a drive: the volume that is started, and those beside it.
package struct DriveMedia: OpenedMedia {
    /// A volume with files.
    private enum Volume: Sendable {
        case fat(FATVolume, [FATVolume.Contents])
        case ntfs(NTFSVolumeReader)
    }

    /// Where a file is.
    private struct Place {
        let volume: Int
        let number: Int
    }

    private let path: FilePath
    private let holder: DescriptorHolder
    /// The one that is started comes first.
    private let volumes: [Volume]
    /// True when a BIOS starts the first volume: its partition is active.
    private let isActive: Bool
    package let label: String?
    package let files: [MediaEntry]
    package let folders: [MediaFolder]
    /// Where the files are, in the same order.
    private let places: [Place]
    private let indices: NameIndex
    package let refusedNames: [MediaPathError]
    package var isDrive: Bool { true }
    package var fileSystems: [String]? {
        volumes.map { volume in
            switch volume {
            case .fat(let volume, _): volume.title
            case .ntfs: "NTFS"
            }
        }
    }
    package let imageTree: MediaImageTree?

    /// The files that are not on the volume that is started.
    package var dataFiles: ArraySlice<MediaEntry> { files[(places.firstIndex { $0.volume > 0 } ?? files.count)...] }

    /// Reads the directories of the drive at `path`; nil when it holds no FAT or NTFS volume.
    ///
    /// - Parameter separatesImage: whether the files of an operating system image on a volume are left out.
    /// - Throws: `FileError`; `DriveImageError` `.damaged` when it ends before its own partitions do, and none is there.
    package init?(_ path: FilePath, separatesImage: Bool = true) throws {
        let holder = DescriptorHolder(try InputFile.open(path, allowsDevices: true))
        let source = try FileSource(holder.descriptor, path: path)
        var volumes: [Volume] = []
        var listings: [Listing] = []
        // The number of the partition of each.
        var numbers: [Int] = []
        var isActive = true
        if let table = try PartitionTable(source) {
            for (number, partition) in Self.inStartingOrder(table) {
                guard let found = try Self.volume(source, holder.descriptor, path, partition.range) else { continue }
                if volumes.isEmpty { isActive = partition.isActive }
                volumes.append(found.volume)
                listings.append(found.listing)
                numbers.append(number)
            }
        }
        if volumes.isEmpty, let found = try Self.volume(source, holder.descriptor, path, 0..<source.byteCount) {
            (volumes, listings, isActive) = ([found.volume], [found.listing], true)
        }
        guard let first = volumes.first else {
            if let shortfall = try Self.shortfall(of: source, path) { throw shortfall }
            return nil
        }
        self.path = path
        self.holder = holder
        self.volumes = volumes
        self.isActive = isActive
        switch first {
        case .fat(let volume, _): label = try volume.label()
        case .ntfs(let reader): label = reader.label.isEmpty ? nil : reader.label
        }
        let image =
            separatesImage ? Self.imageVolume(listings, volumes, numbers, holder.descriptor, path) : nil
        imageTree = image.map { .volume($0.reader, $0.mask) }
        if let image { listings[image.volume].leaveOut { !image.mask.isOwn($0) } }
        files = listings.flatMap { $0.files.lazy.map(\.file) }
        places = listings.enumerated().flatMap { index, listing in
            listing.files.lazy.map { Place(volume: index, number: $0.number) }
        }
        folders = listings.flatMap(\.folders)
        refusedNames = listings.flatMap(\.refused)
        indices = NameIndex(files.lazy.map(\.path))
    }

    /// The partitions with their numbers, those first that firmware starts: the active one, the EFI system partition.
    private static func inStartingOrder(_ table: PartitionTable) -> [(number: Int, partition: Partition)] {
        func isStarted(_ partition: Partition) -> Bool { partition.isActive || partition.isEFISystem }
        let numbered = table.partitions.enumerated().map { (number: $0 + 1, partition: $1) }
        return numbered.filter { isStarted($0.partition) } + numbered.filter { !isStarted($0.partition) }
    }

    private static func volume(
        _ source: FileSource, _ descriptor: FileDescriptor, _ path: FilePath, _ range: Range<Int64>
    ) throws -> (volume: Volume, listing: Listing)? {
        if let fat = try FATVolume(source, at: range.lowerBound) {
            let found = try fat.listing()
            let files = found.entries.filter { !$0.isFolder }
            // Of very many files names and places are kept once.
            return (
                .fat(fat, files.map { FATVolume.Contents(of: $0) }),
                listing(of: files, found.entries.filter(\.isFolder), found.damages)
            )
        }
        return NTFSVolumeReader(descriptor, path: path, range: range).map { reader in
            let files = reader.files.enumerated().map {
                ($0, MediaEntry(path: $1.path, byteCount: $1.byteCount, modified: $1.modified))
            }
            let folders = reader.folders.map { MediaFolder(path: $0.path, modified: $0.modified) }
            return (.ntfs(reader), Listing(files: files, folders: folders, refused: reader.refusedNames))
        }
    }

    /// The error that the drive is cut short; nil when it is as long as it says.
    private static func shortfall(of source: FileSource, _ path: FilePath) throws -> DriveImageError? {
        guard let claimed = try ClaimedSize.byteCount(of: source), claimed > source.byteCount else { return nil }
        return DriveImageError(
            .damaged, "\(path)",
            "is cut short: by its own account it goes to byte \(claimed), and it has \(source.byteCount)",
            nextStep: "copy it again, or make it anew")
    }

    /// The files of a volume with their numbers there, and the names that no path can have.
    private struct Listing {
        var files: [(number: Int, file: MediaEntry)] = []
        var folders: [MediaFolder] = []
        var refused: [MediaPathError] = []

        /// Leaves out what is at the paths that `isOther`'s.
        mutating func leaveOut(_ isOther: (String) -> Bool) {
            files.removeAll { isOther($0.file.path.description) }
            folders.removeAll { isOther($0.path.description) }
            refused.removeAll { isOther($0.name) }
        }
    }

    private static func listing(
        of entries: [FATVolume.Entry], _ folders: [FATVolume.Entry], _ damages: [FATVolume.Damage]
    ) -> Listing {
        var refused = RefusedNames()
        let files = entries.enumerated().compactMap { number, entry in
            refused.path(of: entry.path.names).map {
                (number, MediaEntry(path: $0, byteCount: entry.byteCount, modified: entry.modified))
            }
        }
        let places = folders.compactMap { entry in
            refused.path(of: entry.path.names).map { MediaFolder(path: $0, modified: entry.modified) }
        }
        for damage in damages {
            if damage.path.isEmpty {
                // The root, by which nothing but all of the volume can be named.
                refused.insertDamage("/", in: nil, problem: damage.problem)
            } else if let path = refused.path(of: damage.path.names) {
                refused.insertDamage(path, problem: damage.problem)
            }
        }
        return Listing(files: files, folders: places, refused: refused.errors)
    }

    /// The volume that holds the files of an operating system image by the manifest, and what tells them from the media's.
    private static func imageVolume(
        _ listings: [Listing], _ volumes: [Volume], _ numbers: [Int], _ descriptor: FileDescriptor, _ path: FilePath
    ) -> (volume: Int, reader: NTFSVolumeReader, mask: MediaMask)? {
        let hasNTFS = volumes.contains { if case .ntfs = $0 { true } else { false } }
        guard hasNTFS else { return nil }
        let wanted = MediaManifest.path.caseFolded
        for (number, (volume, listing)) in zip(volumes, listings).enumerated() {
            guard let found = listing.files.first(where: { $0.file.path.caseFolded == wanted }) else { continue }
            guard found.file.byteCount <= MediaManifest.byteLimit,
                let bytes = try? bytes(of: found.number, found.file, on: volume, descriptor, path),
                let manifest = try? MediaManifest(decoding: bytes, of: path.string),
                let image = manifest.operatingSystemImage,
                case .volume(_, let partition) = image.tree, let index = numbers.firstIndex(of: partition),
                case .ntfs(let reader) = volumes[index]
            else { return nil }
            // Beside what boots, or beside the contents alone.
            func isThere(_ path: MediaPath) -> Bool { index == number || manifest.mediaType.isContent(path) }
            let mask = MediaMask(
                files: (manifest.files.map(\.path) + [found.file.path]).filter(isThere),
                folders: manifest.contents.map(\.folder).filter(isThere), sharedFolders: image.sharedFolders)
            return (index, reader, mask)
        }
        return nil
    }

    private static func bytes(
        of number: Int, _ file: MediaEntry, on volume: Volume, _ descriptor: FileDescriptor, _ path: FilePath
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(file.byteCount))
        try read(file, number, on: volume, descriptor, path) { bytes += $0 }
        return bytes
    }

    /// The first FAT volume: in a partition, the one that is started first, or without partitions.
    package static func fatVolume(in source: FileSource) throws -> FATVolume? {
        if let table = try PartitionTable(source) {
            for (_, partition) in inStartingOrder(table) {
                if let volume = try FATVolume(source, at: partition.offset) { return volume }
            }
        }
        return try FATVolume(source)
    }

    package func file(_ path: String) -> MediaEntry? { indices[path].map { files[$0] } }

    package func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let place = indices[file.path].map({ places[$0] }) else {
            throw FileError("read", path, .ioError)
        }
        try Self.read(file, place.number, on: volumes[place.volume], holder.descriptor, path, body)
    }

    private static func read(
        _ file: MediaEntry, _ number: Int, on volume: Volume, _ descriptor: FileDescriptor, _ path: FilePath,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch volume {
        case .ntfs(let reader): try MediaBuffer.withBuffer { try reader.read(number, buffer: $0, body) }
        case .fat(let volume, let entries):
            try storedBytes(of: file, entries[number], on: volume, descriptor, path).read(body)
        }
    }

    package func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool {
        guard let place = indices[file.path].map({ places[$0] }),
            case .fat(let volume, let entries) = volumes[place.volume]
        else { return false }
        try body(Self.storedBytes(of: file, entries[place.number], on: volume, holder.descriptor, path))
        return true
    }

    package func place(of file: MediaEntry) -> Int64? {
        guard let place = indices[file.path].map({ places[$0] }), file.byteCount > 0,
            case .fat(let volume, let entries) = volumes[place.volume]
        else { return nil }
        return (try? volume.extents(of: entries[place.number]))??.first?.lowerBound
    }

    package func stream(_ file: MediaEntry) throws -> any ByteStream {
        guard let place = indices[file.path].map({ places[$0] }),
            case .fat(let volume, let entries) = volumes[place.volume]
        else { return try PushedStream(of: self, file) }
        let stored = try Self.storedBytes(of: file, entries[place.number], on: volume, holder.descriptor, path)
        return StoredStream(stored, of: self)
    }

    private static func storedBytes(
        of file: MediaEntry, _ contents: FATVolume.Contents, on volume: FATVolume, _ descriptor: FileDescriptor,
        _ path: FilePath
    ) throws -> StoredBytes {
        guard let extents = try volume.extents(of: contents) else {
            if let shortfall = try shortfall(of: FileSource(descriptor, path: path), path) { throw shortfall }
            throw DriveImageError(
                .damaged, "file \(file.path) on \(path)",
                "is damaged: it should have \(file.byteCount) bytes, and its chain of clusters does not hold just these",
                nextStep: "write the media anew; the drive itself may be sound")
        }
        return StoredBytes(
            descriptor: descriptor, path: path,
            runs: extents.map { .init(offset: $0.lowerBound, byteCount: Int64($0.count)) })
    }

    /// What leads to the files and is damaged: boot code where it is not ours any more on a drive that we wrote, and
    /// tables.
    package func damagedParts(_ manifest: MediaManifest) throws -> [MediaVerification.Finding] {
        try damagedParts(manifest, comparesTables: true).map {
            .init(damagedPart: $0.rawValue, reason: $0.problem, isMended: $0.isWrittenByUpdate)
        }
    }

    /// Those of them that an update does not write: it compares the tables itself.
    package func damagedPartsBesideTables(_ manifest: MediaManifest) throws -> [DrivePart] {
        try damagedParts(manifest, comparesTables: false)
    }

    private func damagedParts(_ manifest: MediaManifest, comparesTables: Bool) throws -> [DrivePart] {
        let volumes = volumes.compactMap { if case .fat(let volume, _) = $0 { volume } else { nil } }
        let guid = manifest.mediaGuid
        return try DriveStructures.damagedParts(
            of: FileSource(holder.descriptor, path: path), volumes: volumes,
            identities: [DiskIdentity(driveOf: guid), DiskIdentity(computerDiskOf: guid)],
            comparesTables: comparesTables)
    }

    package func firmwareEntries() -> [FirmwareEntry] {
        looseFirmwareEntries(startsUnderBIOS: isActive).filter {
            $0.firmware != "uefi" || $0.loader.map(isOnFAT) == true
        }
    }

    /// Whether UEFI can read the file at `path`: it knows FAT alone (UEFI 2.10, 13.3).
    private func isOnFAT(_ path: MediaPath) -> Bool {
        guard let index = files.firstIndex(where: { $0.path == path }), case .fat = volumes[places[index].volume] else {
            return false
        }
        return true
    }
}
