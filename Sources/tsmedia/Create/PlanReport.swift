// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import Support

/// A plan as `create` reports it (design.md section 2).
struct PlanReport: Encodable {
    struct File: Encodable {
        let path: String
        let size: Int64
        let sha256: SHA256Digest
        let source: String
    }

    struct Volume: Encodable {
        let number: Int
        let output: String
        let label: String
        let capacity: Int64?
        let size: Int64
        let files: [File]

        private enum CodingKeys: String, CodingKey { case number, output, label, capacity, size, files }

        // Written out because an unlimited capacity is null, not absent.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(number, forKey: .number)
            try container.encode(output, forKey: .output)
            try container.encode(label, forKey: .label)
            try container.encode(capacity, forKey: .capacity)
            try container.encode(size, forKey: .size)
            try container.encode(files, forKey: .files)
        }
    }

    let mediaType: MediaType
    let label: String
    let mediaGuid: String
    let volumes: [Volume]
    let packing: PackingSummary?
    let warnings: [String]
    let notes: [String]

    init(_ plan: MediaPlan) {
        mediaType = plan.mediaType
        label = plan.label
        mediaGuid = plan.mediaGUID
        volumes = plan.volumes.map { volume in
            Volume(
                number: volume.number, output: volume.output.string, label: volume.label,
                capacity: volume.capacity, size: volume.byteCount,
                files: volume.files.map {
                    File(path: $0.path.description, size: $0.byteCount, sha256: $0.sha256, source: $0.origin)
                })
        }
        packing = plan.packing
        warnings = plan.warnings
        notes = plan.notes
    }

    /// How a set was divided, in words.
    private var packingLines: [String] {
        guard let packing, volumes.count > 1 else { return [] }
        return [
            "\(volumes.count) volumes, \(packing.method.rawValue): in the order of the task sequence"
                + " \(packing.orderedVolumeCount), packed densely \(packing.denseVolumeCount), at least"
                + " \(packing.lowerBound)"
        ]
    }

    /// The report in words.
    func lines(isDryRun: Bool) -> [String] {
        packingLines
            + volumes.flatMap { volume -> [String] in
                let verb = isDryRun ? "would write" : "wrote"
                let size = "\(volume.size) bytes (\(Amounts.bytes(volume.size)))"
                let head =
                    "\(verb) \(volume.output): \(mediaType.title), \(volume.files.count) files, \(size)\(volume.fill)"
                guard isDryRun else { return [head] }
                let width = volume.files.map { String($0.size).count }.max() ?? 0
                return [head]
                    + volume.files.map { file in
                        let size = String(file.size)
                        let padding = String(repeating: " ", count: width - size.count)
                        return "  \(padding)\(size)  \(file.path)  from \(file.source)".onOneLine
                    }
            }
    }
}

extension PlanReport.Volume {
    /// How full a limited volume is: ", 97.4 % full".
    fileprivate var fill: String {
        guard let capacity else { return "" }
        let permille = Int((Double(size) / Double(capacity) * 1000).rounded(.down))
        return ", \(permille / 10).\(permille % 10) % full"
    }
}
