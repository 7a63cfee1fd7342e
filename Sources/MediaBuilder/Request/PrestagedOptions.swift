// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DiskImage
import Support
import SystemPackage
import WindowsImaging

/// What only prestaged media has (docs/formats/media.md section 3).
public struct PrestagedOptions: Sendable {
    /// The package of the operating system image.
    public var operatingSystemImage: PackageID?
    /// The number of the image in it, from 1.
    public var operatingSystemImageIndex = 1
    /// Who made it.
    public var createdBy = ""
    /// Which version it is.
    public var version = ""
    /// What else is to be said.
    public var comment = ""
    /// How the archive is compressed.
    public var compression = WindowsImageCompression.fast
    /// Whether the archive gets an integrity table.
    public var hasIntegrityTable = false
    /// The bytes that a part may have; nil for one file.
    public var partByteCount: Int64?
    /// An earlier prestaged file, of which compressed contents are taken over.
    public var base: FilePath?
    /// The size in bytes of the smallest disk that the image of one is for; drives have their own.
    public var diskByteCount: Int64?
    /// How a disk is divided, where its partitions do not say it.
    public var partitionScheme: PartitionScheme?
    /// The partitions of a disk; nil for those of the task sequence.
    public var partitionLayout: PartitionLayout?

    /// No options.
    public init() {}
}

extension MediaRequest {
    /// The limits of New-CMPrestagedMedia in characters (docs/formats/media.md section 3).
    private static let createdByLimit = 50
    private static let versionLimit = 32
    private static let commentLimit = 127
    /// A smaller part would hold little besides its own lists.
    private static let smallestPartByteCount: Int64 = 1 << 20

    /// Refuses what only prestaged media asks for.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the option.
    func checkPrestaged() throws(MediaBuilderError) {
        try format == .drive ? checkDisk() : checkArchive()
        guard prestaged.operatingSystemImageIndex > 0 else {
            throw Self.bad(
                "--operating-system-image-index", "is \(prestaged.operatingSystemImageIndex)", "images count from 1")
        }
        try check("--created-by", prestaged.createdBy, Self.createdByLimit)
        try check("--version", prestaged.version, Self.versionLimit)
        try check("--comment", prestaged.comment, Self.commentLimit)
        if includesApplicationDependencies, catalog == nil {
            throw Self.bad("--include-application-dependencies", "needs a catalog", "add --catalog")
        }
    }

    private func checkArchive() throws(MediaBuilderError) {
        let ending = prestaged.partByteCount == nil ? "wim" : "swm"
        guard output.extension?.lowercased() == ending else {
            throw Self.bad(
                "--output", "\(output) does not end in .wim",
                "name a .wim file, or write a whole disk with --disk-image or --usb")
        }
        if prestaged.partitionScheme != nil || prestaged.partitionLayout != nil || prestaged.diskByteCount != nil {
            throw Self.bad(
                "--disk-size, --partition-scheme, --partition-layout", "are for disks, and \(output) is a WIM",
                "leave them out, or write a disk with --disk-image or --usb")
        }
        if let partByteCount = prestaged.partByteCount {
            guard partByteCount >= Self.smallestPartByteCount else {
                throw Self.bad("--split", "is \(partByteCount) bytes", "give at least 1MB")
            }
            guard prestaged.compression != .solid else {
                throw Self.bad(
                    "--split", "does not go with --compression solid, whose one resource cannot be cut",
                    "use --compression maximum")
            }
        }
    }

    private func checkDisk() throws(MediaBuilderError) {
        if !drive.devices.isEmpty, prestaged.diskByteCount != nil {
            throw Self.bad("--disk-size", "does not go with --usb: a drive has the size that it has", "leave it out")
        }
        if prestaged.hasIntegrityTable || prestaged.partByteCount != nil || prestaged.base != nil {
            throw Self.bad("--integrity-table, --split, --base", "are for a WIM, not for a disk", "leave them out")
        }
        if !(prestaged.createdBy + prestaged.version + prestaged.comment).isEmpty {
            throw Self.bad(
                "--created-by, --version, --comment", "are kept in a WIM; a disk has no place for them",
                "leave them out")
        }
    }

    private func check(_ option: String, _ text: String, _ limit: Int) throws(MediaBuilderError) {
        // The site counts UTF-16 units, as Windows does.
        guard text.utf16.count <= limit else {
            throw Self.bad(option, "has \(text.utf16.count) characters", "give at most \(limit)")
        }
        if text.onOneLine != text { throw Self.bad(option, "holds control characters", "give one line of text") }
    }
}
