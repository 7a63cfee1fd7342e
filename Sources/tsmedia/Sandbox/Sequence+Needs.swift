// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import Support
import SystemPackage

extension SequenceOutput: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        if let output, output != "-" { needs.writeThroughLink(FilePath(output)) }
    }
}

extension SequenceShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read([file]) }
}

extension SequenceLint: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read([file, catalog]) }
}

extension SequenceDiff: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        // With a site, the second is no file.
        needs.read([old, asked.site.site == nil ? new : nil])
        needs.add(asked)
    }
}

extension SequenceDocument: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([file])
        needs.add(output)
    }
}

extension SequenceFormat: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([file])
        needs.add(output)
    }
}

extension SequenceReferences: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([file])
        needs.add(further)
        if !distributionPoints.isEmpty { needs.useContent(of: distributionPoints, servers) }
    }
}

extension SequenceFetch: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(output, asked) }
}

// MARK: New ones

extension SequenceNewOutputOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read([template])
        needs.add(output)
    }
}

extension SequenceNewInstall: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(result)
        for file in [windows.administratorPasswordFile, network.domainPasswordFile] { needs.readSecret(file) }
    }
}

extension SequenceNewBuildAndCapture: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(result)
        let files = [windows.administratorPasswordFile, network.domainPasswordFile, capture.capturePasswordFile]
        for file in files { needs.readSecret(file) }
    }
}

extension SequenceNewCapture: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(result)
        needs.readSecret(capture.capturePasswordFile)
    }
}
