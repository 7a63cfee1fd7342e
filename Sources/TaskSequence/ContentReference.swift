// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// A content that a task sequence needs, and the steps that need it.
public struct ContentReference: Sendable, Equatable {
    /// What is referenced.
    public enum Kind: Sendable, Hashable {
        /// A package of any kind: package, driver package, OS image, OS upgrade package.
        case package(String)
        /// An application by its model name, `ScopeId_.../Application_...`; its package ID when the export tells it.
        case application(name: String, packageID: String?)
        /// A child task sequence by its package ID.
        case taskSequence(String)
    }

    /// What is referenced.
    public let kind: Kind
    /// The program of a package, `*` for a child task sequence.
    public let program: String?
    /// Where it is needed, in document order; never empty.
    public internal(set) var uses: [ReferenceUse]

    /// The package that holds the content, or nil for an application whose package is not known.
    public var packageID: String? {
        switch kind {
        case .package(let id), .taskSequence(let id): id
        case .application(_, let packageID): packageID
        }
    }

    /// The package ID or the application's model name.
    public var identifier: String {
        switch kind {
        case .package(let id), .taskSequence(let id): id
        case .application(let name, _): name
        }
    }
}

/// A step's property that names a content.
public struct ReferenceUse: Sendable, Equatable {
    /// The task sequence's package ID, when it has one.
    public let taskSequenceID: String?
    /// The task sequence's name.
    public let taskSequenceName: String
    /// The names of the groups from the outermost, then of the step.
    public let path: [String]
    /// The step's type, when it has one.
    public let stepType: String?
    /// The property, such as `ImagePackageID`.
    public let property: String
    /// The number of the image that the step applies, from 1; nil when it names none, or a variable.
    public let imageIndex: Int?
    /// Where the step stands in its file.
    public let location: XMLLocation

    /// The path for people: names joined by ` / `.
    public var pathDescription: String { path.joined(separator: " / ") }
}

/// The properties of steps that name content (task-sequence.md section 3).
package enum ReferenceProperty {
    /// What the values of a property name.
    package enum Target {
        case package, application, taskSequence
    }

    /// "None chosen"; such a value is no reference.
    package static let noneChosen = "00000000"

    private static let targets: [String: Target] = [
        "PackageID": .package, "ImagePackageID": .package, "InstallPackageID": .package,
        "ConfigFilePackage": .package, "DriverPackageID": .package, "ClientPackageID": .package,
        "UsmtPackageID": .package, "UsmtRestorePackageID": .package, "SysprepPackageID": .package,
        "DownloadPackages": .package, "TsReferencePackages": .package,
        "ApplicationName": .application, "TsReferenceApplications": .application,
        "TsPackageID": .taskSequence,
    ]

    /// The property of a step's image, and the one that says which image of it (docs/formats/task-sequence.md section 3).
    package static let image = (package: "ImagePackageID", index: "ImageIndex")

    /// What `property` names, or nil when it names no content.
    package static func target(of property: String) -> Target? { targets[property] }

    /// The values of a property: comma lists are split, "none chosen" and empty parts left out.
    package static func values(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.trimming(\.isWhitespace)) }.filter {
            !$0.isEmpty && $0 != noneChosen
        }
    }
}

/// One mention of a content by an enabled step.
package struct ReferenceMention {
    package let target: ReferenceProperty.Target
    package let value: String
    package let program: String?
    package let use: ReferenceUse
}

extension SequenceDefinition {
    /// Calls `body` for every step that is enabled, with every group above it, in document order.
    ///
    /// - Parameters:
    ///   - body: takes the names of the groups above, from the outermost, and the step.
    public func forEachEnabledStep<Failure: Error>(
        _ body: ([String], SequenceStep) throws(Failure) -> Void
    ) throws(Failure) {
        var path: [String] = []
        try Self.walk(items, &path, body)
    }

    private static func walk<Failure: Error>(
        _ items: [SequenceItem], _ path: inout [String], _ body: ([String], SequenceStep) throws(Failure) -> Void
    ) throws(Failure) {
        for item in items {
            switch item {
            case .step(let step) where !step.isDisabled:
                try body(path, step)
            case .group(let group) where !group.isDisabled:
                path.append(group.name)
                try walk(group.items, &path, body)
                path.removeLast()
            case .step, .group, .unknown:
                break
            }
        }
    }
}

