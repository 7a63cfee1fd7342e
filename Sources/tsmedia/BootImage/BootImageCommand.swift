// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia bootimage`.
struct BootImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootimage", abstract: "Look into boot images, and make such that need no Windows.",
        subcommands: [BootImageShow.self, BootImageBuild.self, BootImageFetch.self])
}
