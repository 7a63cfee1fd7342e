// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import SystemPackage

/// `tsmedia update`.
struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a drive up to date, writing only what changed.",
        discussion: """
            What the drive was made with is on it, and is asked for again; options change what they name, and --drop lets go \
            of something. What the media does not tell and would lose is named, and nothing is written. What changed goes to \
            free room, and one sector switches over: a drive that is pulled at any moment holds the old media or the new. \
            Reads what stays first, and mends what is damaged; --no-verify trusts it instead.
            """,
        required: "a drive, and where its content comes from",
        examples: [
            #"tsmedia update /dev/sdb --distribution-point /srv/SCCMContentLib"#,
            #"tsmedia update /dev/sdb --task-sequence "Windows 11.zip" \"#,
            #"    --distribution-point /srv/SCCMContentLib"#,
        ])

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
    @OptionGroup(title: "Further content (stand-alone media)") var skip: SkipOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Management point (bootable media)") var management: ManagementPointOptions
    @OptionGroup(title: "Trust of the site (bootable media)") var trust: SiteTrustOptions
    @OptionGroup(title: "Certificate of the media") var certificate: CertificateOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions
    @OptionGroup(title: "Media") var identity: MediaOptions
    @OptionGroup(title: "Provenance") var signing: SigningOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Ledger") var ledger: LedgerChoice
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        // What was written before may be replaced without --force.
        let access = drive.access(overwrites: true)
        let consent = try consent()
        let given = Set(givenFields + (identity.label == nil ? [] : [.label]))
        let update = MediaUpdate(FilePath(media), access: access, consent: consent, given: given) {
            type, output, format in
            try type.check(given: givenFields, media: media)
            return try request(type, output, format)
        }
        let updated = try content.believing(trust.rootCAs).run(update, isDryRun: dryRun, program)
        let report = updated.report
        if !dryRun {
            report.isUpToDate
                ? ledger.settle(upToDate: updated.plan, content) : ledger.record(update: updated.plan, content)
        }
        try program.json ? StandardOutput.printJSON(report) : StandardOutput.success(sentence(report))
    }

    private func request(_ type: MediaType, _ output: FilePath, _ format: any VolumeFormat) throws -> MediaRequest {
        var options = MediaKindOptions()
        options.management = try management.management(trust)
        options.standalone = try standalone.content(further)
        var request = MediaRequest(MediaKind(type, options), output: output, format: format)
        request.otherSources += further.sources + standalone.sources + trust.sources
        try skip.apply(to: &request)
        try bootImage.apply(to: &request)
        identity.apply(to: &request)
        try signing.apply(to: &request)
        try behaviour.apply(to: &request)
        // What else is asked for only the media tells, which its password opens.
        try MediaSecrets(certificate: certificate, behaviour: behaviour).apply(to: &request) { _ in }
        return request
    }

    private func sentence(_ report: UpdateReport) -> String {
        guard !report.isUpToDate else {
            return "\(report.media): up to date, \(Amounts.files(report.keptFileCount)), nothing written"
        }
        let verb = dryRun ? "would write" : "wrote"
        let mended = report.mendedFileCount > 0 ? ", \(report.mendedFileCount) of them damaged before" : ""
        return
            "\(report.media): \(verb) \(Amounts.files(report.writtenFileCount))\(mended), \(Amounts.bytes(report.writtenSize));"
            + " kept \(Amounts.files(report.keptFileCount)), \(Amounts.bytes(report.keptSize));"
            + " removed or replaced \(Amounts.files(report.removedFileCount))"
    }
}
