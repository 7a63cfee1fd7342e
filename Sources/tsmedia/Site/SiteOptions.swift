// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Servers
import Site
import Support
import SystemPackage

/// Which site is asked, and how.
struct SiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("AdminService of the site: https://provider/AdminService.", valueName: "url"))
    var site: String?

    @Option(
        help: ArgumentHelp(
            "The one certificate that the AdminService may have, whoever issued it: its SHA-1 or SHA-256.",
            valueName: "hex"))
    var siteCertificateThumbprint: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line is the token for a cloud management gateway; - reads standard input, env:NAME the environment.",
            valueName: "file|-|env:name"))
    var siteTokenFile: String?

    func validate() throws {
        if site == nil, siteCertificateThumbprint != nil || siteTokenFile != nil {
            throw ValidationError("--site-certificate-thumbprint and --site-token-file are of a site; add --site")
        }
    }

    /// The site's AdminService, which `access` is asked with.
    func service(_ access: ServerAccess) throws -> AdminService {
        guard let site else { throw ValidationError("--site is missing; name the AdminService of the site") }
        var input = SiteInput(site: site)
        input.certificateThumbprint = siteCertificateThumbprint
        input.token = try siteTokenFile.map { file in
            if let path = SecretSource(file).file { try ServerAccessInput.requirePrivate(path) }
            return try PasswordFile.firstLine(file, .siteToken)
        }
        return try input.service(access)
    }

    /// What completes a request with what the site knows; nil without a site.
    func completion(_ access: ServerAccess) throws -> SiteCompletion? {
        guard site != nil else { return nil }
        guard !access.isOffline else {
            throw ValidationError("--offline asks no server, and --site names one; leave one out")
        }
        return SiteCompletion(try service(access))
    }
}

/// What the commands that ask a site have in common.
struct AskedSite: ParsableArguments {
    @OptionGroup(title: "Site") var site: SiteOptions
    @OptionGroup(title: "Servers") var access: AccessOptions

    func validate() throws {
        if site.siteTokenFile == "-", [access.credentials, access.clientCertificatePasswordFile].contains("-") {
            throw ValidationError(
                "--site-token-file and another option both read standard input; name a file for one of them")
        }
    }

    /// The site's AdminService.
    func service() throws -> AdminService { try site.service(try access.input().access()) }

    /// Prepares a command that asks the site and writes a document, but not over what it asks with.
    func start(_ command: String, _ output: SequenceOutput, _ program: ProgramOptions) throws {
        var files = output.files(reading: [])
        files.read(self.files)
        _ = try program.start(command, files)
        try files.check()
    }

    /// Files that these options are read from.
    var files: [FilePath] {
        access.files + [site.siteTokenFile].compactMap { $0.flatMap { SecretSource($0).file } }
    }
}
