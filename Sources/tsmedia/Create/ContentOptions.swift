// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Support

/// Where content comes from.
struct ContentOptions: ParsableArguments {
    @Option(
        name: .customLong("distribution-point"),
        help: ArgumentHelp(
            "Distribution point to take content from: the path of an SCCMContentLib folder, http(s)://host or smb://host/share"
                + " (repeatable; of several versions of a package the newest wins).",
            valueName: "location"), completion: .directory)
    var distributionPoints: [String] = []

    @Option(
        help:
            "Folder that remembers which files were verified and keeps what comes from servers (default: ~/.cache/tsmedia).",
        completion: .directory)
    var store: String?

    @Option(
        help:
            "Folder for what is made before it is sent to a share, parts of images that are split, and a boot image with a prestart command (default: where the output goes; /var/tmp for shares).",
        completion: .directory)
    var stagingFolder: String?

    @Flag(help: "Hash every file again, also those that were verified before and did not change.")
    var rehash = false

    @OptionGroup(title: "Servers") var servers: ServerOptions

    @Option(help: "Threads that hash and copy (default: one per processor).")
    var jobs: Int?

    /// The same options with the site's own authorities believed of servers too.
    func believing(_ roots: [String]) -> ContentOptions {
        var options = self
        options.servers = servers.believing(roots)
        return options
    }

    func validate() throws {
        try ForeignPath.refuse(stagingFolder, "--staging-folder")
        try ForeignPath.refuse(store, "--store")
        if stagingFolder?.isEmpty == true { throw ValidationError("--staging-folder names no folder") }
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
    }
}
