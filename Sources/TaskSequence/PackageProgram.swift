// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// A program of a package, which the step Install Package runs (SMS_Program; docs/formats/task-sequence.md section 2).
public struct PackageProgram: Sendable, Hashable {
    /// The package ID.
    public let packageID: String
    /// The name of the program, of which each package has its own.
    public let name: String
    /// The command line.
    public let commandLine: String

    /// A program.
    public init(packageID: String, name: String, commandLine: String) {
        self.packageID = packageID
        self.name = name
        self.commandLine = commandLine
    }
}

extension PackageProgram {
    private static let className = "SMS_Program"

    /// The program that the object.xml `bytes` of an export describes; nil for one without a command line.
    ///
    /// - Throws: ``TaskSequenceError`` `.malformed`.
    init?(xml bytes: [UInt8], source: String) throws(TaskSequenceError) {
        let root = try readXML(bytes, source: source).root
        guard root.name == "INSTANCE", root[attribute: "CLASSNAME"] == Self.className else {
            throw .malformed(source, root.location, "is no instance of \(Self.className)")
        }
        var values: [String: String] = [:]
        for property in root.elements where property.name == "PROPERTY" {
            if let name = property[attribute: "NAME"] { values[name] = property.first("VALUE")?.text }
        }
        guard let packageID = values["PackageID"], let name = values["ProgramName"],
            let commandLine = values["CommandLine"], !packageID.isEmpty, !commandLine.isEmpty
        else { return nil }
        self.init(packageID: packageID, name: name, commandLine: commandLine)
    }

    /// Whether `name` is a file of an export that describes one: `.../SMS_Program/<ID>_<name>/object.xml`.
    static func isDescribed(by name: MediaPath) -> Bool {
        name.name.caseFolded == "object.xml" && name.parent?.parent?.name.caseFolded == className.caseFolded
    }
}

extension [TaskSequencePackage] {
    /// The programs that their steps name, in the order of packages and names; each is described by one of them.
    public var namedPrograms: [PackageProgram] {
        let named = Set(
            flatMap { $0.ownReferences() }.compactMap { reference -> ProgramKey? in
                guard case .package(let id) = reference.kind, let program = reference.program else { return nil }
                return ProgramKey(package: id.caseFolded, program: program.caseFolded)
            })
        return Set(
            flatMap(\.programs).filter {
                named.contains(ProgramKey(package: $0.packageID.caseFolded, program: $0.name.caseFolded))
            }
        ).sorted { left, right in
            left.packageID.isExactly(right.packageID)
                ? left.name.precedesByBytes(right.name) : left.packageID.precedesByBytes(right.packageID)
        }
    }
}

/// What tells programs apart.
private struct ProgramKey: Hashable {
    let package: CaseFoldedName
    let program: CaseFoldedName
}
