// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
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
    let output: any OutputChoice
    let drive: DriveOptions
    /// Its secrets, if this kind has any.
    let secrets: MediaSecrets?
    /// The kind, with what only it asks for.
    let kind: (AskedServers) throws -> MediaKind
    /// Puts everything else into a request.
    let configure: (inout MediaRequest, SiteCompletion?) throws -> Void

    /// What is asked for, at `path`.
    ///
    /// - Throws: whatever is wrong with an option, or with the answer of a server.
    func request(_ servers: AskedServers, path: FilePath?, _ access: DriveAccess) throws -> MediaRequest {
        let hasPoints = !content.distributionPoints.isEmpty
        var request = try output.request(try kind(servers), path: path, drives: try access.drives(output.usb))
        try configure(&request, servers.site)
        try servers.site?.complete(&request, hasDistributionPoints: hasPoints)
        try secrets?.apply(to: &request) {
            try $0.validate(hasDistributionPoint: hasPoints || !$0.distributionPoints.isEmpty)
        }
        return request
    }
}
