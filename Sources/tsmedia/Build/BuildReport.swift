// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import MediaBuilder
import Support
import Synchronization
import SystemPackage

/// What became of the media of a manifest.
struct BuildReport: Codable {
    /// One media.
    struct Media: Codable {
        struct Output: Codable {
            let path: String
            let size: Int64
        }

        /// Its number in the manifest, from 1.
        let number: Int
        let name: String
        let type: String
        /// Where the manifest asks for it.
        let place: String
        let status: EntryResult.Status
        let outputs: [Output]
        let size: Int64
        let fileCount: Int?
        let mediaGuid: String?
        let buildKey: String?
        let milliseconds: Int
        let warnings: [String]
        let error: String?
        let exitCode: Int32?

        init(_ result: EntryResult, of media: ManifestMedia) {
            number = media.number
            (name, type, place, status) = (media.name, media.type, media.place, result.status)
            outputs = result.outputs.map { Output(path: $0.path.string, size: $0.byteCount) }
            size = ByteTotal.clampedSum(outputs.lazy.map(\.size))
            (fileCount, mediaGuid, buildKey) = (result.fileCount, result.mediaGUID, result.key?.description)
            milliseconds = Int((min(result.seconds, 1e9) * 1000).rounded())
            warnings = result.warnings.map { $0.text(naming: ManifestEntryError.key) }
            error = result.failure.map { ManifestEntryError($0, in: media).text(naming: ManifestEntryError.key) }
            exitCode = result.failure.map(BuildRun.exitCode)
        }
    }

    /// Which part of a manifest this is of.
    struct Part: Codable {
        let index: Int
        let count: Int
        /// The media of all parts.
        let mediaCount: Int

        init(_ shard: Shard, mediaCount: Int) {
            (index, count, self.mediaCount) = (shard.index, shard.count, mediaCount)
        }
    }

    /// How much became what.
    struct Counts: Encodable {
        let built: Int
        let unchanged: Int
        let failed: Int
        let planned: Int
        /// What nothing became of yet.
        let missing: Int
    }

    let manifest: String
    let shard: Part?
    /// The media that was asked for.
    var mediaCount: Int
    /// What is finished, in the order of the manifest.
    var media: [Media] = []
    /// What came from servers.
    var servers: [ServerReport] = []

    private enum CodingKeys: String, CodingKey { case manifest, shard, mediaCount, media, servers }
    private enum FurtherKeys: String, CodingKey { case counts }

    /// How much became what.
    var counts: Counts {
        func count(_ status: EntryResult.Status) -> Int { media.count { $0.status == status } }
        return Counts(
            built: count(.built), unchanged: count(.unchanged), failed: count(.failed), planned: count(.planned),
            missing: max(0, mediaCount - media.count))
    }

    /// Encodes the report with its sums.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(manifest, forKey: .manifest)
        try container.encode(shard, forKey: .shard)
        try container.encode(mediaCount, forKey: .mediaCount)
        var further = encoder.container(keyedBy: FurtherKeys.self)
        try further.encode(counts, forKey: .counts)
        try container.encode(media, forKey: .media)
        try container.encode(servers, forKey: .servers)
    }

    // MARK: Printing

    /// Writes the report as JSON.
    func write(to file: FilePath) throws {
        var bytes: [UInt8] = []
        try JSON.write(self) { bytes += $0 }
        try AtomicFile.write(bytes + [UInt8(ascii: "\n")], to: file)
    }

    /// Prints the report: one JSON document, or a table and a line that sums it up.
    func print(asJSON: Bool) throws {
        if asJSON { return try StandardOutput.printJSON(self) }
        let rows = media.map { media in
            [
                media.status.rawValue, media.name,
                media.status == .failed && media.outputs.isEmpty ? "" : String(media.size),
                media.outputs.count == 1 ? media.outputs[0].path : media.outputs.map(\.path).joined(separator: ", "),
            ]
        }
        try TextTable(header: ["status", "media", "bytes", "output"], numeric: [2], rows: rows).print()
        let counts = counts
        let parts = [
            (counts.built, "built"), (counts.unchanged, "unchanged"), (counts.planned, "planned"),
            (counts.failed, "failed"),
            (counts.missing, "missing"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        try StandardOutput.print("\(mediaCount) media: \(parts.joined(separator: ", "))")
    }
}

/// The report of a run while it grows; its file says at every moment what is finished.
final class BuildReports: Sendable {
    private struct State {
        var report: BuildReport
        var finished: [Int: BuildReport.Media] = [:]
    }

    private let asked: [ManifestMedia]
    private let state: Mutex<State>
    private let file: FilePath?

    /// A report on `asked`, of which nothing is finished.
    init(of manifest: FilePath, _ shard: BuildReport.Part?, _ asked: [ManifestMedia], file: FilePath?) {
        self.asked = asked
        self.file = file
        state = Mutex(State(report: BuildReport(manifest: manifest.string, shard: shard, mediaCount: asked.count)))
    }

    /// The report on what is finished.
    var report: BuildReport { state.withLock { $0.report } }

    /// Takes note of which media is built.
    func choose(_ numbers: [Int]) { state.withLock { $0.report.mediaCount = numbers.count } }

    /// Takes note of what became of the media with the number `index`.
    func finish(_ index: Int, _ result: EntryResult) {
        state.withLock { state in
            state.finished[index] = BuildReport.Media(result, of: asked[index])
            state.report.media = state.finished.sorted { $0.key < $1.key }.map(\.value)
            guard let file else { return }
            do {
                try state.report.write(to: file)
            } catch {
                Console.shared.warning(
                    "the report \(DiagnosticText(file.string)) could not be written: \(DiagnosticText(error))")
            }
        }
    }
}
