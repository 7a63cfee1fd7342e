// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policy.xml of stand-alone media: the task sequences and the assignment.
///
/// Known [V, media.md section 2]: instances with `class="CCM_TaskSequence"` and the properties `PKG_Name`,
/// `ADV_AdvertisementID` and `TS_Sequence`, whose values are `<value>` children. The names of the elements around them
/// are unknown [?]; `<MediaPolicies>`, `<Policy>` and `<PolicyAssignment>` are ours, and so is the choice of the other
/// properties. The reader therefore looks for the instance wherever it stands.
///
/// Child task sequences are instances of their own; only the root has an assignment (ours).
public struct Policy: Sendable, Equatable {
    /// A task sequence.
    public struct Instance: Sendable, Equatable {
        /// The task sequence's package ID (`PKG_PackageID`).
        public let taskSequenceID: String
        /// The task sequence's name (`PKG_Name`).
        public let taskSequenceName: String
        /// The deployment's ID (`ADV_AdvertisementID`), which stand-alone media leaves empty unless there was one.
        public let advertisementID: String
        /// The bare `<sequence>` text (`TS_Sequence`), stored plain; line ends are line feeds here and CRLF in the
        /// document.
        public let sequence: String

        /// A task sequence.
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
            self.sequence = Policy.withLineFeeds(String(decoding: sequence, as: UTF8.self))
            for text in [taskSequenceID, taskSequenceName, advertisementID, self.sequence] {
                guard let bad = XMLText.firstForbiddenCharacter(in: text) else { continue }
                throw MediaVariablesError(
                    .value, "task sequence \(taskSequenceName)",
                    "contains the character \(bad.escaped(asASCII: true)), which XML 1.0 cannot carry",
                    nextStep: "remove the character")
            }
        }

        fileprivate init(_ instance: XMLElement, source: String) throws(MediaVariablesError) {
            var values: [String: String] = [:]
            for property in instance.elements where property.name == "property" {
                guard let name = property[attribute: "name"] else { continue }
                values[name] = property.first("value")?.text ?? property.text
            }
            guard let name = values["PKG_Name"], let sequence = values["TS_Sequence"] else {
                throw .malformed(DiagnosticText(source), "holds a task sequence without PKG_Name or TS_Sequence")
            }
            taskSequenceID = values["PKG_PackageID"] ?? ""
            taskSequenceName = name
            advertisementID = values["ADV_AdvertisementID"] ?? ""
            self.sequence = sequence
        }
    }

    /// The task sequence that runs.
    public let root: Instance
    /// The task sequences that it runs in turn.
    public let children: [Instance]

    private static let className = "CCM_TaskSequence"

    /// The policy that runs `root`.
    public init(root: Instance, children: [Instance] = []) {
        self.root = root
        self.children = children
    }

    /// Reads a policy document from UTF-16LE, with or without byte order mark and trailing NUL characters.
    ///
    /// The task sequence with an assignment is the root; without an assignment the first one is.
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed`.
    public init(xml bytes: [UInt8], name source: String = "Policy.xml") throws(MediaVariablesError) {
        let document = try PlaintextXML.read(bytes, source: source)
        var instances: [Instance] = []
        for element in Self.elements(in: document, where: { $0[attribute: "class"] == Self.className }) {
            instances.append(try Instance(element, source: source))
        }
        guard !instances.isEmpty else {
            throw .malformed(DiagnosticText(source), "holds no task sequence (no instance of \(Self.className))")
        }
        let assigned = Self.elements(in: document) { $0.name == "PolicyAssignment" }
            .compactMap { $0[attribute: "PackageID"] }
        let rootIndex = instances.firstIndex { assigned.contains($0.taskSequenceID) } ?? 0
        root = instances.remove(at: rootIndex)
        children = instances
    }

    /// The document as UTF-16LE without a byte order mark: the plaintext of Policy.xml.
    public func encoded() -> [UInt8] {
        var writer = XMLWriter(lineEnding: .carriageReturnLineFeed)
        writer.raw("<?xml version=\"1.0\"?>")
        writer.startTag("MediaPolicies")
        for instance in [root] + children {
            writer.startTag("Policy")
            writer.startTag("instance", [XMLAttribute("class", Self.className)])
            property("PKG_PackageID", instance.taskSequenceID, &writer)
            property("PKG_Name", instance.taskSequenceName, &writer)
            property("ADV_AdvertisementID", instance.advertisementID, &writer)
            property("TS_Sequence", instance.sequence, &writer)
            writer.endTag("instance")
            writer.endTag("Policy")
        }
        writer.startTag("PolicyAssignment", [XMLAttribute("PackageID", root.taskSequenceID)], isEmpty: true)
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

    /// The elements that `isWanted` accepts, `element` itself among them, which is at most 256 levels deep.
    private static func elements(in element: XMLElement, where isWanted: (XMLElement) -> Bool) -> [XMLElement] {
        (isWanted(element) ? [element] : []) + element.elements.flatMap { elements(in: $0, where: isWanted) }
    }
}
