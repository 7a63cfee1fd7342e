// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import JSON
import MediaBuilder
import MediaFormat
import SystemPackage

/// What the options of a `create` command ask for, and how they become a request.
///
/// They become one only when it is made, so that what is wrong with them is told and logged as any error is.
struct AskedMedia {
    let type: MediaType
    /// Where content comes from; the site's own authorities are believed of servers too.
    let content: ContentOptions
    /// The site that is asked; nil for none.
    let site: SiteOptions?
    /// Whether what was made is noted.
    let ledger: LedgerChoice
    /// Whether it is stated how the media was made.
    let provenance: ProvenanceOptions
    let output: any OutputChoice
    let drive: DriveOptions
    /// Its secrets, if this kind has any.
    let secrets: MediaSecrets?
    /// The kind, with what only it asks for.
    let kind: (AskedServers) throws -> MediaKind
    /// Puts everything else into a request.
    let configure: (inout MediaRequest, SiteCompletion?) throws -> Void
    /// What was given, where that was not on the command line.
    var settings: [ManifestMedia.GivenSetting]?

    /// What is asked for, at `path`.
    ///
    /// - Throws: whatever is wrong with an option, or with the answer of a server.
    func request(_ servers: AskedServers, path: FilePath?, _ access: DriveAccess) throws -> MediaRequest {
        let hasPoints = !content.distributionPoints.isEmpty
        var request = try output.request(try kind(servers), path: path, drives: try access.drives(output.usb))
        try configure(&request, servers.site)
        provenance.apply(to: &request, parameters)
        try servers.site?.complete(&request, hasDistributionPoints: hasPoints)
        try secrets?.apply(to: &request) {
            try $0.validate(hasDistributionPoint: hasPoints || !$0.distributionPoints.isEmpty)
        }
        return request
    }

    /// What was asked for, as others may know it.
    private var parameters: JSONNode {
        guard let kind = BuildVocabulary.types.first(where: { $0.command.mediaType == type }) else { return .null }
        let given =
            settings ?? PrintedManifest(of: kind.command, Array(CommandLine.arguments.dropFirst())).settings
        return RequestParameters(type: kind.name, settings: given).node
    }
}
