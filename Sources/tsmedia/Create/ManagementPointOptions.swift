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

    @Flag(help: "Serve computers that the site does not know.")
    var allowUnknownMachine = false

    @Option(
        name: .customLong("unknown-machine-guid"),
        help: ArgumentHelp(
            "The site's record of unknown computers of an architecture (repeatable): x64=GUID.",
            valueName: "architecture=guid"))
    var unknownMachineGUIDs: [String] = []

    /// How the media finds the site, and knows it by `trust`; a site that is asked, or a management point, says what is
    /// not given.
    func management(
        _ trust: SiteTrustOptions, _ inquiry: InquiryOptions, _ servers: AskedServers
    ) throws -> Management {
        var management = try management(trust)
        try servers.site?.complete(&management)
        try inquiry.complete(&management, servers)
        return management
    }

    /// How the media finds the site, and knows it by `trust`.
    func management(_ trust: SiteTrustOptions) throws -> Management {
        var management = Management()
        if let mediaMode { management.mode = mediaMode }
        management.points = managementPoints
        management.siteCode = siteCode
        management.userDeviceAffinity = userDeviceAffinity
        management.unknownComputers.areAllowed = allowUnknownMachine
        for text in unknownMachineGUIDs {
            let (architecture, guid) = try FieldValue.unknownMachine(text)
            try management.unknownComputers.add(architecture, guid)
        }
        management.trust = try trust.trust()
        return management
    }
}

extension MediaMode: CmdletValue {}
extension UserDeviceAffinity: CmdletValue {}
