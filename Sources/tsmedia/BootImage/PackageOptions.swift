// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Glibc
import Identifiers
import OpenBootImage
import Support
import SystemPackage

/// Which packages a boot image is made of.
struct PackageOptions: ParsableArguments {
    @Option(help: "Processor of the computers that it starts: x64 or arm64.")
    var architecture: Architecture = .x64

    @Option(
        help: ArgumentHelp("Version of the kernel, as 6.1.0-57-amd64 (default: the newest).", valueName: "version"))
    var kernel: String?

    @Flag(help: "Take firmware for devices along, as far as the package sources of this system have it.")
    var firmwarePackages = false

    /// Fetches the packages into `folder` and returns what it holds.
    func fetch(_ phases: BuildPhases, to folder: FilePath) throws -> [OpenBootImagePackage] {
        var fetch = PackageFetch(
            state: cache("apt"), architecture: architecture, interruption: Signals.interruption)
        fetch.kernel = kernel
        fetch.includesFirmware = firmwarePackages
        return try fetch.run(to: folder, progress: phases.begin)
    }

    /// A folder of the cache, of which each architecture has its own.
    private func cache(_ name: String) -> FilePath {
        ContentStore.defaultFolder.appending(architecture == .x64 ? name : "\(name)-\(architecture.rawValue)")
    }

    /// Fetches the packages into the cache, and returns the folder.
    func fetch(_ phases: BuildPhases) throws -> FilePath {
        let folder = cache("packages")
        _ = try fetch(phases, to: folder)
        return folder
    }
}

/// What a long command is busy with, one thing after the other.
final class BuildPhases {
    private var current: String?

    /// Ends what was done and says what begins.
    func begin(_ phase: String) {
        finish()
        current = phase
        Console.shared.update(ProgressUpdate(phase: phase, completedByteCount: 0, totalByteCount: nil))
    }

    /// Ends what was done.
    func finish() {
        if let current { Console.shared.finish(phase: current) }
        current = nil
    }
}

/// The program that runs task sequences, as it is installed with tsmedia.
enum EngineProgram {
    private static let name = "tsengine"
    private static let ownProgram: FilePath = "/proc/self/exe"

    /// Beside this program, or in the folder for what is not run here.
    static var place: FilePath {
        let program = (try? FilePath.target(of: ownProgram)) ?? FilePath("tsmedia")
        let folder = program.removingLastComponent()
        let places = [folder.appending(name), folder.removingLastComponent().appending("lib/tsmedia").appending(name)]
        return places.first { (try? Stat($0)) != nil } ?? places[0]
    }
}

extension FilePath {
    /// What the symbolic link at `path` points to.
    fileprivate static func target(of path: FilePath) throws -> FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = path.withPlatformString { readlink($0, &buffer, Int(PATH_MAX)) }
        guard count > 0 else { throw Errno(rawValue: errno) }
        return FilePath(platformString: buffer)
    }
}
