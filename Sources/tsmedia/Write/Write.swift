// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import DistributionPoints
import DriveImage
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia write`.
struct Write: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write finished media to drives, as create --usb would have.",
        discussion: """
            Takes a disc, the volumes of a set, a drive, the image of one, a folder or a WIM, whoever made it, and makes \
            drives that start under BIOS and UEFI, all of them from one reading, each read again and compared. What a \
            manifest on the media lists is hashed on the way. With --continuous it waits for the next removable drive, \
            writes it, says that it can be taken out, and goes on until Ctrl-C or --count.
            """,
        required: "the media, and --usb or --continuous",
        examples: [
            #"tsmedia write win11.iso --usb /dev/sdb --usb /dev/sdc"#,
            #"tsmedia write disc1.iso disc2.iso disc3.iso --usb /dev/sdb"#,
            #"tsmedia write win11.iso --continuous --force --label-template "OSD-{number}""#,
        ])

    @Argument(
        help: "An .iso, .img or .wim, a drive, or a folder; for a set, all its volumes.", completion: .file())
    var media: [String]

    @Option(
        help: ArgumentHelp(
            "Drive to write, as /dev/sdX or a link below /dev/disk (repeatable: all get the same).",
            valueName: "device"),
        completion: Completions.drives)
    var usb: [String] = []

    @Flag(help: "Write every removable drive that is put in from now on; those that are there stay as they are.")
    var continuous = false

    @Option(help: "With --continuous: end when so many drives are written.")
    var count: Int?

    @Flag(help: "Write a drive that is not blank.")
    var force = false

    @Flag(name: [.long], help: "Say what would be written; write nothing.")
    var dryRun = false

    @Option(help: "Label of the volume on the drives (default: that of the media).")
    var label: String?

    @Option(
        help: ArgumentHelp(
            "Label of the volume on each drive: a text with {number}, counted from 1, or {serial}.", valueName: "text"))
    var labelTemplate: String?

    @Option(help: "How a drive is divided: mbr starts under BIOS and UEFI, gpt under UEFI alone (default: mbr).")
    var partitionScheme: PartitionScheme?

    @Flag(help: "Put files of 4 GiB and more that are not split on a second partition of the drive, NTFS.")
    var dataPartition = false

    @Flag(help: "Split the install.wim of an upgrade package that is too large for FAT32, for Windows Setup.")
    var splitUpgradeImages = false

    @Option(help: "Folder for images that are split (default: /var/tmp).", completion: .directory)
    var stagingFolder: String?

    @Option(help: "Threads that read media without a manifest (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Provenance") var signing: SigningOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuseShares(media)
        try ForeignPath.refuse(stagingFolder, "--staging-folder")
        for device in usb { try ForeignPath.refuse(device, "--usb") }
        if let name = media.first(where: { name in media.count { $0 == name } > 1 }) {
            throw ValidationError("\(name) is named twice; name each media once")
        }
        if stagingFolder?.isEmpty == true { throw ValidationError("--staging-folder names no folder") }
        guard continuous || !usb.isEmpty else {
            throw ValidationError("--usb is missing; name a drive, or use --continuous")
        }
        guard continuous || count == nil else { throw ValidationError("--count needs --continuous") }
        guard count.map({ $0 > 0 }) ?? true else { throw ValidationError("--count has to be 1 or more") }
        guard !continuous || !dryRun else {
            throw ValidationError("--dry-run writes nothing, and --continuous waits for drives; leave one of them out")
        }
    }

    func run() throws {
        let logger = try program.start("write \(media.joined(separator: ", "))", FinishedWriting.files(media))
        let writing = try FinishedWriting(
            try request(), try settings(), access: drive.access(overwrites: force), observer: ConsoleObserver(),
            logger: logger)
        let result =
            try continuous
            ? writing.runContinuously(usb, limit: count, observer: ContinuousLines(isJSON: program.json))
            : writing.run(usb, isDryRun: dryRun)
        let report = WriteReport(result)
        try StandardOutput.afterWriting(dryRun ? nil : "the drives are written") {
            try program.json ? StandardOutput.printJSON(report) : report.print(result, isContinuous: continuous)
        }
        if let failure = result.failure { throw failure }
        // Of drives that came one after the other, each was told.
        if !continuous { try CreateRun.requireSuccess(result.outcomes.map(\.outcome)) }
    }

    private func request() throws -> FinishedRequest {
        var request = FinishedRequest(media.map { FilePath($0) })
        request.choice = DriveChoice(scheme: partitionScheme, dataPartition: dataPartition ? .requested : .none)
        request.label = label
        request.labelTemplate = try labelTemplate.map { try LabelTemplate($0) }
        request.splitsUpgradeImages = splitUpgradeImages
        try signing.apply(to: &request)
        return request
    }

    private func settings() throws -> BuildSettings {
        // Nothing comes from distribution points.
        var settings = BuildSettings(DistributionPoints([]))
        settings.stagingFolder = stagingFolder.map { FilePath($0) }
        if let jobs { settings.workerCount = try FieldValue.threadCount(jobs) }
        settings.log = program.log
        return settings
    }
}
