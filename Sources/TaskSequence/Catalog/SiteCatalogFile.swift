// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import YAML

/// Reads catalog files (docs/site-catalog.md, docs/schema/site-catalog.schema.json).
public enum SiteCatalogFile {
    /// The version of the format that this program reads.
    public static let schemaVersion = 1

    private static let rootKeys = ["schemaVersion", "packages", "applications"]
    private static let packageKeys = ["id", "name", "type", "version", "contents", "dependencies"]
    private static let applicationKeys = [
        "name", "modelName", "packageId", "version", "contents", "dependencies", "supersedes",
    ]

    /// Reads the catalog at `path`.
    ///
    /// - Throws: ``TaskSequenceError`` `.file` or `.malformed`, the latter with line and column.
    public static func read(_ path: FilePath) throws(TaskSequenceError) -> SiteCatalog {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try SmallFile.read(path)
        } catch {
            throw .file(error)
        }
        return try read(bytes, source: path.string)
    }

    /// Reads a catalog.
    ///
    /// - Parameter source: the file, for messages.
    /// - Throws: ``TaskSequenceError`` `.malformed`.
    public static func read(_ bytes: [UInt8], source: String) throws(TaskSequenceError) -> SiteCatalog {
        do throws(YAMLError) {
            return try catalog(try YAMLReader.read(bytes, source: source), source: source)
        } catch {
            throw TaskSequenceError(
                .malformed, object: error.object, problem: error.problem, nextStep: error.nextStep, underlying: error)
        }
    }

    private static func catalog(_ node: YAMLNode, source: String) throws(YAMLError) -> SiteCatalog {
        if case .null = node.content { return SiteCatalog() }
        let root = try YAMLMapping(node, "a catalog", keys: rootKeys, source: source)
        if let version = try root.text("schemaVersion"), version != String(schemaVersion) {
            throw YAMLError(
                .unexpected, source: source, location: root.location(of: "schemaVersion"),
                problem: "has schemaVersion \(version), and this program reads \(schemaVersion)",
                nextStep: "use a newer tsmedia, or write schemaVersion: \(schemaVersion)")
        }
        var identifiers = UniqueIdentifiers(source: source)
        var packages: [SiteCatalog.Package] = []
        for node in try root.nodes("packages") {
            packages.append(try package(node, source, &identifiers))
        }
        var applications: [SiteCatalog.Application] = []
        for node in try root.nodes("applications") {
            applications.append(try application(node, source, &identifiers))
        }
        return SiteCatalog(packages: packages, applications: applications)
    }

    private static func package(
        _ node: YAMLNode, _ source: String, _ identifiers: inout UniqueIdentifiers
    ) throws(YAMLError) -> SiteCatalog.Package {
        let entry = try YAMLMapping(node, "a package", keys: packageKeys, source: source)
        let id = try packageID(
            try entry.requiredText("id", "a package"), at: entry.location(of: "id"), source)
        try identifiers.add(id, "package ID", at: entry.location(of: "id"))
        var dependencies: [String] = []
        for (text, location) in try entry.texts("dependencies") {
            dependencies.append(try packageID(text, at: location, source))
        }
        return SiteCatalog.Package(
            id: id, name: try entry.requiredText("name", "a package"), type: try type(entry, source),
            version: try entry.text("version"), contents: try contents(entry, source), dependencies: dependencies)
    }

    private static func type(
        _ entry: YAMLMapping, _ source: String
    ) throws(YAMLError) -> SiteCatalog.PackageType {
        guard let text = try entry.text("type") else { return .package }
        guard let type = SiteCatalog.PackageType(rawValue: text) else {
            throw YAMLError(
                .unexpected, source: source, location: entry.location(of: "type"),
                problem: "has the package type '\(text)', which is not known",
                nextStep: "use \(SiteCatalog.PackageType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return type
    }

    private static func application(
        _ node: YAMLNode, _ source: String, _ identifiers: inout UniqueIdentifiers
    ) throws(YAMLError) -> SiteCatalog.Application {
        let entry = try YAMLMapping(node, "an application", keys: applicationKeys, source: source)
        let modelName = try entry.requiredText("modelName", "an application")
        try identifiers.add(modelName, "model name", at: entry.location(of: "modelName"))
        var id: String?
        if let text = try entry.text("packageId") {
            let location = entry.location(of: "packageId")
            id = try packageID(text, at: location, source)
            try identifiers.add(text, "package ID", at: location)
        }
        return SiteCatalog.Application(
            name: try entry.requiredText("name", "an application"), modelName: modelName, packageID: id,
            version: try entry.text("version"), contents: try contents(entry, source),
            dependencies: try entry.texts("dependencies").map(\.text),
            supersedes: try entry.texts("supersedes").map(\.text))
    }

    /// A content ID is a base and a version (content-library.md section 1): the same rule as `ContentID` of the content
    /// library, which stands on the same floor and cannot be asked.
    private static func contents(_ entry: YAMLMapping, _ source: String) throws(YAMLError) -> [String] {
        var contents: [String] = []
        for (text, location) in try entry.texts("contents") {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let isContent =
                parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 64 && Int32(parts[1]) != nil
                && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
                && parts[0].utf8.allSatisfy { $0.isASCIILetterOrDigit || "_-{}".utf8.contains($0) }
            guard isContent else {
                throw YAMLError(
                    .unexpected, source: source, location: location, problem: "has '\(text)', which is not a content",
                    nextStep: "write it with its version, as ABC00001.2 or Content_<guid>.1")
            }
            contents.append(text)
        }
        return contents
    }

    private static func packageID(
        _ text: String, at location: YAMLLocation, _ source: String
    ) throws(YAMLError) -> String {
        guard text.isPackageID else {
            throw YAMLError(
                .unexpected, source: source, location: location, problem: "has '\(text)', which is not a package ID",
                nextStep: "write it as ABC00001; quote it when it has digits only")
        }
        return text.uppercased()
    }
}

/// Finds what identifies two entries.
private struct UniqueIdentifiers {
    let source: String
    private var places: [CaseFoldedName: YAMLLocation] = [:]

    init(source: String) { self.source = source }

    mutating func add(_ identifier: String, _ noun: String, at location: YAMLLocation) throws(YAMLError) {
        if let first = places.updateValue(location, forKey: identifier.caseFolded) {
            throw YAMLError(
                .unexpected, source: source, location: location,
                problem: "has the \(noun) '\(identifier)' again; it is in line \(first.line) already",
                nextStep: "keep one of the two")
        }
    }
}

extension String {
    /// True for eight ASCII letters and digits: the same rule as `PackageID` of the content library, which stands on the
    /// same floor and cannot be asked.
    package var isPackageID: Bool { utf8.count == 8 && utf8.allSatisfy(\.isASCIILetterOrDigit) }
}
