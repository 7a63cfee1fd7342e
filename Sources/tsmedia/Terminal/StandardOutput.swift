// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import JSON
import Support
import SystemPackage

/// Standard output carries results only: lines, JSON, or a document that a command makes.
///
/// There is no other way out: a line is escaped here, whoever made it, so that no name from outside reaches a terminal as
/// it is.
enum StandardOutput {
    /// Prints a line.
    ///
    /// - Throws: `FileError` when the output is gone or full: a result that was not delivered is no success.
    static func print(_ line: String) throws { try write((line.onOneLine + "\n").utf8) }

    /// Prints lines in one piece.
    ///
    /// - Throws: as ``print(_:)-(String)``.
    static func print(_ lines: [String]) throws {
        var output = LongOutput()
        for line in lines { try output.print(line) }
        try output.finish()
    }

    /// Prints `value` as one JSON document with stable keys.
    static func printJSON(_ value: some Encodable) throws {
        try JSON.write(value) { try write($0) }
        try write(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// Writes a document, byte for byte: a task sequence, a page, a script of a shell; on a terminal, where it can only be
    /// read, its lines.
    ///
    /// - Throws: as ``print(_:)-(String)``.
    static func write(document bytes: [UInt8]) throws {
        guard isatty(STDOUT_FILENO) == 1 else { return try write(bytes) }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        try print(
            lines.map { line in
                let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
                return String(decoding: text, as: UTF8.self).replacing("\t", with: "    ")
            })
    }

    fileprivate static func write(_ bytes: some Sequence<UInt8>) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes, interruption: Signals.interruption)
        } catch Errno.brokenPipe {
            // Whoever reads has seen enough, as `head` does: end as programs do that know nothing of SIGPIPE.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        } catch let errno as Errno {
            throw FileError("written", "standard output", errno)
        }
    }
}

/// A result of very many lines, printed in large pieces: a system call for each line would take longer than the work.
struct LongOutput {
    private static let pieceByteCount = 1 << 16

    /// What was not printed yet.
    private var bytes: [UInt8] = []

    /// Prints a line.
    mutating func print(_ line: String) throws {
        bytes += line.onOneLine.utf8
        bytes.append(UInt8(ascii: "\n"))
        try passOn()
    }

    /// Prints what there is, once it is worth a system call.
    private mutating func passOn() throws {
        if bytes.count >= Self.pieceByteCount { try finish() }
    }

    /// Prints the rest.
    mutating func finish() throws {
        try StandardOutput.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
