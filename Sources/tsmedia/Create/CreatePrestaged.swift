// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import MediaBuilder
import MediaFormat
import SystemPackage
import WindowsImaging

/// `tsmedia create prestaged`.
struct CreatePrestaged: KindCommand {
    static let mediaType = MediaType.prestaged
    static let configuration = CommandConfiguration(
        name: "prestaged",
        abstract:
            "Make the WIM that a factory lays on a disk, or the disk: what boots, an operating system image, content.",
        discussion: """
            The computer asks a management point for its task sequence later, and finds what it needs in the cache that \
            this file brings.
            """,
        required:
            "--boot-image, --operating-system-image, --management-point, --distribution-point; --output, --disk-image with --disk-size, or --usb",
        examples: [
            #"tsmedia create prestaged --boot-image ABC00005 \"#,
            #"    --operating-system-image ABC00010 \"#,
            #"    --management-point http://mp.example.com \"#,
            #"    --distribution-point /srv/SCCMContentLib --output OEM.wim"#,
        ])

    @OptionGroup(title: "Content") var content: ContentOptions

    @Option(help: "Operating system image: its package ID.")
    var operatingSystemImage: String?

    @Option(help: "The number of the image that will be applied, from 1.")
    var operatingSystemImageIndex = 1

    @Option(
        help: ArgumentHelp(
            "extracted: the image's files lie at the root of the .wim, or of the partition for Windows, as if it had been"
                + " applied (the default). package: its package lies in the cache.",
            valueName: "layout"))
    var operatingSystemImageLayout: OperatingSystemImageLayout?

    @OptionGroup(title: "Content for the cache") var sequence: TaskSequenceOptions
    @OptionGroup(title: "Site") var site: SiteOptions
    @OptionGroup(title: "Site") var registration: RegistrationOptions
    @OptionGroup(title: "Further content") var further: FurtherContentOptions
    @OptionGroup(title: "Further content") var skip: SkipOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Management point") var management: ManagementPointOptions
    @OptionGroup(title: "Management point") var inquiry: InquiryOptions
    @OptionGroup(title: "Trust of the site") var trust: SiteTrustOptions
    @OptionGroup(title: "Certificate of the media") var certificate: CertificateOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions
    @OptionGroup(title: "The archive") var archive: ArchiveOptions
    @OptionGroup(title: "Fleet") var fleet: FleetOptions
    @OptionGroup(title: "Media") var media: MediaOptions
    @OptionGroup(title: "Output") var output: PrestagedOutputOptions
    @OptionGroup(title: "Output") var manifest: ManifestChoice
    @OptionGroup(title: "Provenance") var signing: SigningOptions
    @OptionGroup(title: "Provenance") var provenance: ProvenanceOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Ledger") var ledger: LedgerChoice
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        guard fleet.fleet == nil || output.output != nil else {
            throw ValidationError("--fleet writes .wim files into the folder that --output names, and no disks")
        }
        if fleet.fleet != nil, output.image.checksums || output.image.bmap || output.image.shrink {
            throw ValidationError("--checksums, --bmap and --shrink are for one output, and --fleet writes many")
        }
        if fleet.fleet != nil, provenance.provenance != nil {
            throw ValidationError("--provenance is for one output, and --fleet writes many; use tsmedia build")
        }
    }

    func run() throws {
        if try manifest.print(Self.self) { return }
        guard let models = fleet.fleet else { return try CreateRun(asked: asked(), program: program).run() }
        let content = content.believing(trust.rootCAs)
        try FleetRun(content: content, site: site, ledger: ledger, output: output, program: program)
            .run(FilePath(models), memoryByteCount: try fleet.memoryByteCount()) { servers in
                var request = FleetRequest(
                    try management.management(trust, inquiry, servers), try prestaged(servers.site),
                    try choice.output().fleetFormat())
                try configure(&request.common, servers.site)
                request.common.otherSources.append(FilePath(models))
                // The models complete it, one by one.
                try secrets.apply(to: &request.common) { _ in }
                return request
            }
    }

    func asked() -> AskedMedia {
        AskedMedia(
            type: Self.mediaType, content: content.believing(trust.rootCAs), site: site, ledger: ledger,
            provenance: provenance, output: choice,
            drive: drive, secrets: secrets,
            kind: { .prestaged(try management.management(trust, inquiry, $0), try prestaged($0.site)) },
            configure: configure)
    }

    private var choice: PrestagedChoice { PrestagedChoice(options: output, archive: archive) }

    private var secrets: MediaSecrets { MediaSecrets(certificate: certificate, behaviour: behaviour) }

    private func prestaged(_ site: SiteCompletion?) throws -> PrestagedContent {
        var prestaged = PrestagedContent()
        prestaged.sequence = try further.sequence(
            site, of: sequence.taskSequence, id: sequence.choice.taskSequenceID)
        prestaged.operatingSystemImage = try operatingSystemImage.map {
            try site?.operatingSystemImage($0) ?? FieldValue.packageID($0, .operatingSystemImage)
        }
        prestaged.operatingSystemImageIndex = operatingSystemImageIndex
        prestaged.operatingSystemImageLayout = operatingSystemImageLayout
        return prestaged
    }

    private func configure(_ request: inout MediaRequest, _ site: SiteCompletion?) throws {
        request.otherSources += further.sources
        try skip.apply(to: &request)
        media.apply(to: &request)
        try signing.apply(to: &request)
        try bootImage.apply(to: &request, site)
        try registration.apply(to: &request, site)
        try behaviour.apply(to: &request)
        request.otherSources += trust.sources
    }
}

extension OperatingSystemImageLayout: ExpressibleByArgument {}
