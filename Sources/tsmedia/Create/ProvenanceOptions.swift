// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import JSON
import MediaBuilder
import SystemPackage

/// Whether it is stated how media was made.
struct ProvenanceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State how the media was made and of what: in-toto with SLSA provenance in this file, signed with --signing-key;"
                + " a CycloneDX inventory beside it (.cdx.json), and SHA256SUMS beside the media.",
            valueName: "file.intoto.json"),
        completion: .file(extensions: ["json"]))
    var provenance: String?

    /// The files that are written, but for the list of hashes beside the media.
    var written: [FilePath] {
        provenance.map { ProvenanceRequest(FilePath($0), parameters: .null, programVersion: "").files } ?? []
    }

    /// Asks `request` for it, of which `parameters` is what others may know.
    func apply(to request: inout MediaRequest, _ parameters: @autoclosure () -> JSONNode) {
        guard let provenance else { return }
        request.provenance = ProvenanceRequest(
            FilePath(provenance), parameters: parameters(), programVersion: TSMedia.configuration.version)
        if request.format.devices.isEmpty, request.format.outputKind == .file { request.listsChecksums = true }
    }
}
