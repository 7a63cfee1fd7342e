// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import DistributionPoints
import Identifiers
import Support
import SystemPackage

/// `tsmedia content`.
struct ContentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "content",
        abstract: "Look after a content library: list it, verify it, add to it; fetch content from servers.",
        discussion: """
            A content library is the folder SCCMContentLib of a distribution point. One that tsmedia makes is all that \
            people without a site need: name it with --distribution-point when media are created.
            """,
        subcommands: [
            ContentAdd.self, ContentList.self, ContentShow.self, ContentVerify.self, ContentRemove.self,
            ContentFetch.self,
        ])
}

/// The options of commands that read a library.
struct LibraryOptions: ParsableArguments {
    @Option(
        name: [.customLong("library"), .customLong("distribution-point")],
        help: ArgumentHelp(
            "The content library; repeat it for further drives that hold only a FileLib.", valueName: "path"),
        completion: .directory)
    var libraries: [String] = []

    /// Opens the library.
    func open() throws -> ContentLibrary {
        guard !libraries.isEmpty else { throw ValidationError("--library is missing; name the content library") }
        for library in libraries { try LibraryPlace.check(library) }
        return try ContentLibrary(locations: libraries.map { FilePath($0) })
    }
}

/// The place of a content library that a command changes.
enum LibraryPlace {
    /// Refuses what is no path on this computer.
    static func check(_ library: String) throws {
        try ForeignPath.refuse(library, "--library")
    }

    /// Opens the library at `path` for changes.
    static func writer(_ path: String) throws -> ContentLibraryWriter {
        try check(path)
        return try ContentLibraryWriter(path: FilePath(path), interruption: Signals.interruption)
    }

    /// There is no library at `path`, and none was asked for.
    static func missing(_ path: String) -> any DiagnosticError { NoLibrary(path: path) }

    private struct NoLibrary: DiagnosticError {
        let path: String

        var failureClass: FailureClass { .notFound }
        var object: DiagnosticText { DiagnosticText(path) }
        var problem: DiagnosticText { "is no content library" }
        var nextStep: DiagnosticText? { "check the path, or make one there with --create" }
    }
}

extension PackageID: ExpressibleByArgument {
    /// The ID that the argument spells.
    public init?(argument: String) { self.init(argument) }
}
