// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// What is written, and what it says about itself.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "What to write: an image when the name ends in .iso, prestaged media in .wim, else a folder.",
            valueName: "path"),
        completion: .file())
    var output: String

    @Flag(help: "Replace an existing output, once the new one is whole.")
    var force = false

    @Flag(name: [.long], help: "Say what would be written and how large it is; write nothing.")
    var dryRun = false

    @Option(help: "Volume label.")
    var label = "Configuration Manager"

    @Flag(help: "Let Windows offer to start the media when it is inserted.")
    var autorun = false

    @Option(
        help: ArgumentHelp("The SMS\\bin folder of a site (TSMBAutorun.exe and friends).", valueName: "folder"),
        completion: .directory)
    var clientBinaries: String?

    @Option(help: "The media's GUID, instead of one derived from the request.")
    var mediaGuid: String?

    /// A request with these options.
    func request(_ mediaType: MediaType) throws -> MediaRequest {
        var request = MediaRequest(mediaType: mediaType, output: FilePath(output))
        request.replacesExisting = force
        request.label = label
        request.includesAutorun = autorun
        request.clientBinaries = clientBinaries.map { FilePath($0) }
        request.mediaGUID = mediaGuid
        return request
    }
}
