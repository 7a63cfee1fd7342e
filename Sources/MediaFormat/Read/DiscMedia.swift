// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import ContentTransfer
import DiscImage
import DriveImage
import Support
import SystemPackage

/// Media in an ISO image, or on a disc in a drive.
package struct DiscMedia: OpenedMedia {
    private let path: FilePath
    private let holder: DescriptorHolder
    private let reader: DiscReader
    /// The drive that it is too; nil for a disc alone.
    private let drive: HybridDrive?
    package let files: [MediaEntry]

    /// Reads the directories of the image at `path`.
    package init(_ path: FilePath) throws {
        self.path = path
        holder = DescriptorHolder(try InputFile.open(path, allowsDevices: true))
        reader = try DiscReader(holder.descriptor, path: path)
        files = reader.entries.compactMap { $0.isFolder ? nil : MediaEntry($0) }
        drive = try HybridDrive(
            try FileSource(holder.descriptor, path: path), byteCount: reader.imageByteCount)
    }

    package func file(_ path: String) -> MediaEntry? {
        guard let path = try? MediaPath(path), let entry = reader.entry(path), !entry.isFolder else { return nil }
        return MediaEntry(entry)
    }

    package var folders: [MediaFolder] {
        reader.entries.compactMap { $0.isFolder ? MediaFolder(path: $0.path, modified: $0.modified) : nil }
    }

    package var label: String? { reader.label }

    package var fileSystems: [String]? { reader.fileSystems.map(\.title) + [drive?.title].compactMap { $0 } }

    /// Whether the disc is a drive too.
    package var isHybrid: Bool { drive != nil }

    package var refusedNames: [MediaPathError] { reader.refusedNames }

    package func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try storedBytes(of: file).read(body)
    }

    package func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool {
        try body(storedBytes(of: file))
        return true
    }

    package func place(of file: MediaEntry) -> Int64? { reader.entry(file.path)?.extents.first?.offset }

    package func stream(_ file: MediaEntry) throws -> any ByteStream {
        StoredStream(try storedBytes(of: file), of: self)
    }

    private func storedBytes(of file: MediaEntry) throws(FileError) -> StoredBytes {
        guard let entry = reader.entry(file.path), !entry.isFolder else {
            throw FileError("read", path, .noSuchFileOrDirectory)
        }
        return StoredBytes(
            descriptor: holder.descriptor, path: path,
            runs: entry.extents.map { .init(offset: $0.isHole ? nil : $0.offset, byteCount: $0.byteCount) })
    }

    /// What leads to the files and contradicts them: a boot image that the manifest lists is there to be started.
    package func damagedParts(_ manifest: MediaManifest) throws -> [MediaVerification.Finding] {
        var images: [DiscFirmware: DiscEntry] = [:]
        for (firmware, image) in [DiscFirmware.bios: BootFileTable.biosBootImage, .uefi: BootFileTable.uefiBootImage] {
            let path = try MediaPath(image)
            if manifest.files.contains(where: { $0.path == path }) { images[firmware] = reader.entry(path) }
        }
        let parts = try reader.damagedParts(of: path, bootImages: images)
        return try parts.map { .init(damagedPart: $0.name, reason: $0.problem) }
            + (drive?.findings(manifest, reader) ?? lostDrive)
    }

    /// That nothing leads to the drive any more that the disc says it is too.
    private var lostDrive: [MediaVerification.Finding] {
        guard reader.saysDrive else { return [] }
        let part = DrivePart.primaryTable
        let reason = "is gone, and so is its backup: no stick with it starts"
        return [.init(damagedPart: part.rawValue, reason: reason)]
    }

    package func damageWithoutManifest() throws -> MediaVerification.Finding? {
        guard reader.hasStatement else { return nil }
        return try reader.damagedParts(of: path, bootImages: [:]).first.map {
            .init(damagedPart: $0.name, reason: $0.problem)
        }
    }

    package func firmwareEntries() -> [FirmwareEntry] {
        let entries = reader.bootRecords.filter(\.isBootable).compactMap { record -> FirmwareEntry? in
            guard let firmware = record.firmware else { return nil }
            let image = reader.entries.first { $0.extents.first?.offset == record.offset }
            return FirmwareEntry(firmware: firmware.rawValue, loader: image?.path, offset: record.offset)
        }
        return entries + (drive?.title == nil ? [] : looseFirmwareEntries(startsUnderBIOS: false))
    }

    package func bootVolume(_ entry: FirmwareEntry) throws -> FATVolume? {
        guard let offset = entry.offset else { return nil }
        return try FATVolume(FileSource(holder.descriptor, path: path), at: offset)
    }
}

extension MediaEntry {
    fileprivate init(_ entry: DiscEntry) {
        self.init(path: entry.path, byteCount: entry.byteCount, modified: entry.modified)
    }
}
