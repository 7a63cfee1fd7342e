// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support
import SystemPackage

/// A computer model of a fleet: how its prestaged file differs from what is asked for all.
public struct FleetModel: Sendable, Equatable {
    /// What a file says of a model, by key; lists have several values.
    struct Entry {
        let values: [String: [String]]
        /// Where it stands, for messages: "models.csv:3".
        let place: String
    }

    /// The keys of a model, in the order of the documentation.
    static let keys = [
        "name", "output", "operatingSystemImage", "operatingSystemImageIndex", "bootImage", "taskSequence", "packages",
        "driverPackages", "applications", "label", "createdBy", "version", "comment",
    ]
    /// Those that hold a list.
    static let listKeys: Set<String> = ["packages", "driverPackages", "applications"]

    /// Its name; the file is called after it unless ``output`` says otherwise.
    public let name: String
    /// The name of its file.
    public let output: String
    private let entry: [String: [String]]
    /// Where the list names it, as "models.csv:3".
    public let place: String

    init(_ entry: Entry) throws(MediaBuilderError) {
        self.entry = entry.values
        place = entry.place
        guard let name = entry.values["name"]?.first else {
            throw MediaBuilderError(
                .badContent, DiagnosticText(entry.place), "has a model without a name", nextStep: "add its name")
        }
        self.name = name
        let output = entry.values["output"]?.first ?? "\(name).wim"
        do throws(MediaPathError) {
            self.output = try MediaPath(name: output, in: nil).description
        } catch {
            throw MediaBuilderError(
                .badContent, DiagnosticText(entry.place), "names the file '\(output)', which \(error.problem)",
                nextStep: "give a plain file name as its output")
        }
    }

    /// The request for this model: `fleet` is what all models share, `folder` where the files go.
    ///
    /// - Parameter site: where names are looked up; nil for none.
    /// - Throws: ``MediaBuilderError`` `.badContent`, naming file and line; `SiteError` for names that the site does not have.
    func request(_ fleet: FleetRequest, in folder: FilePath, _ site: SiteCompletion? = nil) throws -> MediaRequest {
        var (content, archive, result) = (fleet.content, fleet.archive, fleet.common)
        if let text = text("operatingSystemImage") {
            content.operatingSystemImage = try placed { try site?.operatingSystemImage(text) } ?? packageID(text)
        }
        if let text = text("operatingSystemImageIndex") {
            guard let index = Int(text), index > 0 else {
                throw bad("image index '\(text)', which is no number from 1")
            }
            content.operatingSystemImageIndex = index
        }
        if let text = text("bootImage") {
            if let site {
                result.bootImage = try placed { try site.bootImage(text) }
            } else {
                guard let image = BootImageReference(text) else {
                    throw bad("boot image '\(text)', which is neither a package ID nor the path of a WIM file")
                }
                result.bootImage = image
            }
        }
        if let text = text("taskSequence") {
            (content.sequence.taskSequence, content.sequence.fetched) = (nil, nil)
            if let site {
                try placed { try site.addTaskSequence(text, to: &content.sequence) }
            } else {
                content.sequence.taskSequence = FilePath(text)
            }
        }
        for text in entry["packages"] ?? [] {
            content.sequence.additionalPackages.append(try placed { try site?.package(text) } ?? packageID(text))
        }
        for text in entry["driverPackages"] ?? [] {
            content.sequence.additionalPackages.append(
                try placed { try site?.driverPackage(text) } ?? packageID(text))
        }
        content.sequence.applications += entry["applications"] ?? []
        if entry["applications"] != nil || entry["taskSequence"] != nil { try site?.addCatalog(to: &content.sequence) }
        if let text = text("label") { result.label = text }
        if let text = text("createdBy") { archive.createdBy = text }
        if let text = text("version") { archive.version = text }
        if let text = text("comment") { archive.comment = text }
        result.output = archive.named(folder.appending(output))
        result.format = archive
        result.kind = .prestaged(fleet.management, content)
        do throws(MediaBuilderError) {
            try result.validate()
        } catch {
            throw MediaBuilderError(
                error.code, "\(place) (model \(name)): \(error.object)", error.problem, nextStep: error.nextStep)
        }
        return result
    }

    /// What it says, by the names of fields, as ``RequestField`` has them; its name and its output left out.
    var settings: [(field: String, values: [String])] {
        Self.keys.dropFirst(2).compactMap { key in entry[key].map { (Self.fieldName(of: key), $0) } }
    }

    /// `driverPackages` is the field `driver-package`.
    private static func fieldName(of key: String) -> String {
        let single = listKeys.contains(key) ? key.dropLast() : key[...]
        return single.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }

    /// What `body` finds out; an error of it says for which model that was.
    private func placed<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as InterruptedError {
            throw error
        } catch let error as any DiagnosticError {
            throw FleetModelError(place: "\(place) (model \(name))", cause: error)
        }
    }

    /// The files that it may name; what is no file is an ID or a name of a site.
    public var files: [FilePath] { ["bootImage", "taskSequence"].compactMap(text).map { FilePath($0) } }

    private func text(_ key: String) -> String? { entry[key]?.first }

    private func packageID(_ text: String) throws(MediaBuilderError) -> PackageID {
        guard let id = PackageID(text) else { throw bad("package '\(text)', which is no package ID") }
        return id
    }

    private func bad(_ what: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(
            .badContent, DiagnosticText(place), "has for model \(name) the \(what)",
            nextStep: "correct the file, then build again")
    }
}

/// An error with the model that it is about.
struct FleetModelError: DiagnosticError {
    let place: String
    let cause: any DiagnosticError

    var failureClass: FailureClass { cause.failureClass }
    var object: DiagnosticText { "\(place): \(cause.object)" }
    var problem: DiagnosticText { cause.problem }
    var nextStep: DiagnosticText? { cause.nextStep }
}

/// What is asked for all models of a fleet.
public struct FleetRequest: Sendable {
    /// How the media finds the site.
    public var management: Management
    /// What it holds.
    public var content: PrestagedContent
    /// How its archive is written, and what it says about itself.
    public var archive: ArchiveFormat
    /// Everything else; its kind, format and output are each model's own.
    public var common: MediaRequest

    /// A request for archives that hold `content`.
    public init(_ management: Management, _ content: PrestagedContent, _ archive: ArchiveFormat) {
        self.management = management
        self.content = content
        self.archive = archive
        common = MediaRequest(.prestaged(management, content), output: "", format: archive)
    }
}
