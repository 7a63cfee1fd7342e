// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// Where prestaged media goes.
struct PrestagedOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("What to write: a .wim, or with --fleet the folder for all of them.", valueName: "path"),
        completion: .file())
    var output: String

    @Flag(help: "Replace an existing output, once the new one is whole.")
    var force = false

    @Flag(name: [.long], help: "Say what would be written and how large it is; write nothing.")
    var dryRun = false

    /// A request for this output.
    func request() -> MediaRequest {
        var request = MediaRequest(mediaType: .prestaged, output: FilePath(output))
        request.replacesExisting = force
        return request
    }
}
