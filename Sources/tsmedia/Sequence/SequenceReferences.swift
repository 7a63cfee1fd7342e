// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

struct SequenceReferences: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "references")
}
