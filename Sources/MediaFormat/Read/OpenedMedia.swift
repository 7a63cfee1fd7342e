// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import DriveImage
import Support
import SystemPackage

/// A file of media that exists.
public struct MediaEntry: Sendable, Equatable {
    /// Its place.
    public let path: MediaPath
    /// Its size in bytes.
    public let byteCount: Int64
    /// When it was changed; nil where that is not said.
    public let modified: Timestamp?

    init(path: MediaPath, byteCount: Int64, modified: Timestamp? = nil) {
        self.path = path
        self.byteCount = byteCount
        self.modified = modified
    }
}

/// Media that can be looked into: an image, a WIM, a drive or a folder.
package protocol OpenedMedia: Sendable {
    /// The volume label, where the medium has one.
    var label: String? { get }
    /// What the file systems that lead to its files are called, the one that they were read through first; nil where that
    /// cannot be told.
    var fileSystems: [String]? { get }
    /// Every file.
    var files: [MediaEntry] { get }
    /// Every folder, each behind the one that it is in.
    var folders: [MediaFolder] { get }
    /// What it holds and no file of media can be, by its name or by its kind; and what is damaged, so that files of it may be
    /// missing or others than they were.
    var refusedNames: [MediaPathError] { get }
    /// The file that is spelt `path`, or else the first without case.
    func file(_ path: String) -> MediaEntry?
    /// Hands the bytes of `file` to `body`, piece by piece and in order; when this returns, they are those by which the medium
    /// knows them, if it knows them by anything.
    func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
    /// The same for those who hash the bytes and know better what they should be.
    func readUnchecked(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Calls `body` with where the bytes of `file` lie; returns false, and calls nothing, when they are not there as they
    /// are.
    func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool
    /// The file of this computer that holds the bytes of `file` and nothing else; nil where they lie among others.
    func location(of file: MediaEntry) -> FilePath?
    /// Where the first byte of `file` lies, so that files are read in the order of the medium; nil where that is not known.
    func place(of file: MediaEntry) -> Int64?
    /// The bytes of `file`, one after the other.
    func stream(_ file: MediaEntry) throws -> any ByteStream
    /// The entries by which firmware starts the medium.
    func firmwareEntries() -> [FirmwareEntry]
    /// The volume that firmware starts by `entry`, whose image is no file; nil where there is none.
    func bootVolume(_ entry: FirmwareEntry) throws -> FATVolume?
    /// What is no file and not as it was written, on a medium that holds media with this manifest.
    func damagedParts(_ manifest: MediaManifest) throws -> [MediaVerification.Finding]
    /// What contradicts itself on a medium whose manifest cannot be found, and tells that there was one; nil where nothing does.
    func damageWithoutManifest() throws -> MediaVerification.Finding?
    /// How many images a WIM has beside the one whose files these are.
    var furtherImageCount: Int { get }
    /// What a WIM says about itself.
    var prestaged: PrestagedProperties? { get }
    /// The files of an operating system image at the root, which are none of ``files``; nil where there are none.
    var imageTree: MediaImageTree? { get }
    /// True for a drive and the image of one.
    var isDrive: Bool { get }
    /// True when files are read fastest in the order of ``files``.
    var prefersOrder: Bool { get }
}

extension OpenedMedia {
    /// Most say nothing of themselves beside the manifest.
    package func damageWithoutManifest() throws -> MediaVerification.Finding? { nil }

    package func readUnchecked(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try read(file, body)
    }

    package var furtherImageCount: Int { 0 }
    package var fileSystems: [String]? { nil }
    package var prestaged: PrestagedProperties? { nil }
    package var imageTree: MediaImageTree? { nil }
    package var prefersOrder: Bool { false }
    package var isDrive: Bool { false }
    package var folders: [MediaFolder] { [] }

    package func bootVolume(_ entry: FirmwareEntry) throws -> FATVolume? { nil }

    package func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool { false }

    package func damagedParts(_ manifest: MediaManifest) throws -> [MediaVerification.Finding] { [] }

    package func location(of file: MediaEntry) -> FilePath? { nil }

    package func place(of file: MediaEntry) -> Int64? { nil }

    package func stream(_ file: MediaEntry) throws -> any ByteStream { try PushedStream(of: self, file) }
}

/// One way in which firmware starts a medium.
package struct FirmwareEntry: Equatable {
    /// "bios" or "uefi".
    package let firmware: String
    /// The file that is started first, where it can be told.
    package let loader: MediaPath?
    /// Where the image begins that is started, in bytes, on a disc; nil elsewhere.
    package let offset: Int64?

    package init(firmware: String, loader: MediaPath?, offset: Int64? = nil) {
        self.firmware = firmware
        self.loader = loader
        self.offset = offset
    }
}

extension OpenedMedia {
    /// All bytes of `file`.
    ///
    /// - Throws: `FileError`; ``MediaFormatError`` `.notMedia` when it has more than `limit` bytes.
    package func contents(of file: MediaEntry, limit: Int = SmallFile.defaultLimit) throws -> [UInt8] {
        guard file.byteCount <= limit else {
            throw MediaFormatError(
                .notMedia, "file \(file.path)",
                "has \(file.byteCount) bytes, and no genuine one has more than \(limit)",
                nextStep: "check where the media comes from")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(file.byteCount))
        try read(file) { bytes += $0 }
        return bytes
    }
}

extension OpenedMedia {
    /// The first bytes of `file`, up to `byteCount`.
    package func start(of file: MediaEntry, byteCount: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try read(file) { piece in
                bytes += piece.prefix(byteCount - bytes.count)
                if bytes.count == byteCount { throw ReadEnough() }
            }
        } catch is ReadEnough {}
        return bytes
    }
}

