// SPDX-License-Identifier: GPL-3.0-or-later

import Registry
import Support
import SystemPackage

/// What conditions find on the volumes of the target.
struct TargetWorld: ConditionEvaluator.World {
    private unowned let session: EngineSession

    init(_ session: EngineSession) { self.session = session }

    var management: ManagementClasses { session.management }

    func file(_ path: String) -> ConditionEvaluator.SeenFile? {
        guard let location = session.volumes.location(path), let status = try? Stat(location) else { return nil }
        let isFolder = status.type == .directory
        guard isFolder || status.type == .regular, let identity = try? FileIdentity(of: location) else { return nil }
        return .init(
            isFolder: isFolder, modified: identity.modified.timestamp,
            version: isFolder ? nil : FileVersion.read(location))
    }

    /// The hives of an applied system, by the beginning of a key's path (documented for the registry's files).
    private static let hives: [(key: [String], file: String)] = [
        (["HKEY_LOCAL_MACHINE", "SOFTWARE"], "SOFTWARE"), (["HKEY_LOCAL_MACHINE", "SYSTEM"], "SYSTEM"),
        (["HKEY_LOCAL_MACHINE", "SAM"], "SAM"), (["HKEY_LOCAL_MACHINE", "SECURITY"], "SECURITY"),
        (["HKEY_USERS", ".DEFAULT"], "DEFAULT"),
    ]

    func registryValue(_ name: String, ofKey path: String) -> ConditionEvaluator.SeenRegistryValue {
        var parts = path.split(separator: "\\").map(String.init)
        if parts.first?.caseFolded == "HKLM" { parts[0] = "HKEY_LOCAL_MACHINE" }
        guard
            let hive = Self.hives.first(where: { hive in
                hive.key.map(\.caseFolded) == parts.prefix(hive.key.count).map(\.caseFolded)
            }),
            let file = systemFile("Windows\\System32\\config\\\(hive.file)"),
            let registry = try? HiveFile(path: file, name: hive.file)
        else { return .noKey }
        var key = Array(parts.dropFirst(hive.key.count))
        if key.first?.caseFolded == "CurrentControlSet" {
            // The set that starts, by its number (documented for HKLM\SYSTEM\Select).
            guard case .number(let number)? = registry.value("Default", of: ["Select"]), number <= 999 else {
                return .noKey
            }
            let digits = String(number)
            key[0] = "ControlSet" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        guard registry.hasKey(key) else { return .noKey }
        switch registry.value(name, of: key) {
        case .text(let text)?: return .text(text)
        case .number(let number)?: return .number(number)
        case nil: return .noValue
        }
    }

    /// The file at `path` of the system that was applied; nil when there is none.
    private func systemFile(_ path: String) -> FilePath? {
        for volume in session.volumes.volumes {
            guard let root = volume.mountPoint, let file = TargetVolumes.location(path, below: root) else { continue }
            return file
        }
        return nil
    }
}
