// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat

/// `tsmedia create bootable`.
struct CreateBootable: KindCommand {
    static let mediaType = MediaType.bootable
    static let configuration = CommandConfiguration(
        name: "bootable",
        abstract: "Make media that starts a computer and asks a management point for its task sequence.",
        required: "--boot-image, --management-point or --site, --output or --usb; --distribution-point for package IDs",
        examples: [
            #"tsmedia create bootable --boot-image ABC00005 \"#,
            #"    --distribution-point /srv/SCCMContentLib \"#,
            #"    --management-point http://mp.example.com --output boot.iso"#,
        ])

    @OptionGroup(title: "Content") var content: ContentOptions
    @OptionGroup(title: "Site") var site: SiteOptions
    @OptionGroup(title: "Site") var registration: RegistrationOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Management point") var management: ManagementPointOptions
    @OptionGroup(title: "Management point") var inquiry: InquiryOptions
    @OptionGroup(title: "Trust of the site") var trust: SiteTrustOptions
    @OptionGroup(title: "Certificate of the media") var certificate: CertificateOptions
    @OptionGroup(title: "Behaviour") var behaviour: BehaviourOptions
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
            type: Self.mediaType, content: content.believing(trust.rootCAs), site: site, ledger: ledger,
            provenance: provenance, output: output,
            drive: drive,
            secrets: MediaSecrets(certificate: certificate, behaviour: behaviour),
            kind: { .bootable(try management.management(trust, inquiry, $0)) }
        ) { request, site in
            try bootImage.apply(to: &request, site)
            media.apply(to: &request)
            try signing.apply(to: &request)
            try registration.apply(to: &request, site)
            try behaviour.apply(to: &request)
            request.otherSources += trust.sources
        }
    }
}
