// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// The command `tsmedia`.
@main
struct TSMedia: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tsmedia",
        abstract: "Makes Configuration Manager task sequence media: capture, bootable, stand-alone and prestaged.")
}
