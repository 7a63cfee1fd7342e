// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import Glibc
import MediaBuilder
import Support
import SystemPackage

extension ReportFiles: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for path in paths { needs.write(path) } }
}

extension ReportMerge: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read(reports.map { $0 })
        needs.add(files)
    }
}

extension Build: ConfinedCommand {
    /// Adds what the manifest says, which is read here and once more by the run: what is wrong with it the run tells.
    func addNeeds(to needs: inout ProcessNeeds) {
        let path = FilePath(manifest)
        needs.read(path)
        needs.add(reports)
        let record = record.map { FilePath($0) } ?? BuildRecord.defaultPath(of: path)
        needs.makeAndChange(AtomicFile.parent(of: record))
        guard let all = try? ManifestReader.ofProgram(path).read() else { return }
        for media in all { if let entry = try? EntryRequest(media) { needs.add(entry.command) } }
    }
}
