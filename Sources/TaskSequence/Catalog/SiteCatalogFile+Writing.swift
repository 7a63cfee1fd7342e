// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension SiteCatalogFile {
    /// The catalog as a file that ``read(_:source:)`` reads: the same catalog gives the same bytes.
    ///
    /// - Throws: ``TaskSequenceError`` `.malformed` where the reader would refuse it: two entries with one identifier, or more
    ///   than it reads.
    public static func bytes(of catalog: SiteCatalog) throws(TaskSequenceError) -> [UInt8] {
        var writer = CatalogWriter()
        writer.line("schemaVersion: \(schemaVersion)")
        writer.section("packages", isEmpty: catalog.packages.isEmpty)
        for package in catalog.packages {
            writer.begin("id", package.id)
            writer.text("name", package.name)
            if package.type != .package { writer.text("type", package.type.rawValue) }
            writer.text("version", package.version)
            writer.list("contents", package.contents)
            writer.list("dependencies", package.dependencies)
        }
        writer.section("applications", isEmpty: catalog.applications.isEmpty)
        for application in catalog.applications {
            writer.begin("name", application.name)
            writer.text("modelName", application.modelName)
            writer.text("packageId", application.packageID)
            writer.text("version", application.version)
            writer.list("contents", application.contents)
            writer.list("dependencies", application.dependencies)
            writer.list("supersedes", application.supersedes)
        }
        // What is written is what is read, or it is not written.
        guard try read(writer.bytes, source: "the catalog") == catalog else {
            throw TaskSequenceError(
                .malformed, object: "the catalog", problem: "holds a text that YAML does not keep",
                nextStep: "rename what has control characters in its name")
        }
        return writer.bytes
    }
}

/// Writes the YAML of catalogs: every text in double quotes, so that none is taken for something else.
private struct CatalogWriter {
    var bytes: [UInt8] = []

    mutating func line(_ text: String) { bytes += (text + "\n").utf8 }

    mutating func section(_ name: String, isEmpty: Bool) { line("\n\(name):\(isEmpty ? " []" : "")") }

    /// Begins an entry with its first key.
    mutating func begin(_ key: String, _ value: String) { line("  - \(key): \(Self.quoted(value))") }

    mutating func text(_ key: String, _ value: String?) {
        if let value { line("    \(key): \(Self.quoted(value))") }
    }

    mutating func list(_ key: String, _ values: [String]) {
        if !values.isEmpty { line("    \(key): [\(values.map(Self.quoted).joined(separator: ", "))]") }
    }

    /// A flow scalar in double quotes (YAML 1.2 7.3.1): what cannot be printed is escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
                }
            }
        }
        return result + "\""
    }

    /// What stands in a file as it is: letters and signs, and nothing that turns the direction of text or ends a line.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
        default: true
        }
    }
}
