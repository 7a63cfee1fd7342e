// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site certificates`.
struct SiteCertificates: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "certificates", abstract: "Lists the certificates of media that a site knows.",
        required: "--site",
        examples: [
            #"tsmedia site certificates --site https://cm01"#
        ])

    static let none = "the site knows no certificate of media"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteCertificate] { try service.certificates() }
}

extension SiteCertificate: SiteListing {
    static let key = "certificates"
    static let header = ["THUMBPRINT", "KIND", "STATE", "UNTIL", "ID", "ISSUED TO"]
    var cells: [String] {
        [
            thumbprint ?? "-", keyType ?? "-", isBlocked ? "blocked" : isApproved ? "approved" : "-",
            validUntil ?? "-", id, issuedTo ?? "-",
        ]
    }
    var names: [String] { [id, issuedTo, thumbprint].compactMap { $0 } }
}
