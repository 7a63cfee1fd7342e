// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Support
import SystemPackage

/// Fetches packages through apt, which proves them by the signatures of the system's own sources.
///
/// apt keeps its lists in a folder of ours: nothing is installed, and nothing of the system's state is read or written.
public struct PackageFetch {
    /// Where apt's lists are kept between runs.
    public let state: FilePath
    /// The kernel by its version, as `6.1.0-57-amd64`; nil for the newest.
    public var kernel: String?
    /// The processor that the packages are for.
    public let architecture: Architecture
    /// Whether firmware for devices is fetched too.
    public var includesFirmware = false
    private let interruption: Interruption

    private static let apt: (get: FilePath, cache: FilePath) = ("/usr/bin/apt-get", "/usr/bin/apt-cache")
    private static let env: FilePath = "/usr/bin/env"
    /// What apt's methods need of the environment: how the network is reached.
    private static let keptVariables = [
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "HOME",
    ]
    private static let outputByteCountLimit = 16 << 20
    /// Lines of apt that an error quotes.
    private static let quotedLineCount = 3

    /// Fetches what is for `architecture`, with the lists in the folder `state`.
    public init(state: FilePath, architecture: Architecture = .x64, interruption: Interruption = .ofProcess) {
        self.state = state
        self.architecture = architecture
        self.interruption = interruption
    }

    /// Fetches the packages into the folder `output` and writes their list there.
    ///
    /// - Throws: ``OpenBootImageError``: `.unsupportedHost` without apt, `.fetchFailed`, `.missingPackage`;
    ///   `FileError`, `InterruptedError`.
    /// - Returns: the packages that the folder holds.
    @discardableResult
    public func run(
        to output: FilePath, progress: (String) -> Void = { _ in }
    ) throws -> [OpenBootImagePackage] {
        let debian = try DebianArchitecture.of(architecture)
        guard access(Self.apt.get.string, X_OK) == 0 else {
            throw OpenBootImageError(
                .unsupportedHost, "this system", "has no apt-get",
                nextStep: "fetch the packages on a Debian system and bring the folder here")
        }
        for folder in [output, state, state.appending("lists"), state.appending("lists/partial")] {
            try Folder.create(folder, permissions: FilePermissions(rawValue: 0o755))
        }
        for folder in ["cache", "cache/archives", "cache/archives/partial"] {
            try Folder.create(state.appending(folder), permissions: FilePermissions(rawValue: 0o755))
        }
        try AtomicFile.create([], at: state.appending("status"))
        progress("reading the lists of packages")
        _ = try apt(Self.apt.get, ["-q", "update"])
        let kernelPackage = try kernelPackage(debian)
        var names = [kernelPackage] + PackageChoice.fixed(debian)
        names += try dependencies(of: PackageChoice.linkedTools).filter(PackageChoice.isLibrary)
        if includesFirmware { names += try known(PackageChoice.firmware) }
        names = Set(names).sorted { $0.precedesByBytes($1) }
        progress("fetching \(names.count) packages")
        let files = try files(of: names)
        try AtomicFile.create([], at: state.appending("status"))
        _ = try apt(Self.apt.get, ["-q", "download"] + names, in: output)
        return try PackageFolder.write(files, in: output, interruption: interruption)
    }

    /// The package of the kernel that is asked for.
    private func kernelPackage(_ debian: DebianArchitecture) throws -> String {
        if let kernel {
            let name = PackageChoice.kernelPrefix + kernel
            guard try !known([name]).isEmpty else {
                throw OpenBootImageError(
                    .missingPackage, "kernel \(kernel)", "is in none of this system's package sources",
                    nextStep: "look for packages whose names begin with linux-image- with apt-cache search")
            }
            return name
        }
        let text = try apt(Self.apt.cache, ["depends", "-i", debian.newestKernel])
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "Depends:", words[1].hasPrefix(PackageChoice.kernelPrefix) {
                return String(words[1])
            }
        }
        throw OpenBootImageError(
            .missingPackage, "package \(debian.newestKernel)", "is in none of this system's package sources",
            nextStep: "check /etc/apt/sources.list and /etc/apt/sources.list.d")
    }

    /// The names among `names` that the sources have.
    private func known(_ names: [String]) throws -> [String] {
        let text = try apt(Self.apt.cache, ["pkgnames"])
        let all = Set(text.split(separator: "\n").map(String.init))
        return names.filter(all.contains)
    }

    /// The packages that a system that has nothing would get with `names`.
    private func dependencies(of names: [String]) throws -> [String] {
        try uris(["-y", "-o", "APT::Install-Recommends=0", "install"] + names).map(\.name)
    }

    /// The names under which `names` come as files.
    private func files(of names: [String]) throws -> [String] {
        let files = try uris(["download"] + names)
        let missing = Set(names).subtracting(files.map(\.name))
        guard let first = missing.min() else { return files.map(\.file) }
        throw OpenBootImageError(
            .missingPackage, "package \(first)", "is in none of this system's package sources",
            nextStep: "check /etc/apt/sources.list and /etc/apt/sources.list.d")
    }

    /// The lines 'URI' FILE SIZE HASH that apt-get prints for `arguments`.
    private func uris(_ arguments: [String]) throws -> [(name: String, file: String)] {
        try apt(Self.apt.get, ["-qq", "-o", "APT::Get::Print-URIs=1"] + arguments).split(separator: "\n").compactMap {
            line in
            let words = line.split(separator: " ")
            guard words.count >= 3, words[0].hasPrefix("'"), let end = words[1].firstIndex(of: "_"),
                !words[1].contains("/")
            else { return nil }
            return (String(words[1][..<end]), String(words[1]))
        }
    }

    // MARK: apt

    /// What a program of apt prints.
    private func apt(_ program: FilePath, _ arguments: [String], in folder: FilePath = "/") throws -> String {
        let log = state.appending("output")
        let name = try DebianArchitecture.of(architecture).name
        let settings = [
            "Dir::State=\(state)", "Dir::State::status=\(state.appending("status"))", "Dir::Cache=\(state)/cache",
            "APT::Architecture=\(name)", "APT::Architectures::=\(name)",
            "APT::Sandbox::User=root", "Debug::NoLocking=1",
        ]
        let environment =
            ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
            + Self.keptVariables.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
        let status = try OtherProgram.run(
            Self.env,
            ["-C", folder.string, program.string] + settings.flatMap { ["-o", $0] } + arguments,
            environment: environment, log: log, interruption: interruption)
        let text = String(decoding: try SmallFile.read(log, limit: Self.outputByteCountLimit), as: UTF8.self)
        guard status == 0 else {
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("E:") || $0.hasPrefix("Err") }
            let quoted = lines.suffix(Self.quotedLineCount).joined(separator: " ")
            throw OpenBootImageError(
                .fetchFailed,
                "\(program.lastComponent?.string ?? "apt") \(arguments.first { !$0.hasPrefix("-") } ?? "")",
                "ended with \(status): \(quoted.onOneLine)",
                nextStep:
                    "check the network and the package sources of this system, or name a folder of packages with \(.packages)"
            )
        }
        return text
    }
}
