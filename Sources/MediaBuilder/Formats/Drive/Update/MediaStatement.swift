// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support
import TaskSequence

/// What media says of itself: read in the same way from media that exists and from a plan, so that both can be compared.
struct MediaStatement {
    let label: String
    let mediaGUID: String
    /// Nil when TsmBootstrap.ini cannot be read.
    let hasPassword: Bool?
    /// Nil when TsmBootstrap.ini cannot be read.
    let isUnattended: Bool?
    /// Nil when they cannot be read.
    let variables: MediaVariableList?
    let hasClientBinaries: Bool
    let hasAutorun: Bool
    /// The packages and applications whose content it has, each with its title.
    let contents: [CaseFoldedName: String]
    /// The packages that its task sequences name; nil when they cannot be read.
    let namedPackages: Set<CaseFoldedName>?
    /// Whether its policies are those of a site.
    let hasPoliciesOfSite: Bool

    /// What the media that a plan describes will say.
    init(_ plan: MediaPlan, _ volume: VolumePlan, password: MediaPassword?) {
        var files: [CaseFoldedName: [UInt8]] = [:]
        for file in volume.files {
            if case .bytes(let bytes) = file.source { files[file.path.caseFolded] = bytes }
        }
        var contents: [CaseFoldedName: String] = [:]
        for content in plan.contents {
            contents[content.id.caseFolded] = content.id
            contents[content.packageID.description.caseFolded] = content.id
        }
        self.init(
            label: plan.label, mediaGUID: plan.mediaGUID, contents: contents, paths: volume.files.lazy.map(\.path),
            password: password
        ) { files[$0.caseFolded] }
    }

    /// What `media` with `manifest` says.
    init(_ media: any OpenedMedia, _ manifest: MediaManifest, password: MediaPassword?) {
        var contents: [CaseFoldedName: String] = [:]
        for content in manifest.contents {
            let id = content.packageId ?? content.id
            contents[id.caseFolded] = id
        }
        self.init(
            label: manifest.label, mediaGUID: manifest.mediaGuid, contents: contents,
            // The manifest's, because what else is on the media is not of it.
            paths: manifest.files.lazy.map(\.path), password: password
        ) { path in media.file(path).flatMap { try? media.contents(of: $0) } }
    }

    private init(
        label: String, mediaGUID: String, contents: [CaseFoldedName: String], paths: some Sequence<MediaPath>,
        password: MediaPassword?, file: (String) -> [UInt8]?
    ) {
        self.label = label
        self.mediaGUID = mediaGUID
        self.contents = contents
        let documents = MediaDocuments(mediaGUID: mediaGUID, password: password, file: file)
        hasPassword = documents.bootstrap?.passwordRequired
        isUnattended = documents.bootstrap?.unattended
        variables = documents.variables
        namedPackages = documents.policy.flatMap { try? Policy(xml: $0) }.flatMap(Self.packages)
        hasPoliciesOfSite = documents.policiesOfSite != nil
        var (hasClientBinaries, hasAutorun) = (false, false)
        for path in paths {
            let key = path.caseFolded
            if key.hasPrefix("SMS/BIN/") { hasClientBinaries = true }
            if key == "autorun.inf" { hasAutorun = true }
        }
        (self.hasClientBinaries, self.hasAutorun) = (hasClientBinaries, hasAutorun)
    }

    /// The packages that the task sequences of `policy` name; nil when one cannot be read.
    private static func packages(_ policy: Policy) -> Set<CaseFoldedName>? {
        var found: Set<CaseFoldedName> = []
        for instance in [policy.root] + policy.children {
            guard
                let sequence = try? TaskSequencePackage(
                    xml: Array(instance.sequence.utf8), source: "Policy.xml", stem: instance.taskSequenceName)
            else { return nil }
            for reference in sequence.references() {
                if let id = reference.packageID { found.insert(id.caseFolded) }
            }
        }
        return found
    }
}

