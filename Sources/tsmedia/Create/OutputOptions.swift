// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import DiscImage
import DriveImage
import MediaBuilder
import Support
import SystemPackage

/// What is written, and where.
struct OutputOptions: ParsableArguments, OutputChoice {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "What to write: the image of a disc when the name ends in .iso, that of a drive when it ends in .img or"
                + " .img.zst, else a folder; also as smb://host/share/name.", valueName: "path"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Drive to write, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).",
            valueName: "device"),
        completion: Completions.drives)
    var usb: [String] = []

    @Option(help: "What the output has to be, checked: the image of a disc, or a drive.")
    var mediaType: MediaInputType?

    @Flag(help: "Replace an existing output, once the new one is whole; write a drive that is not blank.")
    var force = false

    @Flag(name: [.long], help: "Say what would be written and how large it is; write nothing.")
    var dryRun = false

    @Flag(help: "List every file of the media, with its size and where it comes from.")
    var listFiles = false

    @Option(help: "How a drive is divided: mbr starts under BIOS and UEFI, gpt under UEFI alone (default: mbr).")
    var partitionScheme: PartitionScheme?

    @Option(
        help: ArgumentHelp(
            "Through what a disc is seen: bridge is UDF, as genuine media, beside ISO 9660 and Joliet; iso is those two"
                + " alone (default: bridge)."))
    var fileSystem: DiscFileSystem?

    @Flag(
        help: ArgumentHelp(
            "Make the image of a disc that starts UEFI machines from a stick too, when it is written to one as it is:"
                + " bootable and capture media."))
    var hybrid = false

    @Flag(
        name: .customLong("implant-md5"),
        help: "Put the MD5 of a disc on it, for checkisomd5 and boot menus that check media; it is read once more.")
    var implantsMD5 = false

    @Flag(help: "Put files of 4 GiB and more that are not split on a second partition of the drive, NTFS.")
    var dataPartition = false

    @OptionGroup(title: "Output") var image: ImageFileOptions

    func validate() throws {
        guard output == nil || usb.isEmpty else {
            throw ValidationError("--output and --usb are both given; a run writes files or drives")
        }
        for device in usb { try ForeignPath.refuse(device, "--usb") }
        if let doubt = output.flatMap(OutputName.doubt) { throw ValidationError(doubt) }
        if let problem = mediaType?.contradiction(output: output, usb: usb) { throw ValidationError(problem) }
    }

    var outputPath: String? { output }
    var besideOutput: [String] { image.besideOutput }

    func request(_ kind: MediaKind, path: FilePath?, drives: [BlockDevice]) throws -> MediaRequest {
        var request =
            drives.isEmpty
            ? MediaRequest(kind, output: path ?? "")
            : MediaRequest(kind, drives: drives)
        request.replacesExisting = force
        request.format = try request.format.divided(
            DriveChoice(scheme: partitionScheme, dataPartition: dataPartition ? .requested : .none),
            output: request.output)
        if let fileSystem {
            request.format = try request.format.seen(through: fileSystem, output: request.output)
        }
        if hybrid { request.format = try request.format.startingFromDrives(output: request.output) }
        if implantsMD5 { request.format = try request.format.holdingChecksum(output: request.output) }
        try image.apply(to: &request)
        return request
    }
}

extension PartitionScheme: ExpressibleByArgument {}

extension DiscFileSystem: ExpressibleByArgument {}
