// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import JSON
import MediaBuilder
import MediaFormat
import Support
import SystemPackage

/// A plan as `create` reports it.
struct PlanReport {
    private let plan: MediaPlan
    private let drives: [DriveReport]?
    private let servers: [ServerReport]
    private let registration: RegistrationReport?
    /// What an output is called.
    private let name: (FilePath) -> String

    /// A report on `plan`, on what became of its drives when it was carried out, on what came from servers, and on what the
    /// site was told.
    ///
    /// - Parameter name: what an output is called.
    init(
        _ plan: MediaPlan, outcomes: [DriveOutcome]? = nil, servers: [ServerReport] = [],
        registration: RegistrationReport? = nil,
        name: @escaping (FilePath) -> String = { $0.string }
    ) {
        self.plan = plan
        self.servers = servers
        self.registration = registration
        self.name = name
        drives =
            plan.drives.isEmpty
            ? nil : outcomes.map { $0.map { DriveReport($0) } } ?? plan.drives.map { DriveReport($0) }
    }
}

// MARK: JSON

extension PlanReport {
    /// The report.
    private struct Frame: Encodable {
        /// A file of a WIM that was written.
        struct Part: Encodable {
            let output: String
            let size: Int64
        }

        /// A partition of a drive.
        struct Partition: Encodable {
            let number: Int
            let offset: Int64
            let size: Int64
            let fileSystem: VolumeFileSystem?
            let label: String
            let fileCount: Int
        }

        /// Very many, so that each becomes a line only when it is written.
        struct Files: Encodable {
            let files: [PlannedFile]

            func encode(to encoder: any Encoder) throws {
                let lines = files.lazy.map {
                    FileLine(path: $0.path, sha256: $0.sha256, byteCount: $0.byteCount, source: $0.origin)
                }
                try JSONList(lines).encode(to: encoder)
            }
        }

        struct Volume: Encodable {
            let number: Int
            let output: String
            let label: String
            let capacity: Int64?
            let size: Int64
            /// Only of what is compressed: the size of everything else is always exact.
            let sizeIsExact: Bool?
            let bmap: String?
            let parts: [Part]?
            let reuse: ReuseReport?
            let operatingSystemImage: MediaManifest.OperatingSystemImage?
            let partitions: [Partition]?
            let files: Files

            init(_ volume: VolumePlan, _ name: (FilePath) -> String) {
                (number, output, label) = (volume.number, name(volume.output), volume.label)
                (capacity, size) = (volume.capacity, volume.byteCount)
                let report = volume.report
                sizeIsExact = report.sizeIsExact
                bmap = report.map.map(name)
                parts =
                    report.parts.isEmpty
                    ? nil : report.parts.map { Part(output: name($0.path), size: $0.byteCount) }
                reuse = report.reuse.map(ReuseReport.init)
                operatingSystemImage = report.operatingSystemImage
                files = Files(files: volume.files)
                partitions = report.partitions?.enumerated().map { index, partition in
                    Partition(
                        number: index + 1, offset: partition.range.lowerBound, size: Int64(partition.range.count),
                        fileSystem: partition.fileSystem, label: partition.label, fileCount: partition.fileCount)
                }
            }
        }

        /// Where a value of the request came from.
        struct Origin: Encodable {
            let field: String
            let value: String
            let detail: String
            let source: String
        }

        let mediaType: MediaType
        let label: String
        let mediaGuid: String
        let certificate: MediaInspection.Certificate?
        let registration: RegistrationReport?
        let volumes: [Volume]
        let drives: [DriveReport]?
        let packing: PackingSummary?
        let servers: [ServerReport]
        let origins: [Origin]
        let warnings: [DiagnosticText]
        let notes: [DiagnosticText]
    }

    /// Prints the report as one JSON document with stable keys.
    func printJSON() throws {
        try StandardOutput.printJSON(
            Frame(
                mediaType: plan.mediaType, label: plan.label, mediaGuid: plan.mediaGUID, certificate: plan.certificate,
                registration: registration, volumes: plan.volumes.map { Frame.Volume($0, name) }, drives: drives,
                packing: plan.packing,
                servers: servers,
                origins: plan.origins.map {
                    Frame.Origin(field: $0.field.name, value: $0.value, detail: $0.detail, source: $0.source)
                },
                warnings: plan.warnings, notes: plan.notes))
    }
}

// MARK: Words

extension PlanReport {
    /// Prints the report in words; of a plan that was not carried out, with what is on each volume by content, and with
    /// every file where `listsFiles` is set.
    func printText(isDryRun: Bool, listsFiles: Bool) throws {
        guard isDryRun || listsFiles || !Console.shared.isQuiet else { return }
        var output = LongOutput()
        if isDryRun { for line in originLines { try output.print(line) } }
        for line in packingLines { try output.print(line) }
        for volume in plan.volumes {
            if let drives, !isDryRun {
                for drive in drives { try output.print(drive.line(volume)) }
                continue
            }
            let verb = isDryRun ? "would write" : "wrote"
            let isExact = volume.report.sizeIsExact ?? true
            let size = "\(isExact ? "" : "at most ")\(volume.byteCount) bytes (\(Amounts.bytes(volume.byteCount)))"
            let files = Amounts.files(volume.files.count)
            let title =
                plan.drives.isEmpty ? name(volume.output) : plan.drives.map(\.displayName).joined(separator: ", ")
            try output.print("\(verb) \(title): \(plan.mediaType.title), \(files), \(size)\(volume.fill)")
            for line in volume.report.lines(name) { try output.print(line) }
            if isDryRun, !listsFiles {
                for line in contentLines(of: volume) { try output.print(line) }
            }
            if listsFiles { try listFiles(of: volume, &output) }
        }
        if let registration { try output.print(registration.line) }
        try output.finish()
    }

