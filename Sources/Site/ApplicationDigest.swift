// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Markup
import Support

/// What SDMPackageXML says of an application: the property that holds it whole (docs/site.md).
///
/// The elements are those that working scripts read [V]; only what media needs is looked at.
struct ApplicationDigest: Sendable, Equatable {
    /// The version as the console shows it.
    var version: String?
    /// The contents of its deployment types, as `Content_<guid>.1`, in their order.
    var contents: [String] = []
    /// The model names of the applications that it needs.
    var dependencies: [String] = []
    /// The model names of the applications that it takes the place of.
    var supersedes: [String] = []

    /// More of these in one application are not read.
    private static let listLimit = 1000

    /// Nothing is known.
    init() {}

    /// Reads the XML `text`.
    ///
    /// - Parameter name: the application, for messages.
    /// - Throws: ``SiteError`` `.malformedAnswer`.
    init(_ text: String, name: String) throws(SiteError) {
        let object: DiagnosticText = "application \(name)"
        let document: XMLDocument
        do throws(MarkupError) {
            document = try XMLReader.read(Array(Self.withoutDeclaration(text).utf8), source: "SDMPackageXML")
        } catch {
            throw .malformed(object, "has an SDMPackageXML that cannot be read: \(error.problem)")
        }
        guard document.root.name == "AppMgmtDigest" else {
            throw .malformed(
                object, "has an SDMPackageXML that is not an application: its root is <\(document.root.name)>")
        }
        for element in document.root.elements {
            switch element.name {
            case "Application":
                version = element.first("SoftwareVersion").map(\.text).flatMap { $0.isEmpty ? nil : $0 }
            case "DeploymentType":
                for content in element.first("Installer")?.first("Contents")?.elements.map({ $0 }) ?? [] {
                    guard content.name == "Content", let id = content[attribute: "ContentId"],
                        let version = content[attribute: "Version"]
                    else { continue }
                    let text = "\(id).\(version)"
                    guard let content = ContentID(text) else {
                        throw .malformed(object, "has '\(text.prefix(100))', which is not a content")
                    }
                    contents.append(content.description)
                }
                if let rules = element.first("Dependencies") { Self.collect(rules, into: &dependencies) }
                if let rules = element.first("Supersedes") { Self.collect(rules, into: &supersedes) }
            default: break
            }
        }
        (contents, dependencies, supersedes) = (contents.once, dependencies.once, supersedes.once)
        guard max(contents.count, dependencies.count, supersedes.count) <= Self.listLimit else {
            throw .malformed(object, "names more than \(Self.listLimit) others")
        }
    }

    /// The text without its declaration, which names the encoding that it had in the site's memory: UTF-16.
    private static func withoutDeclaration(_ text: String) -> Substring {
        guard text.hasPrefix("<?xml"), let end = text.firstRange(of: "?>") else { return text[...] }
        return text[end.upperBound...]
    }

    /// The applications that rules name, however they are combined: an OR needs one of them and none is known to do.
    private static func collect(_ rules: XMLElement, into names: inout [String]) {
        for element in rules.elements {
            if element.name == "DeploymentTypeApplicationReference",
                let scope = element[attribute: "AuthoringScopeId"], let name = element[attribute: "LogicalName"]
            {
                names.append("\(scope)/\(name)")
            } else {
                collect(element, into: &names)
            }
        }
    }
}

extension [String] {
    /// Each text once, where it stands first, without case.
    fileprivate var once: [String] {
        var seen: Set<CaseFoldedName> = []
        return filter { seen.insert($0.caseFolded).inserted }
    }
}
