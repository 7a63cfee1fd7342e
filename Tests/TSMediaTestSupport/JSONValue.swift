// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// A JSON document as a test looks into it: what is not there is `.null`.
@dynamicMemberLookup
public enum JSONValue: Sendable, Equatable, Decodable {
    /// `null`, or nothing.
    case null
    /// `true` or `false`.
    case flag(Bool)
    /// A whole number.
    case number(Int64)
    /// A string.
    case text(String)
    /// An array.
    case list([JSONValue])
    /// An object.
    case object([String: JSONValue])

    /// Parses `text`, which must be one document and nothing else.
    public init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// Decodes whatever value comes.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The member `name` of an object.
    public subscript(dynamicMember name: String) -> JSONValue { self[name] }

    /// The member `name` of an object.
    public subscript(name: String) -> JSONValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    /// The names of an object's members.
    public var keys: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
    /// The elements of an array.
    public var elements: [JSONValue] { if case .list(let elements) = self { elements } else { [] } }
    /// The string.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The number.
    public var number: Int64? { if case .number(let number) = self { number } else { nil } }
    /// The truth value.
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}
