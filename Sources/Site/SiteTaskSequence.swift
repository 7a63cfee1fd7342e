// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TaskSequence

/// A task sequence as a list of a site shows it.
public struct SiteTaskSequence: Sendable, Equatable, Encodable {
    /// The package ID.
    public let id: PackageID
    /// The name.
    public let name: String
    /// The description.
    public let description: String
    /// How often it was changed; nil where the site does not say it.
    public let version: Int64?
    /// When it was last changed, in UTC; nil where the site does not say it.
    public let changedAt: String?
    /// How many contents and applications it names; nil where the site does not say it.
    public let referenceCount: Int64?

    init(_ entity: SiteEntity) throws(SiteError) {
        id = try entity.packageID(.packageID)
        name = try entity.optionalText(.name) ?? id.description
        description = try entity.optionalText(.description, limit: 64 << 10) ?? ""
        version = try entity.optionalNumber(.sourceVersion)
        changedAt = try entity.optionalTime(.lastRefreshTime)
        referenceCount = try entity.optionalNumber(.referencesCount)
    }
}

extension AdminService {
    /// Children of children of a task sequence that are read; more are a circle that somebody else made.
    private static let sequenceLimit = 500
    /// Bytes of a task sequence that are read.
    private static let sequenceByteLimit = 16 << 20

    /// The task sequences, by their IDs.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func taskSequences() throws -> [SiteTaskSequence] {
        var found: [SiteTaskSequence] = []
        try list(.taskSequence) { found.append(try SiteTaskSequence($0)) }
        return found.sorted { $0.id < $1.id }
    }

    /// The task sequence that `text` names by its ID or its name, as the console's export has it: of the site's own bytes.
    ///
    /// - Parameter includingChildren: whether those that it calls are read too.
    /// - Returns: the task sequence, then its children in the order in which they are called.
    /// - Throws: ``SiteError`` `.missing`, `.ambiguous` with the choices; `TaskSequenceError` for what cannot be read.
    public func taskSequence(_ text: String, includingChildren: Bool) throws -> [TaskSequencePackage] {
        var packages = [try taskSequence(of: try taskSequenceID(text))]
        guard includingChildren else { return packages }
        var next = 0
        var seen = Set(packages.compactMap { $0.packageID?.uppercased() })
        while next < packages.count {
            for reference in packages[next].ownReferences() {
                guard case .taskSequence(let name) = reference.kind, seen.insert(name.uppercased()).inserted else {
                    continue
                }
                guard packages.count < Self.sequenceLimit else {
                    throw SiteError.malformed(
                        "task sequence \(packages[0].name)", "calls more than \(Self.sequenceLimit) others")
                }
                guard let id = PackageID(name) else {
                    throw SiteError.malformed(
                        "task sequence \(packages[next].name)", "calls '\(name.prefix(100))', which is no package ID")
                }
                packages.append(try taskSequence(of: id))
            }
            next += 1
        }
        return packages
    }

    /// The ID of the task sequence that `text` names: what looks like an ID is one where the site has it, else a name.
    private func taskSequenceID(_ text: String) throws -> PackageID {
        var found: [SiteTaskSequence] = []
        if let id = PackageID(text) {
            try list(.taskSequence, where: .text(.packageID, id.description)) { found.append(try SiteTaskSequence($0)) }
        }
        if found.isEmpty {
            try list(.taskSequence, where: .text(.name, text)) { found.append(try SiteTaskSequence($0)) }
        }
        return try SiteChoice(text: text, noun: "task sequence", place: location.text)
            .one(of: found, id: \.id.description, name: \.name).id
    }

    /// The task sequence `id` with what the site knows of what it names.
    private func taskSequence(of id: PackageID) throws -> TaskSequencePackage {
        guard let entity = try object(.taskSequence, .text(id.description)) else {
            throw SiteError(
                .missing, .notFound, "task sequence \(id)", "is not on the site \(location.text)",
                nextStep: "tsmedia site task-sequences lists those that the user may see")
        }
        guard let xml = try entity.optionalText(.sequence, limit: Self.sequenceByteLimit) else {
            throw SiteError(
                .malformedAnswer, .malformed, "task sequence \(id)", "comes from the site without its steps",
                nextStep: "ask for the right to read it in the console: Task Sequence Package, Read")
        }
        var package = try TaskSequencePackage(
            xml: Array(xml.utf8), source: "task sequence \(id) of \(location.host)", stem: id.description)
        package.packageID = id.description
        package.name = try entity.optionalText(.name) ?? package.name
        package.description = try entity.optionalText(.description, limit: 64 << 10) ?? package.description
        package.bootImageID = try entity.optionalPackageID(.bootImageID)?.description
        package.type = try entity.optionalNumber(.type).flatMap { TaskSequenceType(rawValue: Int($0)) }
        try addReferences(to: &package, id)
        return package
    }

    /// Takes over what the site says of each content: its kind, its name, and of applications their packages.
    private func addReferences(to package: inout TaskSequencePackage, _ id: PackageID) throws {
        var described: [TaskSequencePackage.DescribedReference] = []
        var applications: [String: String] = [:]
        try list(.taskSequenceReference, where: .text(.packageID, id.description)) { entity in
            let object = try entity.text(.objectID, limit: 512)
            let type = try entity.number(.objectType)
            if type == SiteObjectType.application {
                if let holder = try entity.optionalPackageID(.refPackageID) {
                    applications[object] = holder.description
                }
            } else if PackageID(object) != nil {
                described.append(
                    .init(
                        packageID: object, name: try entity.optionalText(.objectName) ?? "", description: "",
                        version: try entity.optionalText(.version) ?? "", packageType: String(type)))
            }
        }
        package.describedReferences = described.sorted { ExactText($0.packageID) < ExactText($1.packageID) }
        package.applicationPackages = applications
    }
}

/// Numbers of SMS_TaskSequencePackageReference.ObjectType (docs/formats/site.md section 1).
enum SiteObjectType {
    /// An application.
    static let application: Int64 = 512
}
