// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import MediaFormat
import Support

/// Lays the files of media out on a drive that computers start from.
struct DrivePlanner: VolumePlanner {
    let format: DriveFormat
    let frame: VolumeFrame

    let facts = ["drive"]

    /// Where everything lies on the drive; drives that are written together have the layout of the smallest.
    ///
    /// - Throws: `DriveImageError`: names that FAT cannot keep, a drive that is too small or has other sectors.
    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        let bootCount = arrange(&contents)
        let data = contents.files[bootCount...]
        if format.choice.dataPartition == .requested, !data.isEmpty { try NTFSFormatter.requireProgram() }
        let sectorByteCount = format.sectorByteCount ?? 512
        let disk = MediaDisk(
            scheme: format.choice.scheme ?? .mbr, label: FATLabel(fitting: frame.request.label),
            identity: DiskIdentity(driveOf: frame.manifest.mediaGUID),
            files: contents.files[..<bootCount].map { DiskFile($0.file) }, dataFiles: data.map { DiskFile($0.file) },
            folders: contents.folders, created: frame.manifest.created,
            deviceByteCount: format.deviceByteCount
                ?? frame.request.capacity.byteCount.map { $0 - $0 % Int64(sectorByteCount) },
            sectorByteCount: sectorByteCount)
        do throws(DriveImageError) {
            return DriveVolume(disk: try disk.layout(), packaging: format.packaging, output: frame.request.output)
        } catch {
            guard error.code == .tooSmall else { throw error }
            // Of several drives the smallest decides.
            let drive = format.devices.min { $0.byteCount < $1.byteCount }
            throw error.about(
                DiagnosticText(drive.map { "drive \($0.displayName)" } ?? "drive image \(frame.request.output)"))
        }
    }

    /// Puts the files that go to the data partition behind all others; says where these begin.
    private func arrange(_ contents: inout VolumeContents) -> Int {
        guard format.choice.dataPartition != .none else { return contents.files.count }
        // What is not of contents belongs to the boot partition, whatever its size.
        var boot = Array(contents.files.prefix(contents.fixedCount))
        var data: [PlannedFile] = []
        for file in contents.files.dropFirst(contents.fixedCount) {
            if file.byteCount > format.largestFileByteCount { data.append(file) } else { boot.append(file) }
        }
        contents.files = boot + data
        return boot.count
    }

    /// What becomes of a data partition that was asked for.
    private func dataPartitionNotes(_ volumes: [VolumePlan]) -> [DiagnosticText] {
        guard format.choice.dataPartition == .requested else { return [] }
        let files = volumes.flatMap(\.dataFiles)
        guard !files.isEmpty else { return ["no file needs a data partition: \(.dataPartition) changes nothing"] }
        return [
            "on the data partition: \(files.map(\.path.description).joined(separator: ", "));"
                + " whether a Windows client looks there has not been tried"
        ]
    }

    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks {
        VolumeRemarks(
            warnings: FATLabel.warnings(on: frame.request.label, titled: "the volume on the drive"),
            notes: dataPartitionNotes(volumes) + format.packaging.notes(volumes))
    }
}

extension FATLabel {
    /// What FAT cannot keep of the label `text` of a volume that is called `title`.
    static func warnings(on text: String, titled title: String) -> [DiagnosticText] {
        let label = FATLabel(fitting: text).description
        func replaced(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "_") } }
        guard replaced(label) > replaced(text) else {
            guard text != MediaRequest.defaultLabel, text.count > label.count else { return [] }
            return ["\(title) is labelled '\(label)': FAT keeps 11 characters of a label"]
        }
        return ["\(title) is labelled '\(label)': FAT keeps letters and digits of ASCII only"]
    }
}
