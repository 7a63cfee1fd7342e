// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What a product key looks like (task-sequence.md section 4).
enum ProductKeyShape: Equatable {
    /// Five groups of five letters or digits, in upper case.
    case plain(String)
    /// Something else, which may be an encoded volume licence key: how such keys look is not documented.
    case encoded
    /// Five groups of five with a mistake in it.
    case mistyped

    private static let groupCount = 5
    private static let groupLength = 5

    init(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let isSpelt = text.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
        let hasLength = groups.allSatisfy { $0.count == Self.groupLength }
        switch (isSpelt, hasLength, groups.count) {
        case (true, true, Self.groupCount):
            self = .plain(text.uppercased())
        case (_, true, Self.groupCount),  // a character that no key has
            (true, true, 2...),  // too few groups, or too many
            (true, false, Self.groupCount) where groups.allSatisfy({ (3...7).contains($0.count) }):
            self = .mistyped
        default:
            self = text.contains(where: \.isWhitespace) ? .mistyped : .encoded
        }
    }
}
