// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import Site
import Support
import SystemPackage

/// `tsmedia site register`.
struct SiteRegister: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "register", abstract: "Makes the certificates of media known to the site.",
        discussion: """
            What create does with --register-certificate, for media that is there. A certificate that the site knows is not sent \
            again, and no private key ever is.
            """,
        required: "the media, --site",
        examples: [
            #"tsmedia site register boot.iso --site https://cm01"#
        ])

    @Argument(help: "An .iso, .img or .wim, a drive, or a folder.", completion: .file())
    var media: [String]

    @Option(
        help: ArgumentHelp(
            "File whose first line is the media's password; - reads standard input.", valueName: "file|-"),
        completion: .file())
    var passwordFile: String?

    @Flag(name: [.long], help: "Say what would be sent; send nothing.")
    var dryRun = false

    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuseShares(media)
        let others = [
            asked.site.siteTokenFile, asked.access.credentials, asked.access.clientCertificatePasswordFile,
        ]
        if passwordFile == "-", others.contains("-") {
            throw ValidationError(
                "--password-file and another option both read standard input; name a file for one of them")
        }
    }

    func run() throws {
        var files = RunFiles(reading: media)
        files.read(asked.files)
        _ = try program.start("site register \(media.joined(separator: ", "))", files)
        let password = try passwordFile.map { try PasswordFile.read($0) }
        // All of it is read before anything is sent.
        let records = try media.map { ($0, try SiteRegistration(of: FilePath($0), password: password)) }
        let registration = CertificateRegistration(try asked.service(), isDryRun: dryRun)
        var entries: [Report.Entry] = []
        var failures: [RegistrationFailure] = []
        for (name, record) in records {
            let outcome = try registration.register(record, on: name)
            entries.append(.init(media: name, mediaGuid: record.mediaGUID, registration: outcome.report))
            failures += [outcome.failure].compactMap { $0 }
        }
        if program.json {
            try StandardOutput.printJSON(Report(certificates: entries))
        } else {
            for entry in entries { try StandardOutput.success("\(entry.media): \(entry.registration.line)") }
        }
        for failure in failures.dropLast() { Console.shared.error(failure) }
        if let last = failures.last { throw last }
    }

    private struct Report: Encodable {
        struct Entry: Encodable {
            let media: String
            let mediaGuid: String
            let registration: RegistrationReport
        }

        let certificates: [Entry]
    }
}
