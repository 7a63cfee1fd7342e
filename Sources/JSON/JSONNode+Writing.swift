// SPDX-License-Identifier: GPL-3.0-or-later

extension JSONNode: Encodable {
    /// An object of `members` in their order; those whose value is nil are left out.
    public static func members(_ members: KeyValuePairs<String, JSONNode?>) -> JSONNode {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// A whole number.
    public static func whole(_ number: some BinaryInteger) -> JSONNode { .number(String(number)) }

    /// Writes the value; an object keeps the order of its members.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .list(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let members):
            var container = encoder.container(keyedBy: Name.self)
            for member in members { try container.encode(member.value, forKey: Name(stringValue: member.name)) }
        default:
            var container = encoder.singleValueContainer()
            try encodeSingle(to: &container)
        }
    }

    private func encodeSingle(to container: inout some SingleValueEncodingContainer) throws {
        switch self {
        case .truth(let value): try container.encode(value)
        case .text(let text): try container.encode(text)
        case .number(let digits):
            if let whole = Int64(digits) { return try container.encode(whole) }
            guard let number = Double(digits) else {
                throw EncodingError.invalidValue(
                    digits, .init(codingPath: container.codingPath, debugDescription: "is no number"))
            }
            try container.encode(number)
        default: try container.encodeNil()
        }
    }

    /// The name of a member.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
