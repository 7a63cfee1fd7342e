// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat

/// When the certificates of several media expire, soonest first.
struct CertificateTable {
    private let certificates: [DatedCertificate]

    init(_ certificates: [DatedCertificate]) { self.certificates = certificates }

    /// Prints the table on standard output.
    func print() throws {
        try TextTable(
            header: ["CERTIFICATE EXPIRES", "MEDIA", "SUBJECT", "THUMBPRINT"],
            rows: certificates.map {
                [$0.validUntil ?? "only the password tells", $0.media, $0.subject ?? "", $0.thumbprint ?? ""]
            }
        ).print()
    }
}
