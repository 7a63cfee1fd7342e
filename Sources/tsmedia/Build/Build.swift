// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia build`: all media that a manifest asks for.
struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build all media that a manifest asks for; what is there and has not changed is left.",
        discussion: """
            A manifest is a YAML file whose keys are the options of tsmedia create without the hyphens: \
            tsmedia create ... --print-manifest prints one. What a manifest made before is replaced, anything else never is.
            """,
        required: "a manifest",
        examples: [
            "tsmedia build media.yaml",
            "tsmedia build media.yaml --only 'win11-*' --jobs 4 --junit results.xml",
            "tsmedia build media.yaml --dry-run --json",
        ])

    @Argument(
        help: ArgumentHelp("YAML file that asks for media.", valueName: "manifest.yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var manifest: String

    @Option(
        help: ArgumentHelp("Build media of this name alone; * stands for any text (repeatable).", valueName: "name"))
    var only: [String] = []

    @Option(
        help: ArgumentHelp(
            "Build part I of N: media is divided by its size, the same way everywhere. auto takes the numbers from"
                + " SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, auto/N takes I from JOB_COMPLETION_INDEX or Slurm.",
            valueName: "i/n"))
    var shard: String?

    @Option(help: "Media that is made side by side (default: 1).")
    var jobs: Int?

    @Option(help: ArgumentHelp("Memory for archives that are made side by side.", valueName: "size"))
    var memoryLimit = "1GB"

    @Flag(help: "Build media again that is there already and has not changed.")
    var rebuild = false

    @Option(
        help: ArgumentHelp(
            "File that remembers what this manifest made (default: below ~/.local/state/tsmedia).", valueName: "file"),
        completion: .file())
    var record: String?

    @OptionGroup var reports: ReportFiles

    @Flag(name: [.long], help: "Say what would be built; write nothing.")
    var dryRun = false

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuse(manifest, "the manifest")
        try ForeignPath.refuse(record, "--record")
        if let jobs, jobs < 1 { throw ValidationError("--jobs \(jobs) builds nothing; give 1 or more") }
    }

    func run() throws {
        try reports.prepare()
        let path = FilePath(manifest)
        let all = try ManifestReader.ofProgram(path).read()
        try BuildRun(
            manifest: path, options: try options(), record: record.map { FilePath($0) }, files: reports,
            shard: try shard.map { try Shard($0) }, program: program
        ).run(try selected(all))
    }

    private func options() throws -> ManifestBuild.Options {
        var options = ManifestBuild.Options()
        options.isDryRun = dryRun
        options.rebuilds = rebuild
        options.memoryByteCount = Int(clamping: try FieldValue.byteCount(memoryLimit, .memoryLimit))
        if let jobs { options.jobCount = try FieldValue.threadCount(jobs) }
        return options
    }

    /// The media that `--only` names.
    private func selected(_ media: [ManifestMedia]) throws -> [ManifestMedia] {
        guard !only.isEmpty else { return media }
        for pattern in only where !media.contains(where: { Self.matches($0.name, pattern) }) {
            let meant = Suggestion.nearest(to: pattern, among: media.map(\.name)).map { "did you mean \($0)?" }
            throw ValidationError(
                "--only \(pattern): \(manifest) has no such media; \(meant ?? "tsmedia build --dry-run lists what it has")"
            )
        }
        return media.filter { one in only.contains { Self.matches(one.name, $0) } }
    }

    /// As shells match names, but that slashes are letters like any other (POSIX.1-2017, 2.13).
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        name == pattern || fnmatch(pattern, name, 0) == 0
    }
}

extension ManifestReader {
    /// The reader of the manifest at `path`: its keys are the options of `create`, its variables those of the environment.
    static func ofProgram(_ path: FilePath) -> ManifestReader {
        ManifestReader(path, vocabulary: BuildVocabulary.shared) { name in
            getenv(name).flatMap { String(validatingCString: $0) }
        }
    }
}