extension MediaStatement {
    /// What an update to `new` would lose.
    ///
    /// What an option states anew is a change that was asked for, whatever it was before; a loss is what the media has only
    /// because an option was given, and that now is not given. For options that can be repeated that is each value by
    /// itself, but one management point may take the place of another.
    ///
    /// - Parameter stated: what has a value of its own whatever was given, and was given.
    func losses(to new: MediaStatement, manifest: MediaManifest, stated: Set<MediaFeature>) -> [MediaLoss] {
        var losses: [MediaLoss] = []
        func lose(_ feature: MediaFeature, _ title: String) { losses.append(MediaLoss(feature: feature, title: title)) }
        if hasPassword != false, new.hasPassword != true {
            lose(
                .password,
                hasPassword == nil ? "a password, if it had one (TsmBootstrap.ini is damaged)" : "its password")
        }
        if isUnattended != false, new.isUnattended != true {
            lose(
                .unattended,
                isUnattended == nil
                    ? "that it asks nothing, if it was so (TsmBootstrap.ini is damaged)" : "that it asks nothing")
        }
        if label != new.label, !stated.contains(.label) { lose(.label, "label '\(label)'") }
        if Self.isGiven(mediaGUID), mediaGUID != new.mediaGUID, !stated.contains(.mediaGUID) {
            lose(.mediaGUID, "media GUID \(mediaGUID)")
        }
        if let variables, let others = new.variables {
            losses += Self.losses(variables, others, bootImage: manifest.bootImage.id, stated)
        } else {
            lose(
                .variables,
                hasPassword == true
                    ? "its variables, which only its own password opens" : "its variables, which cannot be read")
        }
        if hasPoliciesOfSite, !new.hasPoliciesOfSite, !stated.contains(.policies) {
            lose(.policies, "the policies of its site")
        }
        if hasClientBinaries, !new.hasClientBinaries { lose(.clientBinaries, "the client's programs in SMS\\bin") }
        if hasAutorun, !new.hasAutorun { lose(.autorun, "autorun.inf") }
        for (key, id) in contents.sorted(by: { $0.key < $1.key }) where new.contents[key] == nil {
            // What its own task sequence named goes with that.
            guard namedPackages?.contains(key) != true else { continue }
            lose(.package(id), "content \(id)")
        }
        return losses
    }

    private static func losses(
        _ old: MediaVariableList, _ new: MediaVariableList, bootImage: String, _ stated: Set<MediaFeature>
    ) -> [MediaLoss] {
        var losses: [MediaLoss] = []
        func lose(_ feature: MediaFeature, _ title: String) { losses.append(MediaLoss(feature: feature, title: title)) }
        let points = [managementPoints(old), managementPoints(new)]
        if points[1].count < points[0].count {
            let kept = Set(points[1].map { $0.lowercased() })
            for url in points[0] where !kept.contains(url.lowercased()) {
                // A URL may hold a password.
                let shown = ManagementPointURL.shown(url)
                lose(.managementPoint(shown), "management point \(shown)")
            }
        }
        if old[bootImageName] != new[bootImageName], !stated.contains(.bootImage) {
            lose(.bootImage, "boot image \(bootImage)")
        }
        for variable in old.variables where new[variable.name] == nil {
            let name = variable.name.uppercased()
            guard !derived.contains(name) else { continue }
            if name == siteBasedName, new[dynamicName] != nil {
                if !stated.contains(.mediaMode) { lose(.mediaMode, "that it asks one management point only") }
            } else if name == dynamicName, new[siteBasedName] != nil {
                continue
            } else if let (feature, title) = features[name] {
                lose(feature, title)
            } else {
                lose(.variable(variable.name), "variable \(variable.name)")
            }
        }
        return losses
    }

