// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A part of a disc that is no file, and without which firmware does not find the files.
public enum DiscPart: Sendable, Equatable {
    /// The entry of the boot catalog for a firmware.
    case bootEntry(DiscFirmware)
    /// The tree of ISO 9660 beside that of Joliet or UDF: boot sectors read the one, Windows the other.
    case primaryTree
    /// The tree of Joliet beside that of UDF: what knows no UDF reads it.
    case jolietTree
    /// The lists of all folders of the tree of ISO 9660 (ECMA-119 9.4).
    case primaryPathTables
    /// The same of the tree of Joliet.
    case jolietPathTables
    /// The volume descriptors of ISO 9660 and Joliet, and the boot record.
    case volumeDescriptors
    /// A structure of UDF.
    case udf(UDFPart)
    /// Anything that is no file and that the disc's own statement is about.
    case structures

    /// What of UDF leads to its files.
    public enum UDFPart: Sendable, Equatable, CaseIterable {
        /// That the disc has UDF.
        case recognition
        /// What leads to the descriptors, in the blocks where it is looked for.
        case firstAnchor, lastAnchor
        /// The descriptors of the volume, which are there twice.
        case mainSequence, reserveSequence
        /// That the volume is whole, and how much is in it.
        case integrity
        /// What leads to the root.
        case fileSet
        /// Those of files and folders, and their names.
        case entries
    }

    /// What it is called.
    public var name: String {
        switch self {
        case .bootEntry: "boot catalog"
        case .primaryTree: "ISO 9660 tree"
        case .jolietTree: "Joliet tree"
        case .primaryPathTables: "ISO 9660 path tables"
        case .jolietPathTables: "Joliet path tables"
        case .volumeDescriptors: "ISO 9660 volume descriptors"
        case .udf(.recognition): "UDF recognition sequence"
        case .udf(.firstAnchor): "first UDF anchor"
        case .udf(.lastAnchor): "last UDF anchor"
        case .udf(.mainSequence): "UDF volume descriptors"
        case .udf(.reserveSequence): "reserve UDF volume descriptors"
        case .udf(.integrity): "UDF integrity descriptor"
        case .udf(.fileSet): "UDF file set"
        case .udf(.entries): "UDF entries"
        case .structures: "disc structures"
        }
    }

    /// What is wrong with it when it is damaged, to follow its name.
    public var problem: String {
        switch self {
        case .bootEntry(.bios): "has no entry by which a BIOS starts the disc"
        case .bootEntry(.uefi): "has no entry by which UEFI starts the disc"
        case .primaryTree: "does not lead to the files as the one that Windows reads does, and a BIOS reads it"
        case .jolietTree: "does not lead to the files as UDF does, and what knows no UDF reads it"
        case .primaryPathTables, .jolietPathTables:
            "do not lead to the folders of the tree, and some readers go by them"
        case .volumeDescriptors: "are not those that the disc was made with, and all readers of ISO 9660 begin there"
        case .udf(.recognition): "does not say that the disc has UDF, so that Windows shows another tree"
        case .udf(.firstAnchor): "does not lead to the UDF of the disc, and readers look there first"
        case .udf(.lastAnchor): "does not lead to the UDF of the disc, and readers that miss the first look there"
        case .udf(.mainSequence): "are damaged, and readers of UDF begin there"
        case .udf(.reserveSequence): "are damaged, and readers that cannot read the first begin there"
        case .udf(.integrity): "does not say that the volume is whole"
        case .udf(.fileSet): "is damaged, and leads to all files"
        case .udf(.entries): "are damaged, and lead to the files"
        case .structures: "are not those that the disc was made with: names, times or places of files, or its tables"
        }
    }
}

extension DiscReader {
    /// No genuine boot image has more bytes.
    private static let bootImageByteLimit: Int64 = 64 << 20
    /// El Torito 1.0, 2.2: the unit in which firmware counts what it loads.
    private static let loadSectorByteCount: Int64 = 512

