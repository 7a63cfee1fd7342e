// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site certificates`.
struct SiteCertificates: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "certificates", abstract: "Lists the certificates of media that a site knows.",
        required: "--site",
        examples: [
            #"tsmedia site certificates --site https://cm01"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site certificates")
        try options.print(
            try options.asked.service().certificates(), none: "the site knows no certificate of media", program
        ) { Report(certificates: $0) }
    }

    private struct Report: Encodable {
        let certificates: [SiteCertificate]
    }
}

extension SiteCertificate: SiteListing {
    static let header = ["THUMBPRINT", "KIND", "STATE", "UNTIL", "ID", "ISSUED TO"]
    var cells: [String] {
        [
            thumbprint ?? "-", keyType ?? "-", isBlocked ? "blocked" : isApproved ? "approved" : "-",
            validUntil ?? "-", id, issuedTo ?? "-",
        ]
    }
    var names: [String] { [id, issuedTo, thumbprint].compactMap { $0 } }
}
