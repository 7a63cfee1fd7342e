// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policy.xml of stand-alone media: the task sequence and its assignment.
///
/// Known [V, media.md section 2]: instances with `class="CCM_TaskSequence"` and the properties `PKG_Name`,
/// `ADV_AdvertisementID` and `TS_Sequence`, whose values are `<value>` children. The names of the elements around them
/// are unknown [?]; `<MediaPolicies>`, `<Policy>` and `<PolicyAssignment>` are ours, and so is the choice of the other
/// properties. The reader therefore looks for the instance wherever it stands.
public struct Policy: Sendable, Equatable {
    /// The task sequence's package ID (`PKG_PackageID`).
    public let taskSequenceID: String
    /// The task sequence's name (`PKG_Name`).
    public let taskSequenceName: String
    /// The deployment's ID (`ADV_AdvertisementID`), which stand-alone media leaves empty unless there was one.
    public let advertisementID: String
    /// The bare `<sequence>` text (`TS_Sequence`), stored plain; line ends are line feeds here and CRLF in the document.
    public let sequence: String

    private static let className = "CCM_TaskSequence"

    /// The policy that runs a task sequence.
    ///
    /// - Parameters:
    ///   - sequence: the bare `<sequence>` text in UTF-8.
    /// - Throws: ``MediaVariablesError`` `.value` when a text cannot be carried in XML.
    public init(
        taskSequenceID: String, taskSequenceName: String, advertisementID: String = "", sequence: [UInt8]
    ) throws(MediaVariablesError) {
        self.taskSequenceID = taskSequenceID
        self.taskSequenceName = taskSequenceName
        self.advertisementID = advertisementID
        self.sequence = Self.withLineFeeds(String(decoding: sequence, as: UTF8.self))
        for text in [taskSequenceID, taskSequenceName, advertisementID, self.sequence] {
            guard let bad = XMLText.firstForbiddenCharacter(in: text) else { continue }
            throw MediaVariablesError(
                .value, "task sequence \(taskSequenceName)",
                "contains the character \(bad.escaped(asASCII: true)), which XML 1.0 cannot carry",
                nextStep: "remove the character")
        }
    }

    /// Reads a policy document from UTF-16LE, with or without byte order mark and trailing NUL characters.
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed`.
    public init(xml bytes: [UInt8], name source: String = "Policy.xml") throws(MediaVariablesError) {
        let root = try PlaintextXML.read(bytes, source: source)
        guard let instance = Self.instance(in: root) else {
            throw .malformed(source, "holds no task sequence (no instance of \(Self.className))")
        }
        var values: [String: String] = [:]
        for property in instance.elements where property.name == "property" {
            guard let name = property[attribute: "name"] else { continue }
            values[name] = property.first("value")?.text ?? property.text
        }
        guard let name = values["PKG_Name"], let sequence = values["TS_Sequence"] else {
            throw .malformed(source, "holds a task sequence without PKG_Name or TS_Sequence")
        }
        taskSequenceID = values["PKG_PackageID"] ?? ""
        taskSequenceName = name
        advertisementID = values["ADV_AdvertisementID"] ?? ""
        self.sequence = sequence
    }

    /// The document as UTF-16LE without a byte order mark: the plaintext of Policy.xml.
    public func encoded() -> [UInt8] {
        var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
        writer.raw("<?xml version=\"1.0\"?>")
        writer.startTag("MediaPolicies")
        writer.startTag("Policy")
        writer.startTag("instance", [XMLAttribute("class", Self.className)])
        property("PKG_PackageID", taskSequenceID, &writer)
        property("PKG_Name", taskSequenceName, &writer)
        property("ADV_AdvertisementID", advertisementID, &writer)
        property("TS_Sequence", sequence, &writer)
        writer.endTag("instance")
        writer.endTag("Policy")
        writer.startTag("PolicyAssignment", [XMLAttribute("PackageID", taskSequenceID)], isEmpty: true)
        writer.endTag("MediaPolicies")
        return Text.encodeUTF16LittleEndian(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Line ends as an XML reader sees them.
    private static func withLineFeeds(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\r")) else { return text }
        return text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }

    private func property(_ name: String, _ value: String, _ writer: inout XMLWriter) {
        writer.startTag("property", [XMLAttribute("name", name)])
        writer.startTag("value")
        writer.cdata(value)
        writer.endTag("value")
        writer.endTag("property")
    }

    /// The first instance of the task sequence class below `element`, which is at most 256 levels deep.
    private static func instance(in element: XMLElement) -> XMLElement? {
        if element[attribute: "class"] == className { return element }
        for child in element.elements {
            if let found = instance(in: child) { return found }
        }
        return nil
    }
}
