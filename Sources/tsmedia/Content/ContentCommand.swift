// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
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
            "The content library; repeat it for further drives that hold only a FileLib.", valueName: "path"))
    var libraries: [String] = []

    /// Opens the library.
    func open() throws -> ContentLibrary {
        guard !libraries.isEmpty else { throw ValidationError("Name the content library with --library PATH.") }
        return try ContentLibrary(locations: libraries.map { FilePath($0) })
    }
}

extension PackageID: ExpressibleByArgument {
    /// The ID that the argument spells.
    public init?(argument: String) { self.init(argument) }
}
