// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
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

    /// Makes sure that what has their names was written as such before, or is not there, and removes it: what lies there from
    /// now on is of this run, however that ends.
    ///
    /// - Throws: `MediaBuilderError` `.unsafeOutput` for anything else; `FileError`.
    func prepare() throws {
        try prepare(report, "{", ["\"manifest\"", "\"mediaCount\""], "a report of tsmedia build")
        try prepare(junit, "<?xml", ["<testsuites "], "a report in JUnit XML")
    }

    /// Enough of a file to know it by.
    private static let startByteCount = 4096

    private func prepare(_ name: String?, _ start: String, _ marks: [String], _ title: String) throws {
        guard let path = name.map({ FilePath($0) }), let status = try? Stat(path), status.type != .characterSpecial
        else { return }
        guard status.type == .regular else { throw refusal(path, title) }
        if status.size > 0 {
            let descriptor = try InputFile.open(path)
            let bytes = try descriptor.closeAfter {
                try FileSource(descriptor, path: path)
                    .bytes(at: 0, length: Int(min(status.size, Int64(Self.startByteCount)))) ?? []
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.hasPrefix(start), marks.allSatisfy(text.contains) else { throw refusal(path, title) }
        }
        try Folder.removeFile(path)
    }

    private func refusal(_ path: FilePath, _ title: String) -> MediaBuilderError {
        MediaBuilderError(
            .unsafeOutput, "\(path)", "exists and is not \(title), so that it is not replaced",
            nextStep: "name a new file, or an earlier report")
    }

    /// Writes `finished` to all of them.
    func write(_ finished: BuildReport) throws {
        if let reportPath { try finished.write(to: reportPath) }
        if let junit { try AtomicFile.write(JUnitReport(finished).bytes, to: FilePath(junit)) }
    }
}
