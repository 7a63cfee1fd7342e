// SPDX-License-Identifier: GPL-3.0-or-later

import DiskImage
import Support
import SystemPackage

/// Media on a drive, on a partition, or in the image of a drive: a FAT volume, and what a data partition holds.
struct DriveMedia: OpenedMedia {
    private let path: FilePath
    private let volume: FATVolume
    private let holder: DescriptorHolder
    /// True when a BIOS starts the volume: its partition is active.
    private let isActive: Bool
    let label: String?
    let files: [MediaFile]
    /// The files of the volume in the same order, and where each is, by path without case.
    private let entries: [FATVolume.Entry]
    private let indices: [String: Int]
    /// The volume of the data partition and its files, which follow those of the FAT volume.
    private let data: DataPartitionReader?

    /// The files on the data partition.
    var dataFiles: ArraySlice<MediaFile> { files[entries.count...] }

    /// Reads the directories of the drive at `path`; nil when it holds no FAT volume.
    ///
    /// - Throws: `FileError`.
    init?(_ path: FilePath) throws {
        let holder = DescriptorHolder(try InputFile.open(path, allowsDevices: true))
        let source = try FileSource(holder.descriptor, path: path)
        guard let (volume, isActive) = try Self.volume(in: source) else { return nil }
        self.path = path
        self.volume = volume
        self.isActive = isActive
        self.holder = holder
        label = try volume.label()
        var files: [MediaFile] = []
        var entries: [FATVolume.Entry] = []
        for entry in try volume.entries() where !entry.isFolder {
            // What is no path of media, as `System Volume Information`'s odder guests may be, is no file of media.
            guard let path = try? MediaPath(entry.path) else { continue }
            files.append(MediaFile(path: path, byteCount: entry.byteCount))
            entries.append(entry)
        }
        data = try Self.dataPartition(in: source, besides: volume).flatMap {
            DataPartitionReader(holder.descriptor, path: path, range: $0)
        }
        for file in data?.files ?? [] {
            files.append(MediaFile(path: file.path, byteCount: file.byteCount))
        }
        self.files = files
        self.entries = entries
        indices = Dictionary(zip(files.lazy.map(\.path.caseFolded), files.indices)) { first, _ in first }
    }

    /// The first FAT volume: in a partition, the active one first, or without partitions.
    static func volume(in source: FileSource) throws -> (volume: FATVolume, isActive: Bool)? {
        if let table = try PartitionTable(source) {
            let partitions = table.partitions.filter(\.isActive) + table.partitions.filter { !$0.isActive }
            for partition in partitions {
                if let volume = try FATVolume(source, at: partition.offset) { return (volume, partition.isActive) }
            }
        }
        return try FATVolume(source).map { ($0, true) }
    }

    /// The second of two partitions, the first of which holds `volume`: so we divide a drive.
    private static func dataPartition(in source: FileSource, besides volume: FATVolume) throws -> Range<Int64>? {
        guard let partitions = try PartitionTable(source)?.partitions, partitions.count == 2,
            try FATVolume(source, at: partitions[0].offset)?.serial == volume.serial
        else { return nil }
        return partitions[1].range
    }

    func file(_ path: String) -> MediaFile? { indices[path.ordinalUpperCased].map { files[$0] } }

    func read(_ file: MediaFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let number = indices[file.path.caseFolded] else { throw FileError("read", path, .ioError) }
        if number >= entries.count, let data {
            return try MediaBuffer.withBuffer { try data.read(number - entries.count, buffer: $0, body) }
        }
        guard let extents = try volume.extents(of: entries[number]) else {
            throw FileError("read", path, .ioError)
        }
        try MediaBuffer.withBuffer { buffer in
            for extent in extents {
                try MediaBuffer.read(
                    holder.descriptor, path, from: extent.lowerBound, byteCount: Int64(extent.count), buffer: buffer,
                    body)
            }
        }
    }

    func firmwareEntries() -> [FirmwareEntry] { looseFirmwareEntries(startsUnderBIOS: isActive) }
}

/// Keeps a file open as long as anything reads from it.
private final class DescriptorHolder: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }
}
