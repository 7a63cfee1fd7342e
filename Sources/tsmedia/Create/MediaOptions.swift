// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// What media says about itself, and what is on all of it.
struct MediaOptions: ParsableArguments {
    @Option(help: "Volume label (default: Configuration Manager).")
    var label: String?

    @Flag(help: "Let Windows offer to start the media when it is inserted.")
    var autorun = false

    @Option(
        help: ArgumentHelp("The SMS\\bin folder of a site (TSMBAutorun.exe and friends).", valueName: "folder"),
        completion: .directory)
    var clientBinaries: String?

    @Option(help: "The media's GUID, instead of one derived from the request.")
    var mediaGuid: String?

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest) {
        if let label { request.label = label }
        request.includesAutorun = autorun
        request.clientBinaries = clientBinaries.map { FilePath($0) }
        request.mediaGUID = mediaGuid
    }
}
