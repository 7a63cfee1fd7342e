// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DiagnosticText {
    /// True when `words` stand in the text, fields being in plain words.
    public func contains(_ words: String) -> Bool { description.contains(words) }

    /// True when the text begins with `words`, fields being in plain words.
    public func hasPrefix(_ words: String) -> Bool { description.hasPrefix(words) }

    /// True when the text ends in `words`, fields being in plain words.
    public func hasSuffix(_ words: String) -> Bool { description.hasSuffix(words) }

    /// True when `field` stands in the text.
    public func names(_ field: RequestField) -> Bool { fields.contains(field) }

    /// The fields that stand in the text, in order.
    public var fields: [RequestField] {
        pieces.compactMap { piece in
            guard case .field(let field, _) = piece else { return nil }
            return field
        }
    }
}
