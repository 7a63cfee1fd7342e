// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import SystemPackage

/// Where prestaged media goes, and how it is written.
struct PrestagedChoice: OutputChoice {
    let options: PrestagedOutputOptions
    let archive: ArchiveOptions

    var outputPath: String? { options.output ?? options.diskImage }
    var usb: [String] { options.usb }
    var force: Bool { options.force }
    var dryRun: Bool { options.dryRun }
    var listFiles: Bool { options.listFiles }
    var besideOutput: [String] { options.image.besideOutput }

    /// What is asked of the output, be it a WIM or a disk.
    func output() throws -> PrestagedOutput {
        var output = PrestagedOutput()
        try archive.apply(to: &output)
        output.disk.scheme = options.partitionScheme
        output.disk.layout = try options.partitionLayout.map { try PartitionLayoutFile.read(FilePath($0)) }
        output.disk.diskByteCount = try options.diskSize.map { try FieldValue.diskByteCount($0, .diskSize) }
        return output
    }

    func request(_ kind: MediaKind, path: FilePath?, drives: [BlockDevice]) throws -> MediaRequest {
        let path = drives.first?.node ?? path ?? ""
        let format = try output().format(of: path, isDisk: options.isDisk, drives: drives)
        var request = MediaRequest(kind, output: format.named(path), format: format)
        request.replacesExisting = force
        try options.image.apply(to: &request)
        return request
    }
}
