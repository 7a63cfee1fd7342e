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

    /// What it is called.
    public var name: String {
        switch self {
        case .bootEntry: "boot catalog"
        case .primaryTree: "ISO 9660 tree"
        case .jolietTree: "Joliet tree"
        }
    }

    /// What is wrong with it when it is damaged, to follow its name.
    public var problem: String {
        switch self {
        case .bootEntry(.bios): "has no entry by which a BIOS starts the disc"
        case .bootEntry(.uefi): "has no entry by which UEFI starts the disc"
        case .primaryTree: "does not lead to the files as the one that Windows reads does, and a BIOS reads it"
        case .jolietTree: "does not lead to the files as UDF does, and what knows no UDF reads it"
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
            var parts: [DiscPart] = []
            for (firmware, image) in bootImages.sorted(by: { $0.key.platformID < $1.key.platformID })
            where try !bootRecords.contains(where: { try Self.starts($0, firmware, image, source) }) {
                parts.append(.bootEntry(firmware))
            }
            for tree in otherTrees where try !agrees(tree, source, name: path.string) { parts.append(tree.part) }
            return parts
        }
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
        var places: Set<Int64> = []
        var named: [CaseFoldedName: Int64] = [:]
        var walk = DirectoryWalk(source, name: name, encoding: tree.volume.encoding)
        do throws(DiscImageError) {
            try walk.run(root: tree.volume.root) { entry throws(DiscImageError) in
                guard let first = entry.extents.first else { return }
                places.insert(first.offset)
                if isKept(entry.path) { named[entry.path.caseFolded] = first.offset }
            }
        } catch {
            guard error.code == .damaged else { throw error }
            return false
        }
        return entries.allSatisfy { entry in
            guard let first = entry.extents.first else { return true }
            return places.contains(first.offset)
                && (!isKept(entry.path) || named[entry.path.caseFolded] == first.offset)
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
