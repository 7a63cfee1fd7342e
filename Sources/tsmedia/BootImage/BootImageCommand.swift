// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia bootimage`.
struct BootImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootimage", abstract: "Look into boot images.", subcommands: [BootImageShow.self])
}