    /// Every file, and where it comes from.
    private func listFiles(of volume: VolumePlan, _ output: inout LongOutput) throws {
        let width = volume.files.lazy.map { String($0.byteCount).utf8.count }.max() ?? 0
        for file in volume.files {
            let size = String(file.byteCount)
            let padding = String(repeating: " ", count: width - size.utf8.count)
            try output.print("  \(padding)\(size)  \(file.path)  from \(file.origin)")
        }
    }

    /// What is on a volume, by content in their order there, and what of it is no content's.
    private func contentLines(of volume: VolumePlan) -> [String] {
        var rows: [(name: String, fileCount: Int, byteCount: Int64, place: String)] = []
        var numbers: [String: Int] = [:]
        for file in volume.files {
            var (name, place) = ("the media itself", "")
            if case .content(_, let content) = file.source {
                (name, place) = (content.id.description, "from \(file.place)")
            }
            let number = numbers[name] ?? rows.count
            if number == rows.count {
                numbers[name] = number
                rows.append((name, 0, 0, place))
            }
            rows[number].fileCount += 1
            rows[number].byteCount += file.byteCount
        }
        let table = TextTable(
            header: ["", "", "", ""], numeric: [1, 2],
            rows: rows.map { [$0.name, Amounts.files($0.fileCount), Amounts.bytes($0.byteCount), $0.place] })
        return table.lines.dropFirst().map { "  \($0)" }
    }

    /// Where values came from, where a site was asked.
    private var originLines: [String] {
        guard !plan.origins.isEmpty else { return [] }
        let rows = plan.origins.map { [OptionNames.option($0.field, $0.value), "from \($0.source)", $0.detail] }
        return TextTable(header: ["", "", ""], rows: rows).lines.dropFirst().map { $0 }
    }

    /// How a set was divided.
    private var packingLines: [String] {
        guard let packing = plan.packing, plan.volumes.count > 1 else { return [] }
        return [
            "\(plan.volumes.count) volumes, \(packing.method.rawValue): in the order of the task sequence"
                + " \(packing.orderedVolumeCount), packed densely \(packing.denseVolumeCount), at least"
                + " \(packing.lowerBound)"
        ]
    }
}

extension VolumePlan {
    /// How full a limited volume is: ", 97.4 % full".
    fileprivate var fill: String {
        guard let capacity, !report.fillsItsRoom else { return "" }
        let permille = Int((Double(byteCount) / Double(capacity) * 1000).rounded(.down))
        return ", \(permille / 10).\(permille % 10) % full"
    }
}

extension VolumeReport {
    /// What its format has to tell: partitions when there are several, parts too, and what was taken over of an earlier
    /// file.
    fileprivate func lines(_ name: (FilePath) -> String) -> [String] {
        let listed = parts.enumerated().map { "  part \($0 + 1)  \(name($1.path))  \($1.byteCount) bytes" }
        return partitionLines + imageLines + (parts.count > 1 ? listed : []) + (reuse.map { ["  \($0.text)"] } ?? [])
    }

    private var imageLines: [String] {
        guard let image = operatingSystemImage else { return [] }
        return [
            "  operating system image \(image.id), image \(image.index), extracted"
                + "\(image.partition.map { " to partition \($0)" } ?? ""):"
                + " \(Amounts.files(image.fileCount)), \(Amounts.bytes(image.size))"
        ]
    }

    private var partitionLines: [String] {
        let partitions = partitions ?? []
        guard partitions.count > 1 else { return [] }
        return partitions.enumerated().map { index, partition in
            let volume = partition.fileSystem.map { "\($0.title) \"\(partition.label)\"" } ?? "no volume"
            return "  partition \(index + 1)  \(volume)  \(Amounts.bytes(Int64(partition.range.count)))"
                + "  \(Amounts.files(partition.fileCount))\(partition.isStarted ? "  boots" : "")"
        }
    }
}

extension VolumeFileSystem {
    /// What it is called.
    fileprivate var title: String { self == .fat32 ? "FAT32" : "NTFS" }
}

extension ArchiveReuse {
    /// What was saved, in words.
    fileprivate var text: String {
        let saved = "\(Amounts.files(reusedFileCount)), \(Amounts.bytes(reusedSize)), were not compressed again"
        return "from \(base): \(saved)\(reason.map { " (\($0.withOptions))" } ?? "")"
    }
}

/// What was taken over of an earlier file, as reports have it.
struct ReuseReport: Encodable {
    let base: String
    let reusedFileCount: Int
    let reusedSize: Int64
    let reason: DiagnosticText?

    init(_ reuse: ArchiveReuse) {
        (base, reusedFileCount, reusedSize) = (reuse.base, reuse.reusedFileCount, reuse.reusedSize)
        reason = reuse.reason
    }
}
