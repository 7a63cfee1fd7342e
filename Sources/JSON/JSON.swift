// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON documents (RFC 8259) of values that are `Encodable`.
///
/// Keys stand in the order in which a value encodes them: that of its properties. What is nil is null and never left out,
/// so that scripts find every key. The keys of a dictionary are sorted.
public enum JSON {
    /// How a document is spread over lines.
    public enum Layout: Sendable {
        /// A line for each element, indented by two spaces a level.
        case indented
        /// One line.
        case line
    }

    /// Writes `value` in pieces of about 64 KiB, whatever it holds.
    ///
    /// - Throws: what `sink` throws; `EncodingError` for numbers that are none and keys that are no texts.
    public static func write(
        _ value: some Encodable, _ layout: Layout = .indented, escaping: JSONText.Escaping = .printable,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        let stream = JSONStream(layout, escaping, sink)
        try ValueEncoder(stream: stream, codingPath: []).write(value)
        try stream.finish()
    }

    /// The document of `value` as a whole.
    ///
    /// - Throws: as ``write(_:_:escaping:to:)``.
    public static func bytes(
        of value: some Encodable, _ layout: Layout = .indented, escaping: JSONText.Escaping = .printable
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try write(value, layout, escaping: escaping) { bytes += $0 }
        return bytes
    }
}
