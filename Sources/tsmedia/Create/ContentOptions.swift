// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints

/// Where content comes from.
struct ContentOptions: ParsableArguments {
    @Option(
        name: .customLong("distribution-point"),
        help: ArgumentHelp(
            "Content library to take content from: the path of an SCCMContentLib folder (repeatable; asked in order).",
            valueName: "location"), completion: .directory)
    var distributionPoints: [String] = []

    @Option(
        help: "Folder that remembers which files were verified (default: ~/.cache/tsmedia).", completion: .directory)
    var store: String?

    @Option(
        help:
            "Folder for the parts of images that are split, and for a boot image with a prestart command (default: where the output goes).",
        completion: .directory)
    var stagingFolder: String?

    @Flag(help: "Hash every file again, also those that were verified before and did not change.")
    var rehash = false

    @Option(help: "Threads that hash and copy (default: one per processor).")
    var jobs: Int?

    func validate() throws {
        try WindowsPath.refuse(stagingFolder, "--staging-folder")
        try WindowsPath.refuse(store, "--store")
        if stagingFolder?.isEmpty == true { throw ValidationError("--staging-folder names no folder") }
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
    }
}
