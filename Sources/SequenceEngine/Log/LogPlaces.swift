// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Where the log is copied to before anything ends.
struct LogPlaces {
    /// Variables that name a folder for logs: ours, and that of the Deployment Toolkit, as it is documented there.
    private static let variables = ["TSMediaLogPath", "SLShare"]

    private let session: EngineSession

    init(_ session: EngineSession) { self.session = session }

    /// The folders: on the new system, and where the variables say.
    var folders: [FilePath] {
        var folders: [FilePath] = []
        for volume in session.volumes.volumes {
            guard let root = volume.mountPoint, volume.diskNumber >= 0,
                let windows = TargetVolumes.location("Windows", below: root)
            else { continue }
            // Where the genuine engine leaves its logs on a system without a client.
            let temporary = TargetVolumes.location("Temp", below: windows) ?? windows.appending("Temp")
            folders.append(temporary.appending("SMSTSLog"))
        }
        for name in Self.variables {
            guard let path = session.variables[name] else { continue }
            let expanded = session.variables.expand(path)
            if let (volume, rest) = session.volumes.place(expanded), let root = volume.mountPoint {
                folders.append(
                    rest.split(separator: "\\").filter { $0 != ".." }.reduce(root) { $0.appending(String($1)) })
            } else if let folder = session.shares.location(expanded) {
                folders.append(folder)
            } else {
                session.log.warning("variable \(name) names '\(expanded)', which is no folder here")
            }
        }
        return folders
    }
}
