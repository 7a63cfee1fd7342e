// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import MediaFormat
import Support

/// Lays prestaged media out on a disk for a computer: what boots on the partition that firmware starts, the cache on
/// that for Windows.
struct ComputerDiskPlanner: VolumePlanner {
    let format: ComputerDiskFormat
    let frame: VolumeFrame
    let division: ComputerDiskDivision

    var facts: [String] {
        let partitions = division.division.partitions.map { partition in
            "\(partition.purpose.rawValue) \(partition.fileSystem?.rawValue ?? "none") \(partition.isActive)"
                + " \(partition.size.fact) '\(partition.label)' '\(partition.tableName ?? "")'"
        }
        return [
            "computer disk", String(deviceByteCount), String(format.sectorByteCount ?? 512),
            division.division.scheme.rawValue, String(division.bootPartition), String(division.contentPartition),
            String(division.isExact), frame.appliedByteCount.map { String($0) } ?? "",
        ] + partitions
    }

    /// Room in bytes that a boot partition has besides what is put there, when it is enlarged: Windows Setup brings its
    /// own boot files (fonts and languages, some 30 MB).
    private static let bootSlackByteCount: Int64 = 100 << 20

    /// Where everything lies on the disk; disks that are written together have the layout of the smallest.
    ///
    /// - Throws: `DriveImageError`: names, sizes, a missing formatter; ``MediaBuilderError`` `.badContent` when firmware
    ///   would find nothing to start.
    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        let isOne = division.bootPartition == division.contentPartition
        if !isOne {
            contents.files =
                contents.files.filter { !isContent($0.path) } + contents.files.filter { isContent($0.path) }
        }
        let bootCount = isOne ? contents.files.count : contents.files.firstIndex { isContent($0.path) }
        let (files, folders) = (contents.files, contents.folders)
        let boot = files[..<(bootCount ?? files.count)].map { DiskFile($0.file) }
        try requireLoader(boot)
        if division.division.partitions.contains(where: { $0.fileSystem == .ntfs }) {
            try NTFSFormatter.requireProgram()
        }
        let tree = frame.extractedImage?.treePlan
        var volumes = [
            division.bootPartition: DividedDisk.Content(
                firstFile: 0, files: boot, folders: isOne ? folders : folders.filter { !isContent($0) },
                tree: isOne ? tree : nil)
        ]
        if !isOne {
            volumes[division.contentPartition] = DividedDisk.Content(
                firstFile: boot.count, files: files[boot.count...].map { DiskFile($0.file) },
                folders: folders.filter(isContent), tree: tree)
        }
        var disk = DividedDisk(
            division: division.division, contents: volumes,
            identity: DiskIdentity(computerDiskOf: frame.manifest.mediaGUID),
            created: frame.manifest.created, deviceByteCount: deviceByteCount,
            sectorByteCount: format.sectorByteCount ?? 512)
        if !division.isExact { try enlargeBootPartition(of: &disk) }
        return DriveVolume(
            disk: try DiskLayout(disk), image: frame.extractedImage, packaging: format.packaging,
            output: frame.request.output)
    }

    private var deviceByteCount: Int64 {
        let byteCount = format.deviceByteCount ?? format.diskByteCount ?? 0
        return byteCount - byteCount % 512
    }

    /// Whether `path` lies in the first folder of the client's cache.
    private func isContent(_ path: MediaPath) -> Bool { frame.manifest.mediaType.isContent(path) }

    /// A step of a task sequence is made for a disk without boot image; it would leave too little room for one.
    private func enlargeBootPartition(of disk: inout DividedDisk) throws {
        let index = division.bootPartition
        guard case .bytes(let byteCount) = disk.division.partitions[index].size,
            let needed = try disk.neededByteCount(ofPartition: index), byteCount < needed
        else { return }
        disk.division.partitions[index].size = .bytes(needed + Self.bootSlackByteCount)
    }

    /// What the disk has otherwise than was asked for, and where things are.
    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        guard let layout = volumes.first?.disk else { return VolumeRemarks() }
        let partitions = division.division.partitions
        func title(_ index: Int) -> String {
            let label = partitions[index].label
            return "partition \(index + 1)"
                + (label.isEmpty ? " (\(partitions[index].purpose.rawValue))" : " '\(label)'")
        }
        let laidOut = layout.partitionSummaries
        var warnings: [DiagnosticText] = []
        if case .bytes(let asked) = partitions[division.bootPartition].size {
            let got = Int64(laidOut[division.bootPartition].range.count)
            if got - asked >= 1 << 20 {
                warnings.append(
                    "\(title(division.bootPartition)) would have \(asked >> 20) MB by \(division.origin), too little for"
                        + " what boots: it gets \(got >> 20) MB")
            }
        }
        let content = laidOut[division.contentPartition]
        let free = Int64(content.range.count) - content.contentByteCount
        if frame.extractedImage == nil, let appliedByteCount = frame.appliedByteCount, appliedByteCount > free {
            warnings.append(
                "\(title(division.contentPartition)) has \(free) bytes left beside the content, and the operating system"
                    + " image takes \(appliedByteCount) when it is applied: use a larger disk")
        }
        return VolumeRemarks(
            warnings: warnings,
            notes: [
                "the disk is divided by \(division.origin): \(title(division.bootPartition)) boots,"
                    + " \(title(division.contentPartition)) holds the content"
            ] + format.packaging.notes(volumes))
    }

    private func requireLoader(_ files: [DiskFile]) throws(MediaBuilderError) {
        let names = files.lazy.map(\.path.caseFolded)
        let hasLoader =
            division.division.scheme == .mbr
            ? names.contains("bootmgr") : names.contains { $0.hasPrefix("EFI/Boot/boot") && $0.hasSuffix(".efi") }
        guard !hasLoader else { return }
        let firmware = division.division.scheme == .mbr ? "a BIOS" : "UEFI"
        throw MediaBuilderError(
            .badContent, "the boot image", "brings nothing that \(firmware) starts, and the disk is for \(firmware)",
            nextStep:
                "use another boot image, or \(.partitionScheme, division.division.scheme == .mbr ? "gpt" : "mbr")")
    }
}

extension PartitionSize {
    /// The size without rounding.
    fileprivate var fact: String {
        switch self {
        case .bytes(let count): "bytes \(count)"
        case .percentOfFree(let share): "percent \(share)"
        case .rest(let most): "rest \(most)"
        }
    }
}
