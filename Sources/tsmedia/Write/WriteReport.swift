// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaBuilder
import Support

/// What `tsmedia write` reports.
struct WriteReport: Encodable {
    /// A drive.
    struct Drive: Encodable {
        let number: Int
        let path: String
        let model: String?
        let serial: String?
        let size: Int64
        let label: String?
        let status: DriveReport.Status
        let error: String?
    }

    let media: [String]
    let mediaType: String
    let mediaGuid: String
    let label: String
    let hasManifest: Bool
    let fileCount: Int
    let size: Int64
    let drives: [Drive]
    let writtenCount: Int
    let failedCount: Int
    let warnings: [DiagnosticText]
    let notes: [DiagnosticText]

    init(_ result: FinishedResult) {
        let found = result.media
        media = found.names
        mediaType = found.mediaType.rawValue
        mediaGuid = found.mediaGUID
        label = found.label
        hasManifest = found.hasManifest
        fileCount = found.files.count
        size = found.byteCount
        drives =
            result.planned.map { planned in
                let report = DriveReport(planned.drive)
                return Drive(planned.number, report, planned.label)
            }
            + result.outcomes.map { Drive($0.number, DriveReport($0.outcome), $0.label) }
        writtenCount = result.writtenCount
        failedCount = result.outcomes.count - result.writtenCount
        warnings = found.warnings
        notes = found.notes
    }

    /// Prints what was written; of drives that came one after the other only how many, because each was told.
    func print(_ result: FinishedResult, isContinuous: Bool) throws {
        let title = "\(result.media.mediaType.title) '\(label)', \(Amounts.files(fileCount)), \(Amounts.bytes(size))"
        guard !isContinuous else {
            return try StandardOutput.print(
                "\(title): \(writtenCount) \(writtenCount == 1 ? "drive" : "drives") written, \(failedCount) failed")
        }
        var lines = [title]
        for drive in drives {
            let name = [drive.path, drive.model].compactMap { $0 }.joined(separator: " ")
            let status = drive.status == .failed ? "FAILED" : drive.status.rawValue
            lines.append(
                "\(name): \(status), \(Amounts.files(fileCount))\(drive.label.map { ", labelled \($0)" } ?? "")")
        }
        try StandardOutput.print(lines)
    }
}

extension WriteReport.Drive {
    fileprivate init(_ number: Int, _ report: DriveReport, _ label: String?) {
        self.init(
            number: number, path: report.path, model: report.model, serial: report.serial, size: report.size,
            label: label, status: report.status, error: report.error)
    }
}
