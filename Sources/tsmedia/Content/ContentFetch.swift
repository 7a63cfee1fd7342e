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
        abstract:
            "Bring content from servers into the store, so that media can be made from it without them, or into a library.",
        discussion: """
            What the store has already, and what is on a path, is not fetched again. With --offline no server is asked: the \
            command tells what is missing and ends with 66. With --to, the packages also go into a content library of their \
            own, which is made or completed: a part of the site for a place without a network.
            """,
        required: "packages or --task-sequence, and --distribution-point",
        examples: [
            #"tsmedia content fetch --task-sequence "Windows 11.zip" \"#,
            #"    --distribution-point https://dp.example.com --credentials users.txt"#,
            #"tsmedia content fetch ABC00001 ABC00005 --to /media/stick/SCCMContentLib \"#,
            #"    --distribution-point https://dp.example.com"#,
        ])

    @Argument(help: ArgumentHelp("IDs of the packages to fetch, such as ABC00012.", valueName: "id"))
    var packageIDs: [PackageID] = []

    @OptionGroup(title: "Everything that media with a task sequence needs") var sequence: TaskSequenceOptions

    @Option(
        name: .customLong("distribution-point"),
        help: ArgumentHelp(
            "Distribution point to take content from: http(s)://host, smb://host/share, or the path of an SCCMContentLib folder"
                + " (repeatable).", valueName: "location"))
    var distributionPoints: [String] = []

    @Option(
        help: ArgumentHelp("Content library to make or to complete with the packages.", valueName: "library"),
        completion: .directory)
    var to: String?

    @Option(help: "The store (default: ~/.cache/tsmedia).", completion: .directory)
    var store: String?

    @Option(help: "Files that are fetched at once (default: \(ContentCollection.usualFileCount)).")
    var jobs: Int?

    @OptionGroup(title: "Servers") var servers: ServerOptions
    @OptionGroup(title: "Further content") var further: FurtherContentOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
        try ForeignPath.refuse(to, "--to")
        try ForeignPath.refuse(store, "--store")
        if to?.isEmpty == true { throw ValidationError("--to names no folder") }
        if servers.noStore, to == nil {
            throw ValidationError("--no-store would leave nothing of what is fetched; leave it out")
        }
        if distributionPoints.isEmpty {
            throw ValidationError("--distribution-point is missing; name where to fetch from")
        }
    }

    func run() throws {
        var files = RunFiles(reading: servers.files.map(\.string) + [sequence.taskSequence].compactMap { $0 })
        files.read(further.sources)
        let logger = try program.start("content fetch", files)
        let ids = try wanted()
        guard !ids.isEmpty else {
            throw ValidationError("<id> and --task-sequence are missing; name packages, or a task sequence")
        }
        let store = ContentStore(folder: store.map { FilePath($0) } ?? ContentStore.defaultFolder)
        let points = try DistributionPoints.ofProgram(servers)
            .open(
                locations: distributionPoints, store: store, interruption: Signals.interruption,
                progress: Console.shared)
        let writer = try to.map { try LibraryPlace.writer($0) }
        let fetched: [ContentCollection.Package]
        var libraryWarnings: [String] = []
        do {
            fetched = try ContentCollection(
                from: points, into: store,
                threadCount: try jobs.map { try FieldValue.threadCount($0) } ?? ContentCollection.usualFileCount,
                interruption: Signals.interruption, progress: Console.shared
            ).run(ids, fetches: !servers.noStore)
            if let writer {
                libraryWarnings = try LibraryCompletion(
                    from: points, into: writer, store: store, interruption: Signals.interruption,
                    progress: Console.shared
                ).run(ids)
            }
        } catch {
            // What went wrong before may explain what went wrong at last.
            for warning in points.takeWarnings() { Console.shared.warning(warning) }
            throw error
        }
        let told = fetched.flatMap(\.warnings) + libraryWarnings
        let warnings = points.takeWarnings() + told.map { DiagnosticText($0) }
        for warning in warnings { Console.shared.warning(warning) }
        for package in fetched {
            logger.info("\(package.package.id): fetched \(package.fetchedFileCount) of \(package.fileCount) files")
        }
        for server in points.served { logger.info("\(server.text)") }
        guard !program.json else {
            return try StandardOutput.printJSON(
                Report(
                    store: store.folder.string, library: to, packages: fetched.map(PackageReport.init),
                    servers: points.served.map(ServerReport.init), warnings: warnings))
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
        if let to { try StandardOutput.success("\(to) holds all of it") }
    }

    /// The packages, each once, in order.
    private func wanted() throws -> [PackageID] {
        var ids = packageIDs
        let content = try further.sequence()
        ids += content.additionalPackages
        if let taskSequence = sequence.taskSequence {
            let root = try TaskSequenceFile.read(FilePath(taskSequence)).chosen(id: sequence.choice.taskSequenceID)
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
        let library: String?
        let packages: [PackageReport]
        let servers: [ServerReport]
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
