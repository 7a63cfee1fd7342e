// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DiscBurning
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia burn`.
struct Burn: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Burn images of discs, and compare what was burnt with them.",
        discussion: """
            A disc each, the volumes of a set in order: before each further one it asks for the next blank disc. What is \
            not blank is refused, unless --force says that nothing on it is needed. Ctrl-C stops the drive in order.
            """,
        required: "the images and --drive, or --list",
        examples: [
            #"tsmedia burn boot.iso --drive /dev/sr0"#,
            #"tsmedia burn win11-1.iso win11-2.iso --drive /dev/sr0 --speed 4"#,
            #"tsmedia burn --list"#,
        ])

    @Argument(help: "The .iso files; of a set, all its volumes.", completion: .file(extensions: ["iso"]))
    var images: [String] = []

    @Option(
        help: ArgumentHelp(
            "The drive, as /dev/srN or a link to it; stdio:FILE is a file that stands for a disc.", valueName: "device"),
        completion: Completions.opticalDrives)
    var drive: String?

    @Flag(help: "Show the drives that can be named, and burn nothing.")
    var list = false

    @Option(help: ArgumentHelp("How fast: a factor such as 4, max or min (default: max).", valueName: "speed"))
    var speed: String?

    @Flag(help: "Do everything but burn, with the laser off, where drive and disc can.")
    var simulate = false

    @Flag(help: "Burn to a disc that is not blank; one that can be blanked is. What is on it is lost.")
    var force = false

    @OptionGroup(title: "Drives") var consent: DriveOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        guard !list else {
            guard images.isEmpty, drive == nil else {
                throw ValidationError("--list shows drives and burns nothing; leave out what is to be burnt")
            }
            return
        }
        guard !images.isEmpty, drive != nil else {
            throw ValidationError("name the images to burn and, with --drive, the drive; --list shows drives")
        }
        try ForeignPath.refuseShares(images)
        if let name = images.first(where: { name in images.count { $0 == name } > 1 }) {
            throw ValidationError("\(name) is named twice; name each image once")
        }
        if let speed, BurnSpeed(speed) == nil {
            throw ValidationError("--speed '\(speed)' is no speed; give a factor such as 4, or max or min")
        }
    }

    func run() throws {
        guard let drive else { return try showDrives() }
        let names = images.joined(separator: ", ")
        let logger = try program.start("burn \(names) --drive \(drive)", RunFiles(reading: images))
        var settings = BurnSettings()
        settings.speed = speed.flatMap { BurnSpeed($0) } ?? .fastest
        settings.simulates = simulate
        let burn = try DiscBurn(
            images.map { FilePath($0) }, drive: drive, settings, access: consent.access(overwrites: force),
            log: program.log, interruption: Signals.interruption, progress: Console.shared,
            conversation: DiscBurn.Conversation(
                ask: { try TerminalQuestion.answer($0.withOptions.onOneLine + " ") != nil },
                fail: { Console.shared.error($0) }, tell: { Console.shared.note($0) }))
        let discs = try burn.run()
        for disc in discs { logger.info("burnt \(disc.image): SHA-256 \(disc.sha256)") }
        let report = BurnReport(drive: drive, discs)
        try StandardOutput.afterWriting("the discs are burnt") {
            try program.json ? StandardOutput.printJSON(report) : report.print()
        }
    }

    private func showDrives() throws {
        _ = try program.start("burn --list")
        let drives = try ListedDrive.all()
        if program.json {
            try StandardOutput.printJSON(DriveListReport(drives))
        } else if drives.isEmpty {
            Console.shared.note("there are no drives for discs that you may use")
        } else {
            let rows = drives.map { [$0.path, $0.vendor, $0.product, $0.revision] }
            try TextTable(header: ["drive", "vendor", "model", "firmware"], rows: rows).print()
        }
    }
}
