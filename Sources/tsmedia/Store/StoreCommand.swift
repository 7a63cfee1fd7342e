// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Support
import SystemPackage

/// `tsmedia store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the store, which remembers verified files and keeps what comes from servers.",
        subcommands: [StoreShow.self, StoreVerify.self, StorePrune.self])
}

/// The options of the `store` commands.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The store; $XDG_CACHE_HOME/tsmedia by default.", valueName: "folder"),
        completion: .directory)
    var store: String?

    func validate() throws {
        try ForeignPath.refuse(store, "--store")
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
    }

    /// Opens the store, which must be one.
    func open() throws -> ContentStore {
        try .existing(store.map { FilePath($0) } ?? ContentStore.defaultFolder, isNamed: store != nil)
    }
}
