// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import MediaFormat
import Support
import SystemPackage

/// `tsmedia verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of media with the manifest on it.",
        discussion: """
            Of several media it tells whether they are a whole set, copies of each other or separate media, and goes on \
            after one that is damaged, and of each UEFI loader whether its signature holds. Exits 65 when a file is \
            missing, damaged, unreadable or foreign, when a loader was changed after it was signed or is on a list of \
            --dbx, when a set lacks a volume, or when media are of different builds. With --against it tells instead which contents a client \
            would find current, without reading them, and exits 65 when one is not.
            """,
        required: "the media",
        examples: [
            #"tsmedia verify win11.iso"#,
            #"tsmedia verify disc1.iso disc2.iso disc3.iso"#,
            #"tsmedia verify win11.iso --dbx dbxupdate_x64.bin"#,
            #"tsmedia verify win11.iso --against /srv/SCCMContentLib"#,
        ])

    @Argument(help: "An .iso, .img or .wim, a drive, or a folder; for a set, all its volumes.", completion: .file())
    var media: [String]

    @Option(
        name: .customLong("against"),
        help: ArgumentHelp(
            "Distribution point to compare contents with: the path of an SCCMContentLib folder, http://host or https://host"
                + " (repeatable).",
            valueName: "location"), completion: .directory)
    var distributionPoints: [String] = []

    @Option(
        help: "With --against: a task sequence, to tell also what it needs and the media lacks.", completion: .file())
    var taskSequence: String?

    @Option(
        help: ArgumentHelp(
            "Public key in PEM by which the manifest on the media, and the statement of --provenance, must be signed.",
            valueName: "file.pem"), completion: .file(extensions: ["pem", "pub"]))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Statement that create --provenance wrote: the media must be one of its outputs.",
            valueName: "file.intoto.json"), completion: .file(extensions: ["json"]))
    var provenance: String?

    @Option(help: "Threads that hash (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Loaders") var revocations: RevocationOptions
    @OptionGroup(title: "Servers, with --against") var servers: ServerOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuseShares(media)
        if let name = media.first(where: { name in media.count { $0 == name } > 1 }) {
            throw ValidationError("\(name) is named twice; name each media once")
        }
        if !distributionPoints.isEmpty, let option = key != nil ? "--key" : provenance.map({ _ in "--provenance" }) {
            throw ValidationError("\(option) is not for --against; leave one of them out")
        }
        if taskSequence != nil, distributionPoints.isEmpty {
            throw ValidationError("--task-sequence needs --against")
        }
        if !revocations.lists.isEmpty, !distributionPoints.isEmpty {
            throw ValidationError("--dbx is about loaders, which --against does not look at; run verify once for each")
        }
    }

    func run() throws {
        let names = media.joined(separator: ", ")
        let read = media + [key, provenance].compactMap { $0 } + revocations.lists + servers.files.map(\.string)
        let logger = try program.start("verify \(names)", RunFiles(reading: read))
        guard distributionPoints.isEmpty else { return try compare() }
        let verifier = MediaVerifier(
            trust: try trust(),
            workerCount: try jobs.map(FieldValue.threadCount) ?? WorkerThreads.processorCount,
            revocations: try revocations.read(), interruption: Signals.interruption,
            progress: Console.shared)
        if media.count == 1 {
            let volume = try verifier.verify(FilePath(media[0]))
            logger.info("verified \(volume.media): \(volume.findings.count) findings in \(volume.fileCount) files")
            return try report(volume)
        }
        let result = try verifier.verify(media.map { FilePath($0) })
        for volume in result.volumes {
            logger.info("verified \(volume.media): \(volume.findings.count) findings in \(volume.fileCount) files")
        }
        let report = VerificationReport(result, order: media)
        try program.json ? StandardOutput.printJSON(report) : report.print()
        try report.requireComplete()
    }

    /// Who is believed.
    private func trust() throws -> MediaTrust {
        let key = try key.map { try KeyFile.publicKey(FilePath($0)) }
        let outputs = try provenance.map { try StatedOutputs(FilePath($0), key: key) }
        if let provenance, key == nil {
            Console.shared.note("nobody's signature of \(provenance) was checked: name a key with --key")
        }
        return MediaTrust(key: key, outputs: outputs)
    }

    /// Reports one volume.
    private func report(_ volume: MediaVerification) throws {
        if program.json {
            try StandardOutput.printJSON(volume)
        } else {
            for line in volume.findingLines + volume.loaderLines { try StandardOutput.print(line) }
            if volume.isIntact {
                let number = volume.volumeCount > 1 ? " (volume \(volume.volume) of \(volume.volumeCount))" : ""
                try StandardOutput.print(
                    "\(volume.media)\(number): intact, \(Amounts.files(volume.fileCount)), \(Amounts.bytes(volume.size))"
                        + (volume.signature == .signed ? ", signed by the key \(volume.signedBy ?? "")" : "")
                )
            }
        }
        if volume.signature == .unchecked {
            Console.shared.note(
                "the manifest of \(volume.media) is signed, which was not checked: name a key with --key")
        }
        if volume.volumeCount > 1 {
            Console.shared.note(
                "volume \(volume.volume) of \(volume.volumeCount): name all volumes to verify the set")
        }
        if let failure = volume.failure { throw failure }
    }

    // MARK: Against distribution points

    private func compare() throws {
        let points = try DistributionPoints.ofProgram(servers).open(
            locations: distributionPoints, store: ContentStore(folder: ContentStore.defaultFolder),
            interruption: Signals.interruption, progress: Console.shared)
        defer { for warning in points.takeWarnings() { Console.shared.warning(warning) } }
        let comparison = try ContentComparer(points, interruption: Signals.interruption, progress: Console.shared)
            .compare(media.map { FilePath($0) }, taskSequence: taskSequence.map { FilePath($0) })
        if program.json {
            try StandardOutput.printJSON(comparison)
        } else {
            let rows = comparison.contents.map { entry in
                [entry.status.rawValue, entry.id, entry.version.map { String($0) } ?? "", entry.reason ?? ""]
            }
            try TextTable(header: ["status", "content", "version", ""], numeric: [2], rows: rows).print()
        }
        let others = comparison.contents.filter { $0.status != .current }
        guard let first = others.first else { return }
        throw MediaFormatError(
            .verificationFailed, DiagnosticText(media.joined(separator: ", ")),
            "differs from the distribution points in \(others.count) of \(comparison.contents.count) contents, the first"
                + " of which is \(first.id) (\(first.status.rawValue))",
            nextStep: "build it again or update it, or let clients download what differs")
    }
}
