// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import SystemPackage

/// Where prestaged media goes, and how it is written.
struct PrestagedChoice: OutputChoice {
    let output: PrestagedOutputOptions
    let archive: ArchiveOptions
    /// Whether there is a file for each of many models, in the folder that is the output.
    let isFleet: Bool

    var outputPath: String? { output.output ?? output.diskImage }
    var usb: [String] { output.usb }
    var force: Bool { output.force }
    var dryRun: Bool { output.dryRun }

    func request(_ kind: MediaKind, drives: [BlockDevice]) throws -> MediaRequest {
        let path = drives.first?.node ?? FilePath(outputPath ?? "")
        var choice = PrestagedOutput()
        try archive.apply(to: &choice)
        choice.disk.scheme = output.partitionScheme
        choice.disk.layout = try output.partitionLayout.map { try PartitionLayoutFile.read(FilePath($0)) }
        choice.disk.diskByteCount = try output.diskSize.map { try OptionValues.diskByteCount($0, "--disk-size") }
        let format =
            isFleet
            ? try choice.format(of: "fleet.wim", isDisk: false, drives: [])
            : try choice.format(of: path, isDisk: output.isDisk, drives: drives)
        var request = MediaRequest(kind, output: format.named(path), format: format)
        request.replacesExisting = force
        return request
    }
}
