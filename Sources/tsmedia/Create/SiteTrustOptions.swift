// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// By what the media knows that a management point is one of its site.
struct SiteTrustOptions: ParsableArguments {
    @Option(
        name: .customLong("root-ca"),
        help: ArgumentHelp(
            "Root certificate authority of the site's servers, in PEM or DER (repeatable).", valueName: "file.cer"),
        completion: .file(extensions: ["cer", "crt", "pem"]))
    var rootCAs: [String] = []

    @Option(
        help: ArgumentHelp("Certificate with which the site server signs, in PEM or DER.", valueName: "file.cer"),
        completion: .file(extensions: ["cer", "crt", "pem"]))
    var siteSigningCertificate: String?

    @Option(
        help: ArgumentHelp(
            "The site's mobileclient.tcf, or a file that holds its SMSPublicRootKey.", valueName: "file"),
        completion: .file())
    var trustedRootKey: String?

    /// What the files hold.
    func trust() throws -> SiteTrust {
        try SiteTrust.read(
            rootCAs: rootCAs.map { FilePath($0) }, siteSigningCertificate: siteSigningCertificate.map { FilePath($0) },
            trustedRootKey: trustedRootKey.map { FilePath($0) })
    }

    /// Files that these options were read from.
    var sources: [FilePath] {
        (rootCAs + [siteSigningCertificate, trustedRootKey].compactMap { $0 }).map { FilePath($0) }
    }

    /// The fields that are given.
    var givenFields: [(field: RequestField, isGiven: Bool)] {
        [
            (.rootCA, !rootCAs.isEmpty), (.siteSigningCertificate, siteSigningCertificate != nil),
            (.trustedRootKey, trustedRootKey != nil),
        ]
    }
}
