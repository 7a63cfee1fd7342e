// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// `tsmedia inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what media is, what is on it, and who signed its loaders.")

    @Argument(help: "An .iso image, or a folder.", completion: .file())
    var media: String

    @Option(
        help: ArgumentHelp(
            "File whose first line is the media's password; - reads standard input.", valueName: "file|-"))
    var passwordFile: String?

    @Flag(help: "Show the values of variables that may be secrets.")
    var showSecrets = false

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let logger = try program.start("inspect \(media)")
        let inspector = MediaInspector(
            password: try passwordFile.map { try PasswordFile.read($0) }, showsSecrets: showSecrets)
        let inspection = try inspector.inspect(FilePath(media))
        logger.info("inspected \(media): \(inspection.mediaType.title)")
        if program.json { return try StandardOutput.printJSON(inspection) }
        for line in InspectionReport(inspection, name: media).lines { try StandardOutput.print(line) }
    }
}
