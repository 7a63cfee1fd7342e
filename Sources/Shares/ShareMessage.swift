// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support

/// What passes between the program and the process that talks to a server for it: a length of 4 bytes, a kind of one byte,
/// and the fields.
struct ShareMessage {
    /// What a message is.
    enum Kind: UInt8 {
        // Asked for.
        case hello, connect, list, read, stream, information, space, makeFolder, removeFolder, remove, rename, create
        // To be written into the file that was created, and its end.
        case bytes, finish
        // The answers: a part, and the end.
        case part, done
    }

    /// No message is longer: a list comes in parts.
    static let maximumByteCount = 4 << 20
    /// Bytes that are read or written at once: libsmbclient asks for as many parts at once as the server lets it.
    static let blockByteCount = 1 << 20
    static let headByteCount = 5

    let kind: Kind
    private(set) var body: [UInt8] = []

    init(_ kind: Kind) { self.kind = kind }

    mutating func append(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { body.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) { append(Array(text.utf8)) }

    mutating func append(_ bytes: [UInt8]) {
        append(Int64(bytes.count))
        body += bytes
    }

    func appending(_ texts: String...) -> ShareMessage {
        var message = self
        for text in texts { message.append(text) }
        return message
    }

    func appending(_ number: Int64) -> ShareMessage {
        var message = self
        message.append(number)
        return message
    }

    /// The head of a message of `kind` with `count` bytes.
    static func head(_ kind: Kind, _ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) } + [kind.rawValue]
    }

    var encoded: [UInt8] { Self.head(kind, body.count) + body }

    /// What a head says; nil for none that we write.
    static func parse(head bytes: [UInt8]) -> (kind: Kind, byteCount: Int)? {
        let count = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count == headByteCount, let kind = Kind(rawValue: bytes[4]), count <= maximumByteCount else {
            return nil
        }
        return (kind, count)
    }
}

/// Reads the fields of a message.
struct ShareFields {
    private var rest: ArraySlice<UInt8>

    /// A message that ends too soon: the other side is not ours.
    struct Malformed: Error {}

    init(_ body: [UInt8]) { rest = body[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() throws(Malformed) -> Int64 {
        guard rest.count >= 8 else { throw Malformed() }
        defer { rest = rest.dropFirst(8) }
        return rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    mutating func bytes() throws(Malformed) -> [UInt8] {
        let count = try number()
        guard count >= 0, count <= rest.count else { throw Malformed() }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    mutating func text() throws(Malformed) -> String {
        guard let text = String(validating: try bytes(), as: UTF8.self) else { throw Malformed() }
        return text
    }
}
