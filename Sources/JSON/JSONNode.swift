// SPDX-License-Identifier: GPL-3.0-or-later

/// A value of a JSON document (RFC 8259) that was read.
public enum JSONNode: Sendable, Equatable {
    /// Nothing.
    case null
    /// A truth value.
    case truth(Bool)
    /// A number, as it is written: whoever wants it says what of.
    case number(String)
    /// A text.
    case text(String)
    /// Elements in their order.
    case list([JSONNode])
    /// Members in their order, no name twice.
    case object([Member])

    /// A member of an object.
    public struct Member: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSONNode

        /// A member.
        public init(name: String, value: JSONNode) {
            self.name = name
            self.value = value
        }
    }

    /// The member `name` of an object, compared byte for byte; nil for another one, and for what is no object.
    public subscript(name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}

/// Why bytes are not JSON, or more of it than is read.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The byte at which it was found out, from 0.
    public let byteOffset: Int
    /// What is wrong there, as the predicate of a sentence.
    public let problem: String

    /// Problem and place.
    public var description: String { "\(problem) at byte \(byteOffset)" }
}
