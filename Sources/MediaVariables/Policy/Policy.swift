// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Policy.xml of stand-alone media: the task sequences that it runs, and the programs of packages that they install.
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
            try Policy.check(
                [taskSequenceID, taskSequenceName, advertisementID, self.sequence],
                of: "task sequence \(taskSequenceName)")
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

    /// A program of a package (`CCM_SoftwareDistribution`).
    public struct Program: Sendable, Equatable {
        /// The class, and the properties that are read and written: those of the client's documented class.
        static let className = "CCM_SoftwareDistribution"
        private static let package = "PKG_PackageID"
        private static let name = "PRG_ProgramName"
        private static let commandLine = "PRG_CommandLine"

        /// The package ID.
        public let packageID: String
        /// The name of the program.
        public let name: String
        /// The command line.
        public let commandLine: String

        /// A program.
        ///
        /// - Throws: ``MediaVariablesError`` `.value` when a text cannot be carried in XML.
        public init(packageID: String, name: String, commandLine: String) throws(MediaVariablesError) {
            self.packageID = packageID
            self.name = name
            self.commandLine = commandLine
            try Policy.check([packageID, name, commandLine], of: "program \(name)")
        }

        /// The program that `instance` is; nil for one of another class, and without package or command line.
        init?(_ instance: PolicyDocument.Instance) {
            guard instance.className == Self.className, let package = instance[Self.package],
                let commandLine = instance[Self.commandLine], !commandLine.isEmpty
            else { return nil }
            packageID = package
            name = instance[Self.name] ?? ""
            self.commandLine = commandLine
        }

        var properties: [(name: String, value: String)] {
            [(Self.package, packageID), (Self.name, name), (Self.commandLine, commandLine)]
        }
    }

    /// The task sequence that runs.
    public let root: Instance
    /// The task sequences that it runs in turn.
    public let children: [Instance]
    /// The programs of packages that it knows.
    public let programs: [Program]

    static let className = "CCM_TaskSequence"

    /// The policy that runs `root`, whose steps may install `programs`.
    public init(root: Instance, children: [Instance] = [], programs: [Program] = []) {
        self.root = root
        self.children = children
        self.programs = programs
    }

    /// Refuses texts that no XML can carry.
    private static func check(_ texts: [String], of object: DiagnosticText) throws(MediaVariablesError) {
        for text in texts {
            guard let bad = XMLText.firstForbiddenCharacter(in: text) else { continue }
            throw MediaVariablesError(
                .value, object, "contains the character \(bad.escaped(asASCII: true)), which XML 1.0 cannot carry",
                nextStep: "remove the character")
        }
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
        programs = document.programs
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
        for program in programs {
            writer.add(Program.className, identifiedBy: program.packageID, program.properties)
        }
        return writer.finish()
    }

    /// Line ends as an XML reader sees them.
    static func withLineFeeds(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\r")) else { return text }
        return text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }
}

extension PolicyDocument {
    /// The programs of packages that it knows, in its order.
    public var programs: [Policy.Program] { instances.compactMap(Policy.Program.init) }
}
