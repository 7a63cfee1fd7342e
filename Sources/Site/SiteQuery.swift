// SPDX-License-Identifier: GPL-3.0-or-later

import Servers
import Support

/// What objects a list is to have (OData 4.01 URL conventions 5.1.1).
enum SiteFilter: Sendable {
    /// Those whose property has this text.
    case text(SiteProperty, String)
    /// Those whose property has this number.
    case number(SiteProperty, Int)
    /// Those whose property is true.
    case isTrue(SiteProperty)

    /// The filter as an expression.
    var expression: String {
        switch self {
        // A quote in a text is doubled (5.1.1.6.1).
        case .text(let property, let text): "\(property.rawValue) eq '\(text.replacing("'", with: "''"))'"
        case .number(let property, let number): "\(property.rawValue) eq \(number)"
        case .isTrue(let property): "\(property.rawValue) eq true"
        }
    }
}

/// The key of an object.
enum SiteKey: Sendable {
    /// A text, such as a package ID.
    case text(String)
    /// A number, such as that of a configuration item.
    case number(Int64)

    /// The key as it stands behind the name of a class.
    var expression: String {
        switch self {
        case .text(let text): "('\(PercentEncoding.encoded(text.replacing("'", with: "''")))')"
        case .number(let number): "(\(number))"
        }
    }
}

extension SiteLocation {
    /// The URL of a list.
    func url(listOf type: SiteClass, _ filter: SiteFilter?) -> String {
        var url = route + type.rawValue + "?$select=" + type.listed.map(\.rawValue).joined(separator: ",")
        if let filter { url += "&$filter=" + PercentEncoding.encoded(filter.expression) }
        return url
    }

    /// The URL of one object with all that it has.
    func url(of type: SiteClass, _ key: SiteKey) -> String { route + type.rawValue + key.expression }
}
