// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// How bootable media finds its management point.
struct ManagementPointOptions: ParsableArguments {
    @Option(
        help:
            "Whether the client's boundary chooses among the management points (the default: dynamic), or there is one for the site."
    )
    var mediaMode: MediaMode?

    @Option(
        name: .customLong("management-point"),
        help: ArgumentHelp(
            "Management point, as http://server.example.com (repeatable in dynamic mode).", valueName: "url"))
    var managementPoints: [String] = []

    @Option(help: "The site's three-character code.")
    var siteCode: String?

    @Option(help: "What the media may do about users and devices.")
    var userDeviceAffinity: UserDeviceAffinity?

    /// Puts the options into `request`.
    func apply(to request: inout MediaRequest) throws {
        if let mediaMode { request.mediaMode = mediaMode }
        request.managementPoints = managementPoints
        request.siteCode = siteCode
        request.userDeviceAffinity = userDeviceAffinity
    }
}

extension MediaMode: ExpressibleByArgument {}
extension UserDeviceAffinity: ExpressibleByArgument {}
