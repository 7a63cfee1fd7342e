// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage
import YAML

/// How somebody wants the disk of prestaged media to be divided.
public struct PartitionLayout: Sendable, Equatable {
    /// The partitions.
    public let division: DiskDivision
    /// The index of the partition that content goes to, where it was said.
    public let contentPartition: Int?
    /// The file that says so.
    public let source: String
}

/// Reads partition layouts: YAML with `scheme` and a list `partitions` (docs/prestaged.md).
public enum PartitionLayoutFile {
    private static let keys = ["scheme", "partitions"]
    private static let partitionKeys = ["type", "size", "fileSystem", "label", "active", "content"]
    private static let byteLimit = 1 << 20
    /// More than any disk has, and far below the limits of numbers.
    private static let largestByteCount: Int64 = 1 << 50

    /// Reads the layout in the file at `path`.
    ///
    /// - Throws: `FileError`; `YAMLError`, each with its line.
    public static func read(_ path: FilePath) throws -> PartitionLayout {
        let source = path.string
        let bytes = try SmallFile.read(path, limit: byteLimit)
        let root = try YAMLMapping(
            try YAMLReader.read(bytes, source: source), "a partition layout", keys: keys, source: source)
        let text = try root.requiredText("scheme", "a partition layout")
        guard let scheme = PartitionScheme(rawValue: text.lowercased()) else {
            throw unexpected(source, root.location(of: "scheme"), "scheme '\(text)' is neither gpt nor mbr")
        }
        var partitions: [DividedPartition] = []
        var contentPartition: Int?
        for node in try root.nodes("partitions") {
            let entry = try YAMLMapping(node, "a partition", keys: partitionKeys, source: source)
            if try flag(entry, "content", source) {
                guard contentPartition == nil else {
                    throw unexpected(source, node.location, "content goes to one partition, and this is the second")
                }
                contentPartition = partitions.count
            }
            partitions.append(try partition(entry, source))
        }
        return PartitionLayout(
            division: DiskDivision(scheme: scheme, partitions: partitions), contentPartition: contentPartition,
            source: source)
    }

    private static func partition(_ entry: YAMLMapping, _ source: String) throws(YAMLError) -> DividedPartition {
        let type = try entry.requiredText("type", "a partition")
        guard let purpose = PartitionPurpose(rawValue: type.lowercased()) else {
            let known = PartitionPurpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw unexpected(source, entry.location(of: "type"), "type '\(type)' is none of \(known)")
        }
        let text = try entry.requiredText("size", "a partition")
        let size: PartitionSize
        do throws(ByteCountTextError) { size = try self.size(text) } catch {
            throw unexpected(source, entry.location(of: "size"), "size '\(text)' \(error.problem), or a share: 99%")
        }
        let name = try entry.text("fileSystem")
        let fileSystem = name.flatMap { VolumeFileSystem(rawValue: $0.lowercased()) }
        if let name, fileSystem == nil, name.lowercased() != "none" {
            throw unexpected(
                source, entry.location(of: "fileSystem"), "file system '\(name)' is none of fat32, ntfs, none")
        }
        let isDefault = name == nil
        return DividedPartition(
            purpose: purpose, size: size,
            fileSystem: isDefault ? purpose.usualFileSystem : fileSystem, label: try entry.text("label") ?? "",
            isActive: try flag(entry, "active", source))
    }

    private static func flag(_ entry: YAMLMapping, _ key: String, _ source: String) throws(YAMLError) -> Bool {
        switch try entry.text(key)?.lowercased() {
        case nil, "false": return false
        case "true": return true
        case .some(let text):
            throw unexpected(source, entry.location(of: key), "\(key) '\(text)' is neither true nor false")
        }
    }

    private static func size(_ text: String) throws(ByteCountTextError) -> PartitionSize {
        if text.hasSuffix("%") {
            guard let share = Int(text.dropLast()), (1...100).contains(share) else {
                throw ByteCountTextError(problem: "is not 1% to 100%")
            }
            return .percentOfFree(share)
        }
        let bytes = try ByteCountText.parse(text)
        guard bytes <= largestByteCount else { throw ByteCountTextError(problem: "is more than any disk has") }
        return .bytes(bytes)
    }

    private static func unexpected(_ source: String, _ location: YAMLLocation, _ problem: DiagnosticText) -> YAMLError {
        YAMLError(.unexpected, source: source, location: location, problem: problem, nextStep: "see docs/prestaged.md")
    }
}

extension PartitionPurpose {
    /// What such a partition is formatted with when nobody says otherwise (docs/formats/task-sequence.md section 4).
    var usualFileSystem: VolumeFileSystem? {
        switch self {
        case .efi: .fat32
        case .msr: nil
        case .basic, .recovery: .ntfs
        }
    }
}
