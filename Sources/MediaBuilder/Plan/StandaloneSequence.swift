// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// What a stand-alone build takes from a task sequence.
struct StandaloneSequence {
    /// A package that must be on the media, and why.
    struct NeededPackage {
        let id: PackageID
        let reason: String
    }

    /// The package ID of the task sequence; empty when its file does not say one.
    let id: String
    let name: String
    let bootImage: BootImageReference?
    /// The packages in the order in which the task sequence first uses them.
    let packages: [NeededPackage]
    let policy: Policy

    /// Reads the task sequence at `path`; `id` chooses among several.
    ///
    /// - Throws: errors of reading; ``MediaBuilderError`` `.missing` for content that cannot be told or found.
    init(_ path: FilePath, id: String?) throws {
        let package = try TaskSequenceFile.read(path).chosen(id: id)
        let closure = package.closure()
        if let child = closure.unresolvedChildren.first {
            throw MediaBuilderError(
                .missing, "child task sequence \(child.packageID)",
                "is not in \(path) (needed by \(Self.reason(child.uses)))",
                nextStep: "export the task sequence together with its dependencies")
        }
        self.id = package.packageID ?? ""
        name = package.name
        bootImage = try package.bootImageID.flatMap { $0.isEmpty ? nil : $0 }.map { text in
            .package(try Self.packageID(text, neededBy: "task sequence \(package.name) as its boot image"))
        }
        packages = try closure.references.map(Self.needed)
        let instances = try closure.taskSequences.map { sequence in
            try Policy.Instance(
                taskSequenceID: sequence.packageID ?? "", taskSequenceName: sequence.name,
                sequence: sequence.sequenceXML)
        }
        // The closure begins with its root.
        policy = Policy(root: instances[0], children: Array(instances.dropFirst()))
    }

    private static func needed(_ reference: ContentReference) throws -> NeededPackage {
        let reason = reason(reference.uses)
        guard let id = reference.packageID else {
            throw MediaBuilderError(
                .missing, "application \(reference.identifier)",
                "has no package ID in the task sequence's file (needed by \(reason))",
                nextStep: "export the task sequence together with its dependencies")
        }
        return NeededPackage(id: try packageID(id, neededBy: reason), reason: reason)
    }

    private static func packageID(_ text: String, neededBy reason: String) throws -> PackageID {
        guard let id = PackageID(text) else {
            throw MediaBuilderError(
                .badContent, "package ID '\(text)'", "is not one (needed by \(reason))",
                nextStep: "mend the task sequence in the console and export it again")
        }
        return id
    }

    /// The first step that needs something, in words.
    private static func reason(_ uses: [ReferenceUse]) -> String {
        guard let use = uses.first else { return "the task sequence" }
        return "step '\(use.pathDescription)' of task sequence '\(use.taskSequenceName)'"
    }
}
