// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// What is left out of content.
struct SkipOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File or folder of content to leave out because the media cannot hold its name (repeatable); what it can hold is never left out.",
            valueName: "name"))
    var skip: [String] = []

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest) throws {
        request.skippedNames = try FieldValue.skippedNames(skip)
    }
}
