// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia update`.
struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a drive up to date, writing only what changed.",
        discussion: """
            Takes the options with which the drive was made; the kind of media is on the drive. What changed goes to free \
            room, and one sector switches over: a drive that is pulled at any moment holds the old media or the new. \
            What the media has and the options do not ask for again is named, and nothing is written, unless --drop lets go \
            of it. Reads what stays first, and mends what is damaged; --no-verify trusts it instead.
            """)

    @Argument(help: "A drive, as /dev/sdX or a link below /dev/disk, or the image of one.", completion: .file())
    var media: String

    @Flag(name: [.long], help: "Say what would be written; write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "What the media has and shall not have any more (repeatable): \(MediaFeature.names.joined(separator: ", ")).",
            valueName: "name"))
    var drop: [String] = []

    @OptionGroup(title: "Content") var content: ContentOptions
    @OptionGroup(title: "Task sequence (stand-alone media)") var standalone: StandaloneOptions
    @OptionGroup(title: "Further content (stand-alone media)") var further: FurtherContentOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Management point (bootable media)") var management: ManagementPointOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions
    @OptionGroup(title: "Media") var identity: MediaOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let devices = BlockDevices()
        let path = FilePath(media)
        var files = content.files(program, staging: content.stagingFolder(beside: media))
        files.change(path)
        let logger = try program.start("update \(media)", files)
        let status = try FileError.wrap("opened", path) { try Stat(path) }
        let drives = try status.type == .blockSpecial ? drive.drives([media], devices) : []
        let staging = content.stagingFolder(beside: drives.isEmpty ? media : nil)
        // What was written before may be replaced without --force.
        let protected = { (request: MediaRequest) in content.sources + request.sources + [staging] }
        // Before anything is read from it.
        try drive.check(drives, devices, sources: content.sources + [staging], force: true)
        let consent = try consent()
        var request = try request(drives, byteCount: status.size)
        try refuseOptions(notOf: request.mediaType)
        try configure(&request)
        try request.validate(hasDistributionPoint: !content.distributionPoints.isEmpty)
        files.read(request.sources)
        try files.check()
        try drive.check(drives, devices, sources: protected(request), force: true)
        let environment = try content.environment(logger, staging: staging)
        let plan = try MediaPlanner(request, environment: environment).plan()
        for warning in plan.warnings { Console.shared.warning(warning) }
        for note in plan.notes { Console.shared.note(note) }
        if !dryRun { try drive.prepare(drives, devices, sources: protected(request), force: true) }
        let report = try DriveUpdater(environment: environment, devices: devices)
            .update(
                drives.first?.node ?? path, to: plan, password: request.password, consent: consent,
                verifies: !drive.noVerify, isDryRun: dryRun)
        try program.json ? StandardOutput.printJSON(report) : StandardOutput.print(sentence(report))
    }

    /// A request for what is on the drive already.
    private func request(_ drives: [BlockDevice], byteCount: Int64) throws -> MediaRequest {
        let type = try DriveUpdater.mediaType(at: drives.first?.node ?? FilePath(media))
        var request =
            drives.isEmpty
            ? MediaRequest(mediaType: type, output: FilePath(media)) : MediaRequest(mediaType: type, drives: drives)
        request.drive.dataPartition = .asIs
        guard drives.isEmpty else { return request }
        request.format = .drive
        request.capacity = .bytes(byteCount)
        return request
    }

    private func configure(_ request: inout MediaRequest) throws {
        try bootImage.apply(to: &request)
        identity.apply(to: &request)
        if request.mediaType != .capture { try behaviour.apply(to: &request) }
        if request.mediaType == .bootable { try management.apply(to: &request) }
        if request.mediaType == .standalone {
            try standalone.apply(to: &request)
            try further.apply(to: &request)
        }
    }

    private func sentence(_ report: UpdateReport) -> String {
        guard !report.isUpToDate else {
            return "\(report.media): up to date, \(Amounts.files(report.keptFiles)), nothing written"
        }
        let verb = dryRun ? "would write" : "wrote"
        let mended = report.mendedFiles > 0 ? ", \(report.mendedFiles) of them damaged before" : ""
        return
            "\(report.media): \(verb) \(Amounts.files(report.writtenFiles))\(mended), \(Amounts.bytes(report.writtenBytes));"
            + " kept \(Amounts.files(report.keptFiles)), \(Amounts.bytes(report.keptBytes));"
            + " removed or replaced \(Amounts.files(report.removedFiles))"
    }
}
