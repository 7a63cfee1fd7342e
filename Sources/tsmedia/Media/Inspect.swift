// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// `tsmedia inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what media is, what is on it, and who signed its loaders.",
        required: "the media",
        examples: [
            #"tsmedia inspect win11.iso"#,
            #"tsmedia inspect disc1.iso disc2.iso --json"#,
            #"tsmedia inspect win11.iso --dbx dbxupdate_x64.bin"#,
        ])

    @Argument(
        help: "An .iso, .img or .wim, a drive, or a folder; for a set, any of its volumes.", completion: .file())
    var media: [String]

    @Option(
        help: ArgumentHelp(
            "File whose first line is the media's password; - reads standard input.", valueName: "file|-"),
        completion: .file())
    var passwordFile: String?

    @Flag(help: "Show the values of variables that may be secrets.")
    var showSecrets = false

    @OptionGroup(title: "Loaders") var revocations: RevocationOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws { try ForeignPath.refuseShares(media) }

    func run() throws {
        let logger = try program.start(
            "inspect \(media.joined(separator: ", "))", RunFiles(reading: media + revocations.lists))
        let inspector = MediaInspector(
            password: try passwordFile.map {
                try PasswordFile.read($0) {
                    for path in media { _ = try FileError.wrap("opened", FilePath(path)) { try Stat(FilePath(path)) } }
                }
            }, showsSecrets: showSecrets, revocations: try revocations.read()
        ) { sequence, name in
            let package = try? TaskSequencePackage(xml: sequence, source: "Policy.xml", stem: name)
            return package.map { SequenceSecrets($0).stepNames } ?? []
        }
        if media.count == 1, let name = media.first {
            let inspection = try inspector.inspect(FilePath(name))
            logger.info("inspected \(name): \(inspection.mediaType.title)")
            if program.json { return try StandardOutput.printJSON(inspection) }
            return try report(inspection, name)
        }
        let set = try inspector.inspect(media.map { FilePath($0) })
        logger.info("inspected \(set.volumes.count) of \(media.count) media")
        let together = SetReport(set.relation, failures: set.failures, names: media)
        if program.json {
            try StandardOutput.printJSON(SetInspectionReport(set: set, together: together))
        } else {
            for (name, inspection) in zip(set.media, set.volumes) { try report(inspection, name) }
            if !set.certificates.isEmpty { try CertificateTable(set.certificates).print() }
            for line in together.lines() { try StandardOutput.print(line) }
        }
        try together.requireSound(needsWholeSets: false)
    }

    private func report(_ inspection: MediaInspection, _ name: String) throws {
        for line in InspectionReport(inspection, name: name).lines { try StandardOutput.print(line) }
    }
}

/// What `inspect` reports of several media.
private struct SetInspectionReport: Encodable {
    let set: MediaSetInspection
    let together: SetReport

    func encode(to encoder: any Encoder) throws {
        let isComplete = set.failures.isEmpty && set.relation?.isComplete ?? false
        try together.encode(set.volumes, certificates: set.certificates, isComplete: isComplete, to: encoder)
    }
}
