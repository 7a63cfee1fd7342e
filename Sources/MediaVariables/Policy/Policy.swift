// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policy.xml of stand-alone media: the task sequences that it runs.
///
/// Each is a policy with a rule, an action and an instance of `CCM_TaskSequence`, followed by its assignment, in the shape that
/// sites give them (docs/formats/media.md section 2a). The element around them all, the identifiers, the conditions and the
/// choice of properties are ours, and so is the order, in which the task sequence that runs comes first.
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

        init(_ instance: PolicyDocument.Instance, source: String) throws(MediaVariablesError) {
            guard let name = instance["PKG_Name"], let sequence = instance["TS_Sequence"] else {
                throw .malformed(DiagnosticText(source), "holds a task sequence without PKG_Name or TS_Sequence")
            }
            taskSequenceID = instance["PKG_PackageID"] ?? ""
            taskSequenceName = name
            advertisementID = instance["ADV_AdvertisementID"] ?? ""
            self.sequence = sequence
        }
    }

    /// The task sequence that runs.
    public let root: Instance
    /// The task sequences that it runs in turn.
    public let children: [Instance]

    static let className = "CCM_TaskSequence"

    /// The policy that runs `root`.
    public init(root: Instance, children: [Instance] = []) {
        self.root = root
        self.children = children
    }

    /// The task sequences of `document`.
    ///
    /// The one that runs is the one that is assigned (our media of earlier versions), else the one that is deployed, else the
    /// first.
    ///
    /// - Parameter source: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed` when it holds none.
    public init(_ document: PolicyDocument, name source: String = "Policy.xml") throws(MediaVariablesError) {
        var instances: [Instance] = []
        for instance in document.instances where instance.className == Self.className {
            instances.append(try Instance(instance, source: source))
        }
        guard !instances.isEmpty else {
            throw .malformed(DiagnosticText(source), "holds no task sequence (no instance of \(Self.className))")
        }
        let index =
            instances.firstIndex { document.assignedPackages.contains($0.taskSequenceID) }
            ?? instances.firstIndex { !$0.advertisementID.isEmpty } ?? 0
        root = instances.remove(at: index)
        children = instances
    }

    /// Reads a policy document from UTF-16LE, with or without byte order mark and trailing NUL characters.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: ``MediaVariablesError`` `.malformed`.
    public init(xml bytes: [UInt8], name source: String = "Policy.xml") throws(MediaVariablesError) {
        try self.init(try PolicyDocument(xml: bytes, name: source), name: source)
    }

    /// The document as UTF-16LE without a byte order mark: the plaintext of Policy.xml.
    public func encoded() -> [UInt8] {
        var writer = PolicyWriter()
        for instance in [root] + children {
            writer.add(
                Self.className, identifiedBy: instance.taskSequenceID,
                [
                    ("PKG_PackageID", instance.taskSequenceID), ("PKG_Name", instance.taskSequenceName),
                    ("ADV_AdvertisementID", instance.advertisementID), ("TS_Sequence", instance.sequence),
                ])
        }
        return writer.finish()
    }

    /// Line ends as an XML reader sees them.
    static func withLineFeeds(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\r")) else { return text }
        return text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }
}
