// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import SystemPackage

/// The task sequence of stand-alone media, and how long it works.
struct StandaloneOptions: ParsableArguments {
    @OptionGroup var sequence: TaskSequenceOptions

    @Option(
        help: ArgumentHelp(
            "When the media begins to work: a day (from its start, UTC), or a time as 2030-12-31T18:00+01:00.",
            valueName: "date"))
    var mediaStartDate: String?

    @Option(
        help: ArgumentHelp("When the media ceases to work: a day (to its end, UTC), or a time.", valueName: "date"))
    var mediaExpirationDate: String?

    @Flag(
        help: ArgumentHelp(
            "Split the sources\\install.wim of 4 GiB and more of an upgrade package into install.swm, install2.swm and so"
                + " on for Windows Setup. Without it such a file stays whole."))
    var splitUpgradeImages = false

    @Option(
        help: ArgumentHelp(
            "Whose policies the media has: site (with --site the default), own, or a file of tsmedia site policies.",
            valueName: "site|own|file"), completion: .file())
    var policies: String?

    /// What `--policies` calls those of tsmedia.
    static let ownPolicies = "own"
    private static let policiesOfSite = "site"

    /// What the media holds, with `further` content.
    func content(_ further: FurtherContentOptions, _ site: SiteCompletion? = nil) throws -> StandaloneContent {
        var content = StandaloneContent()
        content.sequence = try further.sequence(
            site, of: sequence.taskSequence, id: sequence.choice.taskSequenceID)
        content.splitsUpgradeImages = splitUpgradeImages
        content.expiration = try mediaExpirationDate.map { try FieldValue.end($0, .mediaExpirationDate) }
        content.start = try mediaStartDate.map { try FieldValue.start($0, .mediaStartDate) }
        try addPolicies(to: &content, site)
        return content
    }

    private func addPolicies(to content: inout StandaloneContent, _ site: SiteCompletion?) throws {
        switch policies {
        case nil: try site?.addPolicies(to: &content, isRequired: false)
        case Self.ownPolicies?: site?.notePolicies(Self.ownPolicies)
        case Self.policiesOfSite?:
            guard let site else {
                throw ValidationError(
                    "--policies site takes the policies of a site; add --site, or name a file of them")
            }
            try site.addPolicies(to: &content, isRequired: true)
        case let path?:
            content.policies = try GivenPolicies(FilePath(path))
            site?.notePolicies(path)
        }
    }

    /// Files that these options were read from.
    var sources: [FilePath] {
        guard let policies, policies != Self.ownPolicies, policies != Self.policiesOfSite else { return [] }
        return [FilePath(policies)]
    }
}