    private static let bootImageName = "_SMSTSBootMediaPackageID"
    private static let (dynamicName, siteBasedName) = ("SMSTSLOCATIONMPS", "SMSTSMP")
    /// Variables that follow from what the media is, or are compared apart.
    private static let derived: Set<String> = [
        "_SMSMEDIAGUID", "_SMSTSMEDIATYPE", "_SMSTSBOOTMEDIAPACKAGEID", "_SMSTSBOOTMEDIASOURCEVERSION",
        "_SMSTSSTANDALONEMEDIA", "_SMSTSHTTPPORT", "_SMSTSHTTPSPORT", "_SMSTSIISSSLSTATE", "_SMSTSUSEFIRSTCERT",
        "_SMSTSLAUNCHMODE",
    ]
    /// Variables that an option of their own makes.
    private static let features: [String: (MediaFeature, String)] = [
        ManifestSignature.variableName.uppercased(): (.signature, "the signature of its manifest"),
        "_SMSTSSITECODE": (.siteCode, "its site code"), "_SMSTSMEDIAEXPIRE": (.expiration, "its expiration date"),
        "_SMSTSMEDIASTART": (.start, "its start date"), "_TSMEDIAPRESTARTCOMMAND": (.prestart, "its prestart command"),
        "_SMSTSX86UNKNOWNMACHINEGUID": (.unknownComputers, "its record of unknown x86 computers"),
        "_SMSTSX64UNKNOWNMACHINEGUID": (.unknownComputers, "its record of unknown x64 computers"),
        "_SMSTSARM64UNKNOWNMACHINEGUID": (.unknownComputers, "its record of unknown arm64 computers"),
        "SMSTSASSIGNUSERSMODE": (.userDeviceAffinity, "its user device affinity"),
        "_SMSTSMEDIAPFX": (.certificate, "its certificate"), "_SMSTSROOTCACERTS": (.rootCA, "its root CA"),
        "_SMSTSSITESIGNINGCERTIFICATE": (.siteSigningCertificate, "the certificate with which its site signs"),
        "_SMSTSPUBLICROOTKEY": (.trustedRootKey, "the trusted root key of its site"),
    ]

    static func managementPoints(_ list: MediaVariableList) -> [String] {
        if let text = list[dynamicName] { return text.split(separator: "*").map(String.init) }
        return list[siteBasedName].map { [$0] } ?? []
    }

    /// True for media that asks one management point only.
    static func isSiteBased(_ list: MediaVariableList) -> Bool {
        list[dynamicName] == nil && list[siteBasedName] != nil
    }

    /// True for a variable that neither follows from what the media is nor has an option of its own.
    static func isOfUser(_ name: String) -> Bool {
        let name = name.uppercased()
        return !derived.contains(name) && features[name] == nil && name != dynamicName && name != siteBasedName
    }

    /// True for a GUID that was not derived: those have version 8 (``MediaGUID``).
    static func isGiven(_ guid: String) -> Bool { GUID(guid).map { !$0.isCustom } ?? false }
}

/// Something that an update would lose.
struct MediaLoss {
    let feature: MediaFeature
    /// What it is in words.
    let title: String
}

extension [MediaLoss] {
    /// Refuses these, unless `dropped` names them all.
    ///
    /// - Throws: ``MediaBuilderError`` `.unsafeOutput`, naming every one and how it is kept or dropped.
    func check(dropped: [MediaFeature], media: String) throws(MediaBuilderError) {
        let names = Set(dropped.map(\.key))
        let lost = filter { !names.contains($0.feature.key) }
        guard !lost.isEmpty else { return }
        let listed = lost.map { loss in
            DiagnosticText(loss.title) + (loss.feature.keeping.map { " (kept with \($0))" } ?? "")
        }
        throw MediaBuilderError(
            .unsafeOutput, DiagnosticText(media), "would lose \(listed.joined(separator: ", "))",
            nextStep: "give these options again, or let go of what is not wanted any more: "
                + lost.map { DiagnosticText(.drop, $0.feature.name) }.joined(separator: " "))
    }
}
