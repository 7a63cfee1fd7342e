// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import DiscImage
import DriveImage
import MediaFormat
import Support
import SystemPackage

/// Lays media out as the image of a disc that is the image of a drive too (docs/formats/hybrid.md).
struct HybridPlanner: VolumePlanner {
    let discs: DiscPlanner

    var facts: [String] { discs.facts + ["hybrid"] }

    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        discs.bounds(of: item, counted: &counted)
    }

    func byteCount(of contents: VolumeContents) throws -> Int64 { try volume(contents).byteCount }

    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout { try volume(contents) }

    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        var remarks = discs.remarks(on: volumes)
        remarks.warnings += FATLabel.warnings(on: discs.frame.request.label, titled: "on a drive the volume")
        return remarks
    }

    /// The disc is laid out twice: as it is, to know where its content lies, and with the room that the drive needs.
    private func volume(_ contents: VolumeContents) throws -> HybridVolume {
        let request = discs.frame.request
        // A set has other volumes, with very large numbers while nobody knows how many.
        guard contents.number == 1 else {
            throw MediaBuilderError(
                .tooLarge, "the media",
                "does not fit \(request.capacity.byteCount ?? 0) bytes, and what starts from a drive is never a set",
                nextStep: "choose a larger \(.mediaSize), or leave \(.hybrid) out")
        }
        var description = discs.description(contents)
        description.room.keepsEndFree = true
        let plain = try DiscLayout(description)
        var known: Set<SHA256Digest> = []
        let isShared = contents.files.map { known.insert($0.sha256).inserted }
        let drive = HybridDisk(
            label: FATLabel(fitting: request.label), identity: DiskIdentity(driveOf: discs.frame.manifest.mediaGUID),
            files: contents.files.map { DiskFile($0.file) }, isShared: isShared, folders: contents.folders,
            created: discs.frame.manifest.created)
        let frame = try drive.frame(around: plain.contentRange)
        description.room.beforeContent = frame.beforeContent
        description.room.behindContent = frame.behindContent
        let disc = try DiscLayout(description)
        let offsets = contents.files.map { disc.contentOffsets[$0.sha256] }
        guard let disk = try drive.layout(frame, imageByteCount: disc.imageByteCount, offset: { offsets[$0] }) else {
            throw DiscImageError(.layoutFailed, "the disc", "was laid out otherwise than the drive that it is too")
        }
        return HybridVolume(disc: disc, hasChecksum: discs.hasChecksum, disk: disk, isShared: isShared)
    }
}

/// A volume as the image of a disc that is the image of a drive too.
struct HybridVolume: DiscVolumeLayout {
    let disc: DiscLayout
    let hasChecksum: Bool
    let disk: DiskLayout
    /// Of each file, whether the drive has it where the disc does.
    let isShared: [Bool]

    var byteCount: Int64 { disc.imageByteCount }

    var report: VolumeReport {
        var report = VolumeReport()
        report.partitions = disk.partitionSummaries
        return report
    }

    /// What the disc has once may be on the drive several times.
    func transferByteCount(of files: [PlannedFile]) -> Int64 {
        zip(files, isShared).reduce(disc.structureByteCount + disk.structureByteCount + files.distinctByteCount) {
            $0 + ($1.1 ? 0 : $1.0.byteCount)
        }
    }

    /// Makes the image under a temporary name and writes all of it that is no content.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume {
        let begun = try disc.begin(volume, work, ownOffset: ownOffset) { image in
            try disk.forEachPiece { piece in
                try image.writeAll(toAbsoluteOffset: piece.offset, piece.bytes)
                work.progress.advance(by: piece.bytes.count)
            }
        }
        return ending(begun, work)
    }

    /// Where the drive has a file that it does not share with the disc; nil for those that it does, and for empty ones.
    private func ownOffset(_ number: Int) -> Int64? {
        guard !isShared[number], let range = disk.fatVolumes.first?.range(ofFile: number), !range.isEmpty else {
            return nil
        }
        return range.lowerBound
    }
}
