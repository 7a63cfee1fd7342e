// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import JSON
import Support

/// An object as the site sends it: what it says is checked when it is asked for.
struct SiteEntity: Sendable {
    let type: SiteClass
    private let node: JSONNode
    /// What it is called in messages: the URL that it comes from.
    private let url: String

    /// Longer texts than this are none that a console shows; XML is told apart.
    private static let textLimit = 4096

    init(_ node: JSONNode, _ type: SiteClass, _ url: String) throws(SiteError) {
        (self.node, self.type, self.url) = (node, type, url)
        guard case .object = node else {
            throw .malformed("\(SiteLocation.shown(url))", "sends something else than objects")
        }
    }

    private func wrong(_ property: SiteProperty, _ problem: DiagnosticText) -> SiteError {
        .malformed("\(SiteLocation.shown(url))", "sends \(type.rawValue).\(property.rawValue) \(problem)")
    }

    /// A text; nil where there is none, or an empty one.
    ///
    /// - Throws: ``SiteError`` `.malformedAnswer` for something else than a text, and for one of more than `limit` bytes.
    func optionalText(_ property: SiteProperty, limit: Int = textLimit) throws(SiteError) -> String? {
        switch node[property.rawValue] {
        case nil, .null?: return nil
        case .text(let text)?:
            guard text.utf8.count <= limit else { throw wrong(property, "with more than \(limit) bytes") }
            return text.isEmpty ? nil : text
        default: throw wrong(property, "as something else than a text")
        }
    }

    /// A text that must be there.
    func text(_ property: SiteProperty, limit: Int = textLimit) throws(SiteError) -> String {
        guard let text = try optionalText(property, limit: limit) else { throw wrong(property, "without a value") }
        return text
    }

    /// A package ID; nil where there is none.
    func optionalPackageID(_ property: SiteProperty) throws(SiteError) -> PackageID? {
        guard let text = try optionalText(property) else { return nil }
        guard let id = PackageID(text) else {
            throw wrong(property, "as '\(text.prefix(100))', which is no package ID")
        }
        return id
    }

    /// A package ID that must be there.
    func packageID(_ property: SiteProperty) throws(SiteError) -> PackageID {
        guard let id = try optionalPackageID(property) else { throw wrong(property, "without a value") }
        return id
    }

    /// A number of at most 64 bits without sign; nil where there is none.
    func optionalNumber(_ property: SiteProperty, in range: ClosedRange<Int64> = 0...Int64.max) throws(SiteError)
        -> Int64?
    {
        switch node[property.rawValue] {
        case nil, .null?: return nil
        // Numbers of 64 bits are texts in some dialects of OData.
        case .number(let text)?, .text(let text)?:
            guard let number = Int64(text), range.contains(number) else {
                throw wrong(property, "as \(text.prefix(40)), which it cannot be")
            }
            return number
        default: throw wrong(property, "as something else than a number")
        }
    }

    /// A number that must be there.
    func number(_ property: SiteProperty, in range: ClosedRange<Int64> = 0...Int64.max) throws(SiteError) -> Int64 {
        guard let number = try optionalNumber(property, in: range) else { throw wrong(property, "without a value") }
        return number
    }

    /// A truth value; false where there is none.
    func flag(_ property: SiteProperty) throws(SiteError) -> Bool {
        switch node[property.rawValue] {
        case nil, .null?: return false
        case .truth(let truth)?: return truth
        default: throw wrong(property, "as something else than true or false")
        }
    }

    /// A time as the site sends it, `2025-02-15T23:13:23Z`; nil where there is none.
    func optionalTime(_ property: SiteProperty) throws(SiteError) -> String? {
        guard let text = try optionalText(property) else { return nil }
        // Fractions of a second and offsets are told apart from UTC by nobody who reads a list.
        guard let match = text.wholeMatch(of: Self.time) else {
            throw wrong(property, "as '\(text.prefix(100))', which is no time in UTC")
        }
        return "\(match.output.1)Z"
    }

    private static var time: Regex<(Substring, Substring)> {
        /([0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9])(?:\.[0-9]{1,9})?Z/
    }
}
