// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import Support
import SystemPackage

/// `tsmedia create standalone`.
struct CreateStandalone: KindCommand {
    static let mediaType = MediaType.standalone
    static let configuration = CommandConfiguration(
        name: "standalone",
        abstract: "Make media that holds a task sequence and everything it references.",
        required: "--task-sequence, --distribution-point or --site, --output or --usb",
        examples: [
            #"tsmedia create standalone --task-sequence "Windows 11.zip" \"#,
            #"    --distribution-point /srv/SCCMContentLib --output win11.iso"#,
            #"tsmedia create standalone --task-sequence "Windows 11" \"#,
            #"    --site https://cm01 --output win11.iso"#,
        ])

    @OptionGroup(title: "Content") var content: ContentOptions

    @OptionGroup(title: "Site") var site: SiteOptions
    @OptionGroup(title: "Site") var registration: RegistrationOptions
    @OptionGroup(title: "Task sequence") var standalone: StandaloneOptions
    @OptionGroup(title: "Further content") var further: FurtherContentOptions
    @OptionGroup(title: "Further content") var skip: SkipOptions

    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Certificate of the media") var certificate: CertificateOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions

    @Option(
        help: ArgumentHelp(
            "Limit of a volume: \(MediaCapacity.names.joined(separator: ", ")), or a size as 16GB, 4.7GB, 4GiB or bytes.",
            valueName: "size"),
        completion: .list(MediaCapacity.names))
    var mediaSize = "unlimited"

    @Option(
        help: ArgumentHelp(
            "How contents are divided when they fit no single volume: ordered (as the task sequence asks for them) or"
                + " dense (in another order, where that takes fewer volumes).", valueName: "method"))
    var packing = PackingMethod.ordered

    @OptionGroup(title: "Media") var media: MediaOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var manifest: ManifestChoice
    @OptionGroup(title: "Provenance") var signing: SigningOptions
    @OptionGroup(title: "Provenance") var provenance: ProvenanceOptions
    @OptionGroup(title: "Drives") var drive: DriveOptions
    @OptionGroup(title: "Ledger") var ledger: LedgerChoice
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        if try manifest.print(Self.self) { return }
        try CreateRun(asked: asked(), program: program).run()
    }

    func asked() -> AskedMedia {
        AskedMedia(
            type: Self.mediaType, content: content, site: site, ledger: ledger,
            provenance: provenance, output: output, drive: drive,
            secrets: MediaSecrets(certificate: certificate, behaviour: behaviour),
            kind: { .standalone(try standalone.content(further, $0.site)) }
        ) { request, site in
            request.otherSources += further.sources + standalone.sources
            request.capacity = try FieldValue.capacity(mediaSize, .mediaSize)
            request.packing = packing
            try skip.apply(to: &request)
            try bootImage.apply(to: &request, site)
            try registration.apply(to: &request, site)
            try behaviour.apply(to: &request)
            media.apply(to: &request)
            try signing.apply(to: &request)
        }
    }
}

extension PackingMethod: ExpressibleByArgument {}
