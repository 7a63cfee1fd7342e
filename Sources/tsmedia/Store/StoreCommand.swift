// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import SystemPackage

/// `tsmedia store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the store, which remembers verified files.",
        subcommands: [StoreShow.self, StorePrune.self])
}

/// The options of the `store` commands.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The store; $XDG_CACHE_HOME/tsmedia by default.", valueName: "folder"),
        completion: .directory)
    var store: String?

    func validate() throws {
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
    }

    /// Opens the store.
    func open() -> ContentStore { ContentStore(folder: store.map { FilePath($0) } ?? ContentStore.defaultFolder) }
}
