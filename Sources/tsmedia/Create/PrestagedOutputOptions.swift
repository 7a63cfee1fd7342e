// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import DriveImage
import MediaBuilder
import SystemPackage

/// Where prestaged media goes: a WIM, the image of a whole disk, or drives.
struct PrestagedOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("What to write: a .wim, or with --fleet the folder for all of them.", valueName: "path"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write the image of a whole disk instead, with partitions and what boots, to be copied to disks.",
            valueName: "file.img"),
        completion: .file(extensions: ["img"]))
    var diskImage: String?

    @Option(
        help: ArgumentHelp(
            "Write a whole disk, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).",
            valueName: "device"),
        completion: Completions.drives)
    var usb: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --disk-image: the size of the smallest disk, as 256GB (powers of ten, as makers of disks count),"
                + " 238GiB or bytes.", valueName: "size"))
    var diskSize: String?

    @Option(
        help: ArgumentHelp(
            "For disks: gpt for UEFI or mbr for BIOS; which partitioning step of the task sequence counts.",
            valueName: "gpt|mbr"))
    var partitionScheme: PartitionScheme?

    @Option(
        help: ArgumentHelp(
            "For disks: YAML file with the partitions, instead of those of the task sequence.", valueName: "layout.yaml"
        ),
        completion: .file(extensions: ["yaml", "yml"]))
    var partitionLayout: String?

    @Flag(help: "Replace an existing output, once the new one is whole; write a drive that is not blank.")
    var force = false

    @Flag(name: [.long], help: "Say what would be written and how large it is; write nothing.")
    var dryRun = false

    @Flag(help: "List every file of the media, with its size and where it comes from.")
    var listFiles = false

    @OptionGroup(title: "Output") var image: ImageFileOptions

    func validate() throws {
        let given = [output != nil, diskImage != nil, !usb.isEmpty].filter { $0 }.count
        guard given <= 1 else {
            throw ValidationError("--output, --disk-image and --usb exclude each other; name one of them")
        }
    }

    /// Whether a disk is written rather than a WIM.
    var isDisk: Bool { diskImage != nil || !usb.isEmpty }
}
