// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat

/// `tsmedia create capture`.
struct CreateCapture: KindCommand {
    static let mediaType = MediaType.capture
    static let configuration = CommandConfiguration(
        name: "capture",
        abstract: "Make media that captures a reference computer's operating system as an image.",
        required: "--boot-image, --output or --usb; --distribution-point for package IDs",
        examples: [
            #"tsmedia create capture --boot-image boot.wim --output capture.iso"#
        ])

    @OptionGroup(title: "Content") var content: ContentOptions
    @OptionGroup(title: "Site") var site: SiteOptions
    @OptionGroup(title: "Boot image") var bootImage: BootImageOptions
    @OptionGroup(title: "Capture") var capture: CaptureMediaOptions
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
            secrets: nil, kind: { _ in .capture(capture.rules) }
        ) { request, site in
            try bootImage.apply(to: &request, site)
            media.apply(to: &request)
            try signing.apply(to: &request)
        }
    }
}
