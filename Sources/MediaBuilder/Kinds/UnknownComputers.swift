// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import MediaVariables
import Support

/// As whom computers that the site does not know ask for task sequences (docs/formats/media.md section 1).
public struct UnknownComputers: Sendable {
    /// Whether they are served at all.
    public var areAllowed = false
    /// The GUIDs of the site's records of unknown computers, without braces, in the order in which they were given.
    public private(set) var records: [(architecture: Architecture, guid: String)] = []

    /// None is served.
    public init() {}

    /// Adds the record for computers of `architecture`.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for a second one, and for what is no GUID.
    public mutating func add(_ architecture: Architecture, _ guid: String) throws(MediaBuilderError) {
        guard MediaRequest.isGUID(guid) else {
            throw MediaRequest.bad(
                .unknownMachineGUID, "'\(guid)' is not a GUID", "write it as 8-4-4-4-12 hexadecimal digits")
        }
        guard !records.contains(where: { $0.architecture == architecture }) else {
            throw MediaRequest.bad(
                .unknownMachineGUID, "names two records for \(architecture.rawValue)", "give one for each architecture")
        }
        records.append((architecture, MediaVariableList.bareGUID(guid)))
    }

    /// Refuses records that are not wanted, and no record where some are.
    func check() throws(MediaBuilderError) {
        if areAllowed, records.isEmpty {
            throw MediaRequest.bad(
                .allowUnknownMachine, "needs the GUIDs of the site's records of unknown computers",
                "add \(.unknownMachineGUID, "x64=GUID"); a management point tells them at"
                    + " /SMS_MP/.sms_aut?MPKEYINFORMATIONMEDIA")
        }
        if !areAllowed, !records.isEmpty {
            throw MediaRequest.bad(
                .unknownMachineGUID, "was given, and unknown computers are not served", "add \(.allowUnknownMachine)")
        }
    }

    /// That computers which start the boot image have no record.
    func warning(bootArchitecture: Architecture) -> DiagnosticText? {
        guard areAllowed, !records.contains(where: { $0.architecture == bootArchitecture }) else { return nil }
        let name = bootArchitecture.rawValue
        return
            "the boot image is for \(name), and no record of unknown computers is: such computers find no task sequence;"
            + " add \(.unknownMachineGUID, "\(name)=GUID")"
    }

    /// The variable with the record for computers of `architecture`.
    static func variableName(_ architecture: Architecture) -> String {
        "_SMSTS\(architecture.rawValue)UnknownMachineGUID"
    }

    /// The variables by which the media knows them.
    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        for (architecture, guid) in records {
            try list.set(Self.variableName(architecture), to: guid)
        }
    }

    /// What tells media with other records apart.
    var facts: [String] { records.map { "unknown \($0.architecture.rawValue) \($0.guid.lowercased())" } }
}
