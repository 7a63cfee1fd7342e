// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BootMedia
import SystemPackage

/// What loaders are held against.
struct RevocationOptions: ParsableArguments {
    @Option(
        name: .customLong("dbx"),
        help: ArgumentHelp(
            "File with what firmware refuses: dbxupdate_x64.bin of the UEFI forum, a variable dbx, or lines of SBAT"
                + " (repeatable).", valueName: "file"), completion: .file())
    var lists: [String] = []

    /// The lists; nil when none was named.
    func read() throws -> RevocationList? {
        guard !lists.isEmpty else { return nil }
        let list = try RevocationList(files: lists.map { FilePath($0) })
        for warning in list.warnings { Console.shared.warning(warning) }
        return list
    }
}