/// Ends reading before the end of a file.
private struct ReadEnough: Error {}

/// Opens media by what it is.
package enum MediaOpening {
    /// Opens the image, WIM, drive or folder at `path`.
    ///
    /// - Parameter separatesImage: whether the files of an operating system image at the root are left to
    ///   ``OpenedMedia/imageTree``, rather than being files like any other.
    /// - Throws: errors of reading; ``MediaFormatError`` `.notMedia` for what is none of these, and for files whose sizes
    ///   cannot be: none is negative, and their sum is one that can be computed with.
    package static func open(_ path: FilePath, separatesImage: Bool = true) throws -> any OpenedMedia {
        let media = try read(path, separatesImage)
        guard ByteTotal.sum(media.files.lazy.map(\.byteCount)) != nil else {
            throw MediaFormatError(
                .notMedia, "\(path)",
                "has files that claim more than \(ByteTotal.limitText) together, which no media has",
                nextStep: "check where it comes from, and get a fresh copy of it")
        }
        return media
    }

    /// The first bytes of a frame, little-endian (RFC 8878, 3.1.1).
    private static let zstandardMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private static func read(_ path: FilePath, _ separatesImage: Bool) throws -> any OpenedMedia {
        let status = try FileError.wrap("opened", path) { try Stat(path) }
        if status.type == .directory { return try FolderMedia(path) }
        if try WIMMedia.begins(path, with: zstandardMagic) {
            throw MediaFormatError(
                .notMedia, "\(path)", "is compressed with Zstandard",
                nextStep: "unpack it with zstd -d, or copy it to a drive")
        }
        if try WIMMedia.isArchive(path) { return try WIMMedia(path, separatesImage: separatesImage) }
        // Discs may hold a partition table as well, drives of ours no disc: what they held before is wiped.
        do {
            return try DiscMedia(path)
        } catch let error as DiscImageError where error.code == .notADisc {
            if let drive = try DriveMedia(path, separatesImage: separatesImage) { return drive }
            throw MediaFormatError(
                .notMedia, "\(path)", "is neither an ISO 9660 or UDF image nor a drive with a FAT volume",
                nextStep: "name an .iso or .img image, a drive, or a folder")
        }
    }
}
