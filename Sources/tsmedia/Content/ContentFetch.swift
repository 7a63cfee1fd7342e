// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Identifiers
import MediaBuilder
import Support
import SystemPackage
import TaskSequence

/// `tsmedia content fetch`.
struct ContentFetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "fetch",
        abstract: "Bring content from servers into the store, so that media can be made from it without them.",
        discussion: """
            What the store has already, and what is on a path, is not fetched again. With --offline no server is asked: the \
            command tells what is missing and ends with 66.
            """,
        required: "packages or --task-sequence, and --distribution-point",
        examples: [
            #"tsmedia content fetch --task-sequence "Windows 11.zip" \"#,
            #"    --distribution-point https://dp.example.com --credentials users.txt"#,
        ])

    @Argument(help: ArgumentHelp("Packages to fetch.", valueName: "id"))
    var packageIDs: [PackageID] = []

    @Option(
        help: ArgumentHelp("Fetch everything that media with this task sequence needs.", valueName: "file"),
        completion: .file())
    var taskSequence: String?

    @Option(
        name: .customLong("task-sequence-id"),
        help: "Which task sequence of the export, when it holds several that no other one runs.")
    var taskSequenceID: String?

    @Option(
        name: .customLong("distribution-point"),
        help: ArgumentHelp(
            "Distribution point to take content from: http://host, https://host, or the path of an SCCMContentLib folder"
                + " (repeatable).", valueName: "location"))
    var distributionPoints: [String] = []

    @Option(help: "The store (default: ~/.cache/tsmedia).", completion: .directory)
    var store: String?

    @Option(help: "Files that are fetched at once (default: \(ContentCollection.usualFileCount)).")
    var jobs: Int?

    @OptionGroup(title: "Servers") var servers: ServerOptions
    @OptionGroup(title: "Further content") var further: FurtherContentOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
        if servers.noStore { throw ValidationError("--no-store would leave nothing of what is fetched; leave it out") }
        if distributionPoints.isEmpty {
            throw ValidationError("--distribution-point is missing; name where to fetch from")
        }
    }

    func run() throws {
        var files = RunFiles(reading: servers.files.map(\.string) + [taskSequence].compactMap { $0 })
        files.read(further.sources)
        let logger = try program.start("content fetch", files)
        let ids = try wanted()
        guard !ids.isEmpty else {
            throw ValidationError("<id> and --task-sequence are missing; name packages, or a task sequence")
        }
        let store = ContentStore(folder: store.map { FilePath($0) } ?? ContentStore.defaultFolder)
        let points = try DistributionPoints.ofProgram(try servers.input().access(), prefersOrder: servers.preferOrder)
            .open(
                locations: distributionPoints, store: store, interruption: Signals.interruption,
                progress: Console.shared)
        let fetched: [ContentCollection.Package]
        do {
            fetched = try ContentCollection(
                from: points, into: store,
                threadCount: try jobs.map { try FieldValue.threadCount($0) } ?? ContentCollection.usualFileCount,
                interruption: Signals.interruption, progress: Console.shared
            ).run(ids)
        } catch {
            // What went wrong before may explain what went wrong at last.
            for warning in points.takeWarnings() { Console.shared.warning(warning) }
            throw error
        }
        let warnings = points.takeWarnings() + fetched.flatMap { $0.warnings.map { DiagnosticText($0) } }
        for warning in warnings { Console.shared.warning(warning) }
        for package in fetched {
            logger.info("\(package.package.id): fetched \(package.fetchedFileCount) of \(package.fileCount) files")
        }
        guard !program.json else {
            return try StandardOutput.printJSON(
                Report(store: store.folder.string, packages: fetched.map(PackageReport.init), warnings: warnings))
        }
        try TextTable(
            header: ["ID", "VERSION", "FILES", "SIZE", "FETCHED", "FROM"], numeric: [1, 2, 3, 4],
            rows: fetched.map { package in
                [
                    package.package.id.description, package.package.version.map { String($0) } ?? "-",
                    String(package.fileCount), Amounts.bytes(package.byteCount),
                    Amounts.bytes(package.fetchedByteCount), package.location,
                ]
            }
        ).print()
    }

    /// The packages, each once, in order.
    private func wanted() throws -> [PackageID] {
        var ids = packageIDs
        let content = try further.sequence()
        ids += content.additionalPackages
        if let taskSequence {
            let root = try TaskSequenceFile.read(FilePath(taskSequence)).chosen(id: taskSequenceID)
            let required = RequiredContent(
                of: root, catalog: content.catalog,
                request: RequiredContent.Request(
                    applications: content.applications, packages: content.additionalPackages.map(\.description),
                    includesApplicationDependencies: content.includesApplicationDependencies))
            for item in required.items + [required.bootImage].compactMap({ $0 }) {
                if let id = item.packageID.flatMap({ PackageID($0) }) {
                    ids.append(id)
                } else if !item.isResolved {
                    Console.shared.warning(
                        "\(item.title): its package is not known, so it is not fetched")
                }
            }
        }
        var seen: Set<PackageID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    private struct Report: Encodable {
        let store: String
        let packages: [PackageReport]
        let warnings: [DiagnosticText]
    }

    private struct PackageReport: Encodable {
        let id: PackageID
        let version: Int?
        let contentIds: [ContentID]
        let source: String
        let fileCount: Int
        let size: Int64
        let fetchedFileCount: Int
        let fetchedSize: Int64

        init(_ package: ContentCollection.Package) {
            (id, version, contentIds) = (package.package.id, package.package.version, package.package.contentIDs)
            source = package.location
            (fileCount, size) = (package.fileCount, package.byteCount)
            (fetchedFileCount, fetchedSize) = (package.fetchedFileCount, package.fetchedByteCount)
        }
    }
}
