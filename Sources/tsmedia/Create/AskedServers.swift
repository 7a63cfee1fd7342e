// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Servers

/// Who is asked while options become a request.
struct AskedServers {
    /// The site; nil for none.
    let site: SiteCompletion?
    /// How other servers are asked.
    let access: ServerAccess
}

/// Whether a management point is asked what media has to know of its site.
struct InquiryOptions: ParsableArguments {
    @Flag(
        help:
            "Ask the first management point for its site code, the other management points and which of them want https, and the records of unknown computers."
    )
    var askManagementPoint = false

    /// Completes `management` where that is wanted.
    func complete(_ management: inout Management, _ servers: AskedServers) throws {
        guard askManagementPoint else { return }
        guard !servers.access.isOffline else {
            throw ValidationError("--offline asks no server, and --ask-management-point asks one; leave one out")
        }
        try ManagementPointInquiry(servers.access).complete(&management, servers.site)
    }
}
