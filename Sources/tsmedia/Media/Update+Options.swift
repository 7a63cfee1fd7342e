// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import SequenceTools
import Support

extension Update {
    /// What may be lost: what `--drop` names, and what options state anew that have a value whether they are given or not.
    func consent() throws -> UpdateConsent {
        let dropped = try drop.map(FieldValue.droppedFeature)
        var stated: [MediaFeature] = []
        if identity.label != nil { stated.append(.label) }
        if identity.mediaGuid != nil { stated.append(.mediaGUID) }
        if bootImage.bootImage != nil { stated.append(.bootImage) }
        if management.mediaMode != nil { stated.append(.mediaMode) }
        if standalone.policies == StandaloneOptions.ownPolicies { stated.append(.policies) }
        return UpdateConsent(dropped: dropped, stated: stated)
    }

    /// The fields that only some kinds of media have and that are given.
    var givenFields: [RequestField] {
        let fields: [(field: RequestField, isGiven: Bool)] = [
            (.taskSequence, standalone.sequence.taskSequence != nil),
            (.taskSequenceID, standalone.sequence.choice.taskSequenceID != nil),
            (.mediaStartDate, standalone.mediaStartDate != nil),
            (.mediaExpirationDate, standalone.mediaExpirationDate != nil),
            (.splitUpgradeImages, standalone.splitUpgradeImages), (.package, !further.packages.isEmpty),
            (.driverPackage, !further.driverPackages.isEmpty), (.application, !further.applications.isEmpty),
            (.includeApplicationDependencies, further.includeApplicationDependencies),
            (.policies, standalone.policies != nil), (.catalog, further.catalog != nil),
            (.skip, !skip.skip.isEmpty),
            (.mediaMode, management.mediaMode != nil),
            (.managementPoint, !management.managementPoints.isEmpty), (.siteCode, management.siteCode != nil),
            (.userDeviceAffinity, management.userDeviceAffinity != nil),
            (.allowUnknownMachine, management.allowUnknownMachine),
            (.unknownMachineGUID, !management.unknownMachineGUIDs.isEmpty),
            (.prestartCommand, behaviour.prestartCommand != nil), (.prestartPackage, behaviour.prestartPackage != nil),
            (.password, behaviour.passwordFile != nil),
            (.allowUnattended, behaviour.allowUnattended), (.variable, !behaviour.variables.isEmpty),
        ]
        return (fields + trust.givenFields + certificate.givenFields).filter(\.isGiven).map(\.field)
    }
}
