// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes one value to a stream, in whatever form the value asks for.
struct ValueEncoder: Encoder {
    /// Where the object or list of the value stands, which a value may ask for more than once.
    private final class Place {
        var depth: Int?
    }

    let stream: JSONStream
    let codingPath: [any CodingKey]
    private let place = Place()

    init(stream: JSONStream, codingPath: [any CodingKey]) {
        self.stream = stream
        self.codingPath = codingPath
    }

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Writes `value` and closes what it opened.
    func write(_ value: some Encodable) throws {
        switch value {
        case let line as any JSONLineEncodable: stream.append(line)
        case let text as String: stream.append(string: text)
        case let number as any BinaryInteger: stream.append(String(describing: number))
        case let truth as Bool: stream.append(truth ? "true" : "false")
        case let number as any BinaryFloatingPoint: stream.append(try text(of: Double(number)))
        case let dictionary as [String: any Encodable]: try write(dictionary)
        case is [AnyHashable: Any]: throw failure(value, "the keys of a JSON object are texts")
        default:
            let depth = stream.depth
            try value.encode(to: ValueEncoder(stream: stream, codingPath: codingPath))
            stream.close(downTo: depth)
        }
        try stream.passOn()
    }

    /// A dictionary has no order of its own: its keys are sorted by their bytes.
    private func write(_ dictionary: [String: any Encodable]) throws {
        let depth = stream.open(isObject: true)
        for (key, value) in dictionary.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            stream.beginElement(atDepth: depth, key: key)
            try write(value)
        }
        stream.close(downTo: depth - 1)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedContainer(encoder: self, depth: open(isObject: true)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedContainer(encoder: self, depth: open(isObject: false))
    }

    private func open(isObject: Bool) -> Int {
        if let depth = place.depth { return depth }
        let depth = stream.open(isObject: isObject)
        place.depth = depth
        return depth
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleContainer(encoder: self) }

    /// A number, which JSON has only when it is finite.
    private func text(of number: Double) throws -> String {
        guard number.isFinite else { throw failure(number, "JSON has no \(number)") }
        return Int64(exactly: number).map { String($0) } ?? String(number)
    }

    private func failure(_ value: Any, _ reason: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: reason))
    }
}

/// The single value that something is written as.
private struct SingleContainer: SingleValueEncodingContainer {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() { encoder.stream.append("null") }
    func encode(_ value: some Encodable) throws { try encoder.write(value) }
}

/// A list.
private struct UnkeyedContainer: UnkeyedEncodingContainer {
    let encoder: ValueEncoder
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil() { next().stream.append("null") }
    mutating func encode(_ value: some Encodable) throws { try next().write(value) }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { next() }

    private mutating func next() -> ValueEncoder {
        encoder.stream.beginElement(atDepth: depth)
        count += 1
        return ValueEncoder(stream: encoder.stream, codingPath: encoder.codingPath)
    }
}

/// An object; what is nil is null.
private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder
    let depth: Int
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) { at(key).stream.append("null") }
    func encode(_ value: some Encodable, forKey key: Key) throws { try at(key).write(value) }

    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try encodeOrNull(value, key) }

    // The protocol has an implementation for each of these, which leaves a nil out.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOrNull(value, key) }

    private func encodeOrNull(_ value: (some Encodable)?, _ key: Key) throws {
        guard let value else { return encodeNil(forKey: key) }
        try encode(value, forKey: key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { at(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { at(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { at("super") }
    func superEncoder(forKey key: Key) -> any Encoder { at(key) }

    private func at(_ key: Key) -> ValueEncoder { at(key.stringValue) }

    private func at(_ key: String) -> ValueEncoder {
        encoder.stream.beginElement(atDepth: depth, key: key)
        return ValueEncoder(stream: encoder.stream, codingPath: encoder.codingPath)
    }
}
