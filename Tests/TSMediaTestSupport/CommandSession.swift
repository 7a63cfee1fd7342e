// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// The built `tsmedia` in a folder of its own, as its users run it: nothing of the user's is read or written.
public final class CommandSession {
    /// The demo that media are made from.
    public let demo: DemoDistributionPoint
    /// The content library: the demo's, or a copy that the test may damage.
    public let library: FilePath
    /// Where the program runs and where outputs go; empty at first.
    public let folder: FilePath
    /// The store of this session alone.
    public let store: FilePath
    /// The test's own files.
    public let work: TestFolder

    /// What every media of the demo needs, by media type.
    public enum Media: String, CaseIterable, Sendable, CustomStringConvertible {
        /// Bootable media.
        case bootable
        /// Capture media.
        case capture
        /// Stand-alone media.
        case standalone

        /// The name of the subcommand.
        public var description: String { rawValue }
    }

    /// A session on the shared demo, on `demo`, or with `ownLibrary` on a copy of its library.
    public init(demo: DemoDistributionPoint? = nil, ownLibrary: Bool = false) throws {
        work = try TestFolder()
        let shared = try demo ?? SharedDemo.distributionPoint()
        self.demo = shared
        folder = work.appending("out")
        store = work.appending("store")
        try TestFolder.makeFolder(folder)
        library = ownLibrary ? work.appending("SCCMContentLib") : shared.library
        if ownLibrary { try Program.succeed("cp", ["-a", shared.library.string, library.string]) }
    }

    // MARK: Running

    /// Runs `tsmedia` with `arguments` to its end.
    @discardableResult
    public func run(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> ProgramResult {
        try Program.run(
            try BuiltProgram.tsmedia.string, arguments, environment: isolated(environment), input: input, in: folder)
    }

    /// Runs `tsmedia` and throws unless it exits 0.
    @discardableResult
    public func succeed(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> ProgramResult {
        try Program.succeed(
            try BuiltProgram.tsmedia.string, arguments, environment: isolated(environment), input: input, in: folder)
    }

    /// Starts `tsmedia` with an open standard input.
    public func start(
        _ arguments: [String], environment: [String: String] = [:], output: FilePath? = nil, ownSession: Bool = false
    ) throws -> RunningProgram {
        try RunningProgram(
            try BuiltProgram.tsmedia, arguments, environment: isolated(environment), folder: folder,
            work: work.appending("run-\(UInt64.random(in: .min ... .max))"), output: output,
            ownSession: ownSession)
    }

    private func isolated(_ environment: [String: String]) -> [String: String] {
        ["HOME": work.path.string, "XDG_CACHE_HOME": work.appending("cache").string, "SOURCE_DATE_EPOCH": ""]
            .merging(environment) { $1 }
    }

    // MARK: Creating

    /// The arguments that make media of the demo at `output`.
    public func arguments(_ media: Media, _ output: String = "media.iso", _ more: [String] = []) -> [String] {
        let source = ["--distribution-point", library.string, "--store", store.string, "--output", output]
        let own =
            switch media {
            case .bootable:
                [
                    "--boot-image", DemoSite.bootImage, "--management-point", "http://mp.example.com", "--site-code",
                    "ABC",
                ]
            case .capture: ["--boot-image", DemoSite.bootImage]
            case .standalone: ["--task-sequence", demo.taskSequenceExport.string]
            }
        return ["create", media.rawValue] + source + own + more
    }

    /// Makes media, which must succeed, and returns its path.
    @discardableResult
    public func create(
        _ media: Media, _ output: String = "media.iso", _ more: [String] = [], environment: [String: String] = [:]
    ) throws -> FilePath {
        try succeed(arguments(media, output, more), environment: environment)
        return folder.appending(output)
    }

    /// The plan of media, from `--dry-run --json`.
    public func plan(_ media: Media, _ output: String = "media.iso", _ more: [String] = []) throws -> JSONValue {
        try JSONValue(parsing: try succeed(arguments(media, output, more + ["--dry-run", "--json"])).output)
    }

    /// What `inspect` says of media.
    public func inspect(_ media: String = "media.iso", _ more: [String] = []) throws -> JSONValue {
        try JSONValue(parsing: try succeed(["inspect", media, "--json"] + more).output)
    }

    // MARK: What is there

    /// The names in ``folder``, hidden ones too.
    public func outputs() throws -> [String] {
        try FolderEntry.entries(of: folder).map { $0.name ?? "?" }.sorted()
    }

    /// The bytes of the file `name` in ``folder``.
    public func bytes(_ name: String) throws -> [UInt8] { try SmallFile.read(folder.appending(name), limit: 1 << 30) }

    /// The file of the library that holds the bytes of the file named `name` in `package`.
    public func libraryFile(_ name: String, of package: String) throws -> FilePath {
        let files = demo.contents(of: package).flatMap(\.files)
        guard let digest = files.first(where: { $0.key.description == name })?.value.digest.upperCase else {
            throw FileError("found", FilePath(name), .noSuchFileOrDirectory)
        }
        return library.appending("FileLib").appending(String(digest.prefix(4))).appending(digest)
    }

    /// Flips the lowest bit of the byte at `offset` of `file`; a negative offset counts from its end.
    public static func flipBit(of file: FilePath, at offset: Int64) throws {
        let descriptor = try FileDescriptor.open(file, .readWrite, options: .closeOnExec)
        try descriptor.closeAfter {
            let place = offset < 0 ? try descriptor.seek(offset: offset, from: .end) : offset
            var byte: UInt8 = 0
            _ = try withUnsafeMutableBytes(of: &byte) { try descriptor.read(fromAbsoluteOffset: place, into: $0) }
            try descriptor.writeAll(toAbsoluteOffset: place, [byte ^ 1])
        }
    }

    /// Opens the media's files with 7-Zip into the folder `name` of ``work``, and returns it.
    public func extract(_ media: String = "media.iso", to name: String = "extracted") throws -> FilePath {
        let target = work.appending(name)
        try Program.succeed("7z", ["x", "-y", "-bd", "-o\(target.string)", folder.appending(media).string])
        return target
    }
}

extension ProgramResult {
    /// What `verify` found: its output without what it says of loaders.
    public var findings: String {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.filter { !$0.hasPrefix("loader  ") && !$0.hasPrefix("  ") }.joined(separator: "\n")
    }

    /// The last message of the program: what it ended with.
    public var failure: String {
        errorText.split(separator: "\n").last { $0.lowercased().hasPrefix("error: ") }.map(String.init) ?? errorText
    }
}
