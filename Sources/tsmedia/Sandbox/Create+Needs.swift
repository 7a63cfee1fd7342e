// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import Glibc
import MediaBuilder
import Support
import SystemPackage

extension ProgramOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { if let log { needs.append(log) } }
}

extension AccessOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        for file in files { needs.read(file) }
    }
}

extension ServerOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(access) }
}

extension ContentOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.useContent(of: distributionPoints, servers, store: store)
        if let stagingFolder { needs.change(FilePath(stagingFolder)) }
    }
}

extension SiteOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.readSecret(siteTokenFile)
        if let site { needs.ask(site) }
    }
}

extension BootImageOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        if let bootImage, case .file(let path)? = BootImageReference(bootImage) { needs.read(path) }
        needs.add(hardware)
    }
}

extension HardwareOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for file in sources { needs.read(file) } }
}

extension ManagementPointOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {}

    /// Adds the management point that is asked.
    func addNeeds(ofAsking isAsked: InquiryOptions, to needs: inout ProcessNeeds) {
        guard isAsked.askManagementPoint else { return }
        // It may be one that a site names.
        guard let first = managementPoints.first else { return needs.connectAnywhere() }
        needs.ask(first)
    }
}

extension SiteTrustOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for file in sources { needs.read(file) } }
}

extension CertificateOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([certificate, certificateKey])
        needs.readSecret(certificatePasswordFile)
    }
}

extension BehaviourOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { needs.readSecret(passwordFile) }
}

extension SigningOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([signingKey])
        needs.readSecret(signingKeyPasswordFile)
    }
}

extension ProvenanceOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for file in written { needs.write(file) } }
}

extension MediaOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read([clientBinaries]) }
}

extension TaskSequenceOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read([taskSequence]) }
}

extension StandaloneOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(sequence)
        for file in sources { needs.read(file) }
    }
}

extension FurtherContentOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for file in sources { needs.read(file) } }
}

extension DriveOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { if unmount { needs.unmount() } }
}

extension LedgerChoice {
    /// Adds the ledger beside the store of `content`.
    func addNeeds(_ content: ContentOptions, to needs: inout ProcessNeeds) {
        if let ledger = ledger(content) { needs.write(ledger.path) }
    }
}

extension OutputChoice {
    /// Adds what is written.
    func addNeeds(to needs: inout ProcessNeeds) {
        if !usb.isEmpty { needs.examineDrives() }
        // A disk may have a partition of NTFS, which mkntfs formats.
        if !usb.isEmpty || [".img", ".zst"].contains(where: { outputPath?.lowercased().hasSuffix($0) == true }) {
            needs.formatPartitions()
        }
        guard let outputPath else { return }
        switch LocationForm(outputPath) {
        case .path: needs.writeThroughLink(FilePath(outputPath))
        case .url, .share: needs.ask(outputPath)
        case .empty: break
        }
    }
}

extension ProcessNeeds {
    /// Adds what appears at `path` whole, or where a link of this name leads to.
    mutating func writeThroughLink(_ path: FilePath) {
        write(path)
        guard (try? Stat(path, followTargetSymlink: false))?.type == .symbolicLink,
            let target = path.withPlatformString({ realpath($0, nil) })
        else { return }
        defer { free(target) }
        write(FilePath(platformString: target))
    }
}

extension KindCommand {
    /// Adds what all kinds of media need.
    func addCommonNeeds(to needs: inout ProcessNeeds) {
        guard let asked = try? asked() else { return }
        needs.add(asked.content, asked.drive)
        if let site = asked.site {
            needs.add(site)
            // Then the site names distribution points, wherever they listen.
            if site.site != nil, asked.content.distributionPoints.isEmpty { needs.connectAnywhere() }
        }
        if let secrets = asked.secrets { needs.add(secrets.certificate, secrets.behaviour) }
        asked.output.addNeeds(to: &needs)
        needs.add(asked.provenance)
        asked.ledger.addNeeds(asked.content, to: &needs)
    }
}

extension CreateCapture {
    func addNeeds(to needs: inout ProcessNeeds) {
        addCommonNeeds(to: &needs)
        needs.add(bootImage, media)
    }
}

extension CreateBootable {
    func addNeeds(to needs: inout ProcessNeeds) {
        addCommonNeeds(to: &needs)
        needs.add(bootImage, trust, media)
        management.addNeeds(ofAsking: inquiry, to: &needs)
    }
}

extension CreateStandalone {
    func addNeeds(to needs: inout ProcessNeeds) {
        addCommonNeeds(to: &needs)
        needs.add(standalone, further, bootImage, media)
    }
}

extension CreatePrestaged {
    func addNeeds(to needs: inout ProcessNeeds) {
        addCommonNeeds(to: &needs)
        needs.add(sequence, further, bootImage, trust, media)
        management.addNeeds(ofAsking: inquiry, to: &needs)
        needs.read([output.partitionLayout, fleet.fleet])
        if let base = archive.base { needs.readParts(FilePath(base)) }
        guard let models = fleet.fleet.map({ FilePath($0) }) else { return }
        // Files go into the folder itself.
        if let folder = output.output { needs.changeOrMake(FilePath(folder)) }
        for file in ((try? FleetFile.read(models)) ?? []).flatMap(\.files) { needs.read(file) }
    }
}

extension ProcessNeeds {
    /// Adds a WIM and, where it is the first of several parts, the others beside it.
    mutating func readParts(_ path: FilePath) {
        read(path)
        let folder = AtomicFile.parent(of: path)
        guard path.extension?.lowercased() == "swm" else { return }
        list(folder)
        let names = ((try? FolderEntry.entries(of: folder)) ?? []).map(\.component)
        for name in names where name.extension?.lowercased() == "swm" { read(folder.appending(name)) }
    }
}
