// SPDX-License-Identifier: GPL-3.0-or-later

/// A text for people in which fields of requests stand: "choose a larger media size".
///
/// Whoever shows it says what fields are called. It is written as a text is, with fields, values of fields and other such
/// texts interpolated:
///
///     "does not go with \(.compression, "solid"); \(error)"
///
/// Of errors that are interpolated the fields stay fields. A `String` would forget them, so that no `String` is made of such
/// a text by interpolation: use ``text(naming:)``.
public struct DiagnosticText: Sendable, Hashable {
    /// A part of the text.
    public enum Piece: Sendable, Hashable {
        /// Words.
        case text(String)
        /// A field, or a value that it can have.
        case field(RequestField, value: String?)
    }

    /// How a field is called, and a value that it can have.
    public typealias Naming = (_ field: RequestField, _ value: String?) -> String

    /// The parts in order; no two that are words follow each other.
    public private(set) var pieces: [Piece] = []

    /// The words `text`, in which no field stands.
    public init(_ text: String) { append(.text(text)) }

    /// The field `field`, or its value `value`.
    public init(_ field: RequestField, _ value: String? = nil) { append(.field(field, value: value)) }

    /// What `error` says.
    public init(_ error: any Error) { self = (error as? any DiagnosticError)?.text ?? DiagnosticText("\(error)") }

    /// The text in the words of `naming`.
    public func text(naming: Naming) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .field(let field, let value): naming(field, value)
            }
        }.joined()
    }

    /// The first field that stands in the text; nil when none does.
    public var firstField: RequestField? {
        for case .field(let field, _) in pieces { return field }
        return nil
    }

    private mutating func append(_ piece: Piece) {
        guard case .text(let text) = piece else { return pieces.append(piece) }
        if text.isEmpty { return }
        if case .text(let before) = pieces.last {
            pieces[pieces.count - 1] = .text(before + text)
        } else {
            pieces.append(piece)
        }
    }

    /// One text behind another.
    public static func + (left: DiagnosticText, right: DiagnosticText) -> DiagnosticText {
        var result = left
        result += right
        return result
    }

    /// Adds a text at the end.
    public static func += (left: inout DiagnosticText, right: DiagnosticText) {
        for piece in right.pieces { left.append(piece) }
    }
}

extension DiagnosticText: CustomStringConvertible {
    /// The text with fields in plain words: for logs, and for whoever has no names of its own.
    public var description: String {
        text { field, value in value.map { "\(field.words) \($0)" } ?? field.words }
    }
}

extension DiagnosticText: ExpressibleByStringInterpolation {
    /// Collects the pieces of a text.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = DiagnosticText("")

        /// No pieces yet.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds words.
        public mutating func appendLiteral(_ literal: String) { text.append(.text(literal)) }

        /// Adds a field.
        public mutating func appendInterpolation(_ field: RequestField) { text.append(.field(field, value: nil)) }

        /// Adds a value that a field can have.
        public mutating func appendInterpolation(_ field: RequestField, _ value: String) {
            text.append(.field(field, value: value))
        }

        /// Adds a text with its fields.
        public mutating func appendInterpolation(_ other: DiagnosticText) { text += other }

        /// Adds anything else; of an error what it says, with its fields.
        public mutating func appendInterpolation<Value>(_ value: Value) {
            if let error = value as? any DiagnosticError { text += error.text } else { text.append(.text("\(value)")) }
        }
    }

    /// The words `value`.
    public init(stringLiteral value: String) { self.init(value) }

    /// The pieces that were collected.
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.text }
}

extension Sequence<DiagnosticText> {
    /// The texts with `separator` between them.
    public func joined(separator: String = "") -> DiagnosticText {
        var result: DiagnosticText?
        for text in self { result = result.map { $0 + DiagnosticText(separator) + text } ?? text }
        return result ?? ""
    }
}

extension DefaultStringInterpolation {
    /// Keeps fields from being forgotten: the text would be in nobody's words.
    @available(*, deprecated, message: "make it a DiagnosticText, or say what fields are called: text(naming:)")
    public mutating func appendInterpolation(_ text: DiagnosticText) { appendLiteral(text.description) }

    /// Keeps fields from being forgotten: the text would be in nobody's words.
    @available(*, deprecated, message: "make it a DiagnosticText, or say what fields are called: text(naming:)")
    public mutating func appendInterpolation(_ field: RequestField) { appendLiteral(field.words) }
}
