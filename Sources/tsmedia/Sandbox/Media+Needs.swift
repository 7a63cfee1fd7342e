// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import MediaBuilder
import Support
import SystemPackage

extension ProcessNeeds {
    /// Adds media that is read; boot files come out of boot images by way of temporary ones.
    mutating func readMedia(_ names: [String]) {
        for name in names { readParts(FilePath(name)) }
        useTemporaryFolders()
    }
}

extension RevocationOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read(lists) }
}

extension Inspect: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(revocations)
        needs.readMedia(media)
        needs.readSecret(passwordFile)
    }
}

extension Verify: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.readMedia(media)
        needs.read([key, provenance])
        needs.add(revocations)
        guard !distributionPoints.isEmpty else { return }
        needs.read([taskSequence])
        needs.useContent(of: distributionPoints, servers)
    }
}

extension Extract: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.readMedia([media])
        if let output { needs.writeThroughLink(FilePath(output)) }
    }
}

extension Update: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(content, standalone, further, bootImage, trust, certificate, behaviour, identity, drive, signing)
        let path = FilePath(media)
        // A file may be a drive as well, behind a loop device that somebody uses: what is written in place is looked at first.
        needs.examineDrives()
        needs.writeInPlace(path)
        // What is not finished lies beside an image.
        needs.write(path)
        needs.formatPartitions()
        ledger.addNeeds(content, to: &needs)
    }
}

extension Write: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.readMedia(media)
        needs.add(drive, signing)
        needs.examineDrives()
        needs.useTemporaryFolders()
        needs.formatPartitions()
    }
}

extension Devices: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.examineDrives() }
}

extension BootImageShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(hardware)
        if case .file(let path)? = BootImageReference(bootImage) { needs.read(path) }
        needs.read([bootImage])
        needs.useContent(of: distributionPoints, servers)
    }
}
