// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import Support
import SystemPackage

/// Standard output carries results only.
enum StandardOutput {
    /// Prints a line.
    ///
    /// - Throws: `FileError` when the output is gone or full: a result that was not delivered is no success.
    static func print(_ line: String) throws { try write((line + "\n").utf8) }

    /// Prints bytes as they are.
    ///
    /// - Throws: as ``print(_:)``.
    static func write(_ bytes: some Sequence<UInt8>) throws {
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

    /// Prints `value` as one JSON document with stable keys.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// A result of very many lines, printed in large pieces: a system call for each line would take longer than the work.
struct LongOutput {
    private static let pieceByteCount = 1 << 16

    /// What was not printed yet.
    var bytes: [UInt8] = []

    /// Prints what there is, once it is worth a system call.
    mutating func passOn() throws {
        if bytes.count >= Self.pieceByteCount { try finish() }
    }

    /// Prints the rest.
    mutating func finish() throws {
        try StandardOutput.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