extension TaskSequencePackage {
    /// Calls `body` for every content that an enabled step of this task sequence names, in document order.
    package func forEachMention(_ body: (ReferenceMention) -> Void) {
        sequence.forEachEnabledStep { groups, step in
            guard let variables = step.variables?.variables else { return }
            for variable in variables {
                guard let property = variable.property, let target = ReferenceProperty.target(of: property) else {
                    continue
                }
                let values = ReferenceProperty.values(variable.value)
                guard !values.isEmpty else { continue }
                let use = ReferenceUse(
                    taskSequenceID: packageID, taskSequenceName: name, path: groups + [step.name],
                    stepType: step.type, property: property,
                    imageIndex: property == ReferenceProperty.image.package
                        ? step[property: ReferenceProperty.image.index].flatMap { Int($0) }.flatMap {
                            $0 > 0 ? $0 : nil
                        }
                        : nil,
                    location: step.location)
                let program: String? =
                    switch target {
                    case .taskSequence: "*"
                    case .package where property == "PackageID":
                        step[property: "ProgramName"].flatMap { $0.isEmpty ? nil : $0 }
                    case .package, .application: nil
                    }
                for value in values {
                    body(ReferenceMention(target: target, value: value, program: program, use: use))
                }
            }
        }
    }

    /// What the steps of this task sequence itself name, recomputed as its `referenceList` is written: enabled steps
    /// only, in document order of first use, without duplicates, child task sequences included but not looked into.
    public func ownReferences() -> [ContentReference] {
        var list = ReferenceCollector(applicationPackages: applicationPackages)
        forEachMention { list.add($0, keepingPrograms: true) }
        return list.references
    }

    /// How the written reference list differs from the recomputed one; nil when it does not.
    public func referenceListDifference() -> ReferenceListDifference? {
        let written = (sequence.referenceList?.references ?? []).map(ReferenceListDifference.Entry.init)
        let needed = ownReferences().map(ReferenceListDifference.Entry.init)
        guard written != needed else { return nil }
        return ReferenceListDifference(
            missing: needed.filter { !written.contains($0) }, superfluous: written.filter { !needed.contains($0) })
    }
}

/// How a written reference list differs from the recomputed one; both lists empty: only the order differs.
public struct ReferenceListDifference: Sendable, Equatable {
    /// What identifies an entry of a reference list.
    public struct Entry: Sendable, Hashable {
        /// The package ID or the application's model name.
        public let identifier: String
        /// The program.
        public let program: String?

        init(_ reference: ContentReference) {
            identifier = reference.identifier
            program = reference.program
        }

        init(_ reference: WrittenReference) {
            identifier = reference.package ?? reference.application ?? ""
            program = reference.program
        }
    }

    /// What steps need and the list lacks.
    public let missing: [Entry]
    /// What the list has and no enabled step needs.
    public let superfluous: [Entry]
}

/// Gathers mentions into references without duplicates, in order of first mention.
struct ReferenceCollector {
    private struct Key: Hashable {
        let target: ReferenceProperty.Target
        let value: String
        let program: String?
    }

    let applicationPackages: [String: String]
    private(set) var references: [ContentReference] = []
    private var indices: [Key: Int] = [:]

    init(applicationPackages: [String: String]) { self.applicationPackages = applicationPackages }

    /// Adds a mention.
    ///
    /// - Parameters:
    ///   - keepingPrograms: whether two programs of one package are two references.
    mutating func add(_ mention: ReferenceMention, keepingPrograms: Bool) {
        let key = Key(
            target: mention.target, value: mention.value, program: keepingPrograms ? mention.program : nil)
        if let index = indices[key] {
            if references[index].uses.last != mention.use { references[index].uses.append(mention.use) }
            return
        }
        let kind: ContentReference.Kind =
            switch mention.target {
            case .package: .package(mention.value)
            case .taskSequence: .taskSequence(mention.value)
            case .application: .application(name: mention.value, packageID: applicationPackages[mention.value])
            }
        indices[key] = references.count
        references.append(ContentReference(kind: kind, program: mention.program, uses: [mention.use]))
    }
}
