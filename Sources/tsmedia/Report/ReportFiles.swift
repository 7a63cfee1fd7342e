// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Support
import SystemPackage

/// Where a report goes besides standard output.
struct ReportFiles: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the report as JSON to this file too; a build does after each media.", valueName: "file.json"),
        completion: .file(extensions: ["json"]))
    var report: String?

    @Option(
        help: ArgumentHelp("Write the report for CI systems to this file too (JUnit XML).", valueName: "file.xml"),
        completion: .file(extensions: ["xml"]))
    var junit: String?

    func validate() throws {
        try ForeignPath.refuse(report, "--report")
        try ForeignPath.refuse(junit, "--junit")
    }

    /// The file of the report.
    var reportPath: FilePath? { report.map { FilePath($0) } }

    /// All files that are written.
    var paths: [FilePath] { [report, junit].compactMap { $0 }.map { FilePath($0) } }

    /// Writes `finished` to all of them.
    func write(_ finished: BuildReport) throws {
        if let reportPath { try finished.write(to: reportPath) }
        if let junit { try AtomicFile.write(JUnitReport(finished).bytes, to: FilePath(junit)) }
    }
}
