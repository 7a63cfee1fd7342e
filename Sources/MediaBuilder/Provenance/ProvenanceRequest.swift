// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support
import SystemPackage

/// That it is stated how media was made, and of what.
public struct ProvenanceRequest: Sendable {
    /// Where the statement goes.
    public let path: FilePath
    /// What was asked for, as others may know it.
    public let parameters: JSONNode
    /// The version of the program.
    public let programVersion: String

    /// Asks for a statement at `path`.
    public init(_ path: FilePath, parameters: JSONNode, programVersion: String) {
        self.path = path
        self.parameters = parameters
        self.programVersion = programVersion
    }

    /// Endings of statements, which that of the inventory takes the place of.
    private static let endings = [".intoto.jsonl", ".intoto.json", ".json"]

    /// Where the inventory goes: beside the statement.
    public var inventoryPath: FilePath {
        let name = path.lastComponent?.string ?? "media"
        let ending = Self.endings.first { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
        return path.removingLastComponent().appending(name.dropLast(ending?.count ?? 0) + ".cdx.json")
    }

    /// The files that are written.
    public var files: [FilePath] { [path, inventoryPath] }
}
