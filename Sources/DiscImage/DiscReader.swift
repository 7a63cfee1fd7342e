// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The files and boot entries of a disc image, read without trusting it.
///
/// The tree is the one that Windows reads: UDF, else Joliet, else ISO 9660, there with the names that Rock Ridge has, or
/// else the long ones of 1999. Genuine media has UDF and beside it an ISO 9660 tree with nothing but a note.
public struct DiscReader: Sendable {
    /// The volume label.
    public let label: String
    /// Every file and folder, in the order of the directories.
    public let entries: [DiscEntry]
    /// The names that no path can have, what lies below which is not among the entries; and what is damaged, or all in it,
    /// which may be missing among the entries, or there and another than it was.
    public let refusedNames: [MediaPathError]
    /// The entries of the boot catalog; empty when the image is not bootable.
    public let bootRecords: [DiscBootRecord]
    /// The file systems that lead to files; the entries are those of the first.
    public let fileSystems: [DiscVolumeFileSystem]
    /// The size of the image in bytes, as its first volume descriptor says: a drive that it was written to may have more.
    public private(set) var imageByteCount: Int64 = 0
    /// Whether the disc says of its structures what they are: then it is ours, and nobody else's disc of our files.
    public let hasStatement: Bool
    /// Whether the disc says that some of its blocks are those of a drive that it is too.
    public let saysDrive: Bool
    /// The trees that have to hold the same files; beside UDF of somebody else's anything may be.
    let ownTrees: [Tree]
    /// The one that was read; nil where UDF was.
    let readTree: DiscPart?
    /// False when the entries of a UDF of ours are not as they were written.
    let hasSoundEntries: Bool
    /// Where each entry is in ``entries``, by path without case.
    private let indices: NameIndex

    /// A tree of ISO 9660 or Joliet.
    struct Tree {
        let part: DiscPart
        let volume: VolumeDescriptors.Volume

        var fileSystem: DiscVolumeFileSystem { part == .jolietTree ? .joliet : .iso9660 }
    }

    /// Reads the structures of the image at `path`.
    ///
    /// - Throws: ``DiscImageError`` `.notADisc` or `.damaged`; `FileError` when it cannot be read.
    public init(path: FilePath) throws {
        let descriptor = try InputFile.open(path, allowsDevices: true)
        self = try descriptor.closeAfter { try DiscReader(descriptor, path: path) }
    }

    /// Reads the structures of the image that is open as `descriptor`, and called `path` in messages.
    ///
    /// - Throws: as ``init(path:)``.
    public init(_ descriptor: FileDescriptor, path: FilePath) throws {
        let source = try FileSource(descriptor, path: path)
        try Self.requireWhole(source, name: path.string)
        try self.init(source, name: path.string)
        imageByteCount = try VolumeDescriptors.statedByteCount(source, name: path.string) ?? source.byteCount
    }

    /// Refuses an image that has fewer bytes than its volume descriptor says.
    private static func requireWhole(_ source: FileSource, name: String) throws(DiscImageError) {
        guard let stated = try VolumeDescriptors.statedByteCount(source, name: name), stated > source.byteCount else {
            return
        }
        throw DiscImageError(
            .damaged, "\(name)", "is cut short: it has \(source.byteCount) bytes of \(stated)",
            nextStep: "copy the image again, or build it again")
    }

