// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia create`: makes media.
struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make media: disc images, drives, a folder with its files, or for factories a .wim.",
        subcommands: [CreateBootable.self, CreateCapture.self, CreateStandalone.self, CreatePrestaged.self])
}