    /// The parts of the disc at `path` that contradict its files, each once.
    ///
    /// - Parameter bootImages: what each firmware has to start.
    /// - Throws: ``DiscImageError``, `FileError`.
    public func damagedParts(of path: FilePath, bootImages: [DiscFirmware: DiscEntry]) throws -> [DiscPart] {
        let descriptor = try InputFile.open(path, allowsDevices: true)
        return try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: path)
            return try damagedParts(source, name: path.string, bootImages: bootImages)
        }
    }

    /// Those of the disc in `source`, which is called `name` in messages.
    func damagedParts(
        _ source: some ByteSource, name: String, bootImages: [DiscFirmware: DiscEntry]
    ) throws -> [DiscPart] {
        var parts: [DiscPart] = []
        for (firmware, image) in bootImages.sorted(by: { $0.key.platformID < $1.key.platformID })
        where try !bootRecords.contains(where: { try Self.starts($0, firmware, image, source) }) {
            parts.append(.bootEntry(firmware))
        }
        for tree in ownTrees {
            let isOther = tree.part != readTree
            if isOther, try !agrees(tree, source, name: name) {
                parts.append(tree.part)
            } else {
                // What is damaged in the tree that was read shows in its files.
                parts += try TreeCheck(tree, source, name: name).damagedParts()
                    .filter { isOther || $0 != tree.part }
            }
        }
        if !hasSoundEntries { parts.append(.udf(.entries)) }
        parts += try BridgeCheck(source, name: name).damagedParts()
        // Whatever those above do not name.
        if parts.isEmpty, try !StructureCheck(source, name: name).areSound(entries) { parts.append(.structures) }
        return parts
    }

    /// True when `record` makes `firmware` start all of `image`, whose bytes may be on the disc a second time for it.
    private static func starts(
        _ record: DiscBootRecord, _ firmware: DiscFirmware, _ image: DiscEntry, _ source: some ByteSource
    ) throws(FileError) -> Bool {
        guard record.isBootable, record.firmware == firmware, image.byteCount <= bootImageByteLimit else {
            return false
        }
        let sectors = (image.byteCount + loadSectorByteCount - 1) / loadSectorByteCount
        // UEFI takes 0 and 1 for everything up to the end (UEFI 2.10, 13.3.2.1).
        let loadsAll = Int64(record.loadSectorCount) >= min(sectors, Int64(UInt16.max))
        guard loadsAll || firmware == .uefi && record.loadSectorCount <= 1 else { return false }
        guard let offset = image.contiguousOffset, offset != record.offset else { return image.contiguousOffset != nil }
        let length = Int(image.byteCount)
        guard let bytes = try source.bytes(at: record.offset, length: length) else { return false }
        return try source.bytes(at: offset, length: length) == bytes
    }

    /// True when `tree` has every content of the one that was read, and under the same name what has a name that both
    /// write alike.
    private func agrees(_ tree: Tree, _ source: some ByteSource, name: String) throws(DiscImageError) -> Bool {
        func isKept(_ path: MediaPath) -> Bool {
            tree.volume.encoding == .singleByte ? Self.isPlain(path) : path.components.allSatisfy(CutName.isCarried)
        }
        var places: Set<Place> = []
        var named: [CaseFoldedName: Place] = [:]
        var walk = DirectoryWalk(
            source, name: name, encoding: tree.volume.encoding, orders: tree.volume.orders)
        do throws(DiscImageError) {
            try walk.run(root: tree.volume.root) { entry throws(DiscImageError) in
                guard !entry.isFolder else { return }
                let place = Place(entry)
                places.insert(place)
                if isKept(entry.path) { named[entry.path.caseFolded] = place }
            }
        } catch {
            guard error.code == .damaged else { throw error }
            return false
        }
        return entries.allSatisfy { entry in
            guard !entry.isFolder else { return true }
            let place = Place(entry)
            return places.contains(place) && (!isKept(entry.path) || named[entry.path.caseFolded] == place)
        }
    }

    /// Where the bytes of a file begin, and how many it has; the place of none does not matter.
    private struct Place: Hashable {
        let offset: Int64
        let byteCount: Int64

        init(_ entry: DiscEntry) {
            offset = entry.extents.first?.offset ?? 0
            byteCount = entry.byteCount
        }
    }

    /// True for a path that no level of ISO 9660 changes but for the case: a few folders, names of eight and three
    /// letters and digits (ECMA-119 7.5, 10.1).
    private static func isPlain(_ path: MediaPath) -> Bool {
        func isPlain(_ part: Substring.UTF8View, _ limit: Int) -> Bool {
            part.count <= limit
                && part.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
                }
        }
        let names = path.description.utf8.split(separator: UInt8(ascii: "/"))
        return names.count < 8
            && names.allSatisfy { name in
                let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                return !parts[0].isEmpty && parts.count <= 2 && isPlain(parts[0], 8)
                    && (parts.count == 1 || isPlain(parts[1], 3))
            }
    }
}