    /// Reads the structures from `blocks`, which hold the image called `name` in messages.
    init(
        _ blocks: some ByteSource, name: String, within bounds: DiscLimits.Bounds = DiscLimits.Bounds()
    ) throws(DiscImageError) {
        let descriptors = try VolumeDescriptors(blocks, name: name)
        let trees = Self.trees(descriptors)
        if descriptors.announcesUDF, let volume = try UDFVolume(blocks, name: name, bounds) {
            label = volume.label
            entries = volume.entries
            refusedNames = volume.refused.errors
            (ownTrees, readTree, hasSoundEntries) = (volume.isOurs ? trees : [], nil, volume.isSound)
            fileSystems = [.udf(revision: volume.revision)] + trees.map(\.fileSystem)
        } else if let tree = trees.first {
            guard !descriptors.announcesUDF else {
                // What lies beside UDF may be a note alone, as on genuine media.
                throw DiscImageError.damaged(
                    name, "it has UDF, and none of the anchors that lead to it is as it was written")
            }
            let rockRidge =
                try descriptors.joliet == nil ? RockRidge(root: tree.volume.root, blocks, name: name) : nil
            // What tells of two names of one file the longer; neither is compared with the other.
            let enhanced = descriptors.joliet == nil && rockRidge == nil ? descriptors.enhanced : nil
            let volume = enhanced ?? tree.volume
            guard volume.orders != .contradictory else {
                throw DiscImageError.damaged(
                    name, "the volume descriptor of its \(tree.fileSystem.title) contradicts itself")
            }
            label = volume.label
            var walk = DirectoryWalk(
                blocks, name: name, encoding: volume.encoding, orders: volume.orders, rockRidge: rockRidge, bounds)
            var found: [DiscEntry] = []
            try walk.run(root: volume.root) { found.append($0) }
            entries = found
            refusedNames = walk.refused.errors
            (ownTrees, readTree, hasSoundEntries) = (trees, tree.part, true)
            fileSystems =
                (rockRidge == nil ? [] : [.rockRidge]) + (enhanced == nil ? [] : [.enhanced]) + trees.map(\.fileSystem)
        } else if try VolumeDescriptors.areContinued(in: blocks, name: name) {
            throw DiscImageError.damaged(name, "its first volume descriptor is not there")
        } else {
            throw DiscImageError(
                .notADisc, "\(name)", "is neither an ISO 9660 nor a UDF image",
                nextStep: "name an .iso image or a folder")
        }
        let statement = try StructureStatement.find(in: blocks, name: name)
        hasStatement = statement != .none
        if case .statement(let found) = statement { saysDrive = !found.others.isEmpty } else { saysDrive = false }
        if entries.isEmpty, hasStatement, (try? StructureCheck(blocks, name: name).areSound([])) == false {
            throw DiscImageError.damaged(name, "its folders lead to no file")
        }
        indices = NameIndex(entries.lazy.map(\.path))
        bootRecords =
            try descriptors.bootCatalogBlock.map { block throws(DiscImageError) in
                try BootCatalog.read(blocks, block: block, name: name)
            } ?? []
    }

    /// The trees beside UDF, that of Joliet first, as Windows has it.
    private static func trees(_ descriptors: VolumeDescriptors) -> [Tree] {
        [(DiscPart.jolietTree, descriptors.joliet), (.primaryTree, descriptors.primary)].compactMap { part, volume in
            volume.map { Tree(part: part, volume: $0) }
        }
    }

    /// The entry named `path`, without case.
    public func entry(_ path: MediaPath) -> DiscEntry? { indices[path].map { entries[$0] } }
}

extension ByteSource {
    /// Bytes that may lie beyond the end of the image called `name`; then there are none.
    func read(at offset: Int64, length: Int, of name: String) throws(DiscImageError) -> [UInt8]? {
        do { return try bytes(at: offset, length: length) } catch {
            throw DiscImageError(
                .unreadable, "\(name)", "could not be read: \(error.errno)", nextStep: "check the disk")
        }
    }

    /// Bytes that must be there, or the image is damaged.
    func require(at offset: Int64, length: Int, _ what: String, of name: String) throws(DiscImageError) -> ByteReader {
        if let bytes = try read(at: offset, length: length, of: name) { return ByteReader(bytes) }
        throw DiscImageError(
            .damaged, "\(name)", "is damaged or cut short: \(what) is not there",
            nextStep: "build or copy the image again")
    }
}
