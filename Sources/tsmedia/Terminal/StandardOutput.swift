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
    static func print(_ line: String) throws {
        try FileError.wrap("written", "standard output") {
            _ = try FileDescriptor.standardOutput.writeAll((line + "\n").utf8)
        }
    }

    /// Prints `value` as one JSON document with stable keys.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
