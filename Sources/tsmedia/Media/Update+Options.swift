// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

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
        var given: [(option: String, isGiven: Bool)] = []
        if type != .standalone {
            given += [
                ("--task-sequence", standalone.taskSequence != nil),
                ("--task-sequence-id", standalone.taskSequenceID != nil),
                ("--media-expiration-date", standalone.mediaExpirationDate != nil),
                ("--package", !further.packages.isEmpty), ("--driver-package", !further.driverPackages.isEmpty),
                ("--application", !further.applications.isEmpty),
                ("--include-application-dependencies", further.includeApplicationDependencies),
                ("--catalog", further.catalog != nil),
            ]
        }
        if type != .bootable {
            given += [
                ("--media-mode", management.mediaMode != nil),
                ("--management-point", !management.managementPoints.isEmpty),
                ("--site-code", management.siteCode != nil),
                ("--user-device-affinity", management.userDeviceAffinity != nil),
            ]
        }
        if type == .capture {
            given += [
                ("--password-file", behaviour.passwordFile != nil),
                ("--allow-unattended", behaviour.allowUnattended), ("--variable", !behaviour.variables.isEmpty),
            ]
        }
        let foreign = given.filter(\.isGiven).map(\.option)
        guard !foreign.isEmpty else { return }
        throw ValidationError(
            "\(foreign.joined(separator: ", ")): \(media) holds \(type.title), which has no such options; leave them out"
        )
    }
}
