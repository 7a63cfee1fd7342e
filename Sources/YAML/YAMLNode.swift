// SPDX-License-Identifier: GPL-3.0-or-later

/// A place in a YAML document: lines and columns count from 1, columns in Unicode scalars.
public struct YAMLLocation: Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// Names a place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`.
    public var description: String { "\(line):\(column)" }
}

/// A node of a YAML document, with the place where it begins.
///
/// Scalars stay text: what `1.10` or `00000012` means is known to whoever asks for it.
public struct YAMLNode: Sendable, Equatable {
    /// What the node is.
    public enum Content: Sendable, Equatable {
        /// Nothing: `null`, `~` or no text at all.
        case null
        /// Text, a number, a truth value.
        case scalar(String)
        /// A list.
        case sequence([YAMLNode])
        /// Keys and values in document order; no key twice.
        case mapping([YAMLEntry])
    }

    /// What the node is.
    public let content: Content
    /// Where it begins.
    public let location: YAMLLocation

    /// Makes a node.
    public init(_ content: Content, at location: YAMLLocation) {
        self.content = content
        self.location = location
    }

    /// What the node is, in a word for messages.
    public var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar: "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A key of a mapping with its value.
public struct YAMLEntry: Sendable, Equatable {
    /// The key.
    public let key: String
    /// Where the key stands.
    public let location: YAMLLocation
    /// The value.
    public let value: YAMLNode

    /// Makes an entry.
    public init(key: String, at location: YAMLLocation, value: YAMLNode) {
        self.key = key
        self.location = location
        self.value = value
    }
}
