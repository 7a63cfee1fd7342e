// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat

extension Update {
    /// What may be lost: what `--drop` names, and what options state anew that have a value whether they are given or not.
    func consent() throws -> UpdateConsent {
        let dropped = try drop.map { name in
            guard let feature = MediaFeature(named: name) else {
                throw ValidationError(
                    "--drop '\(name)' is nothing that media has; it takes \(MediaFeature.names.joined(separator: ", "))"
                )
            }
            return feature
        }
        var stated: [MediaFeature] = []
        if identity.label != nil { stated.append(.label) }
        if identity.mediaGuid != nil { stated.append(.mediaGUID) }
        if bootImage.bootImage != nil { stated.append(.bootImage) }
        if management.mediaMode != nil { stated.append(.mediaMode) }
        return UpdateConsent(dropped: dropped, stated: stated)
    }

    /// Refuses options that media of this kind does not have: they would change nothing.
    func refuseOptions(notOf type: MediaType) throws {
        let foreign = givenOptions.filter { !type.optionGroups.contains($0.group) }.map(\.name)
        guard !foreign.isEmpty else { return }
        throw ValidationError(
            "\(foreign.joined(separator: ", ")): \(media) holds \(type.title), which has no such options; leave them out"
        )
    }

    /// The options that only some kinds of media have and that are given.
    private var givenOptions: [(group: MediaOptionGroup, name: String)] {
        let options: [(group: MediaOptionGroup, name: String, isGiven: Bool)] = [
            (.sequence, "--task-sequence", standalone.taskSequence != nil),
            (.sequence, "--task-sequence-id", standalone.taskSequenceID != nil),
            (.sequence, "--media-expiration-date", standalone.mediaExpirationDate != nil),
            (.sequence, "--split-upgrade-images", standalone.splitUpgradeImages),
            (.sequence, "--package", !further.packages.isEmpty),
            (.sequence, "--driver-package", !further.driverPackages.isEmpty),
            (.sequence, "--application", !further.applications.isEmpty),
            (.sequence, "--include-application-dependencies", further.includeApplicationDependencies),
            (.sequence, "--catalog", further.catalog != nil),
            (.management, "--media-mode", management.mediaMode != nil),
            (.management, "--management-point", !management.managementPoints.isEmpty),
            (.management, "--site-code", management.siteCode != nil),
            (.management, "--user-device-affinity", management.userDeviceAffinity != nil),
            (.behaviour, "--password-file", behaviour.passwordFile != nil),
            (.behaviour, "--allow-unattended", behaviour.allowUnattended),
            (.behaviour, "--variable", !behaviour.variables.isEmpty),
        ]
        return options.filter(\.isGiven).map { ($0.group, $0.name) }
    }
}
