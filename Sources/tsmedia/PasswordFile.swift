// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import MediaVariables
import Support
import SystemPackage

/// Reads a password from where it may come from: a file or standard input, never an argument.
enum PasswordFile {
    private static let limit = 64 << 10

    /// The media's password: the first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Throws: `FileError`; `InterruptedError`; `MediaBuilderError` when the line is empty or not text.
    static func read(_ path: String) throws -> MediaPassword { MediaPassword(try firstLine(path, .password)) }

    /// The first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Parameters:
    ///   - field: what the password is for, for messages.
    /// - Throws: `FileError`; `InterruptedError`; `MediaBuilderError` when the line is empty or not text.
    static func firstLine(_ path: String, _ field: RequestField) throws -> String {
        try FieldValue.password(try bytes(of: path), field)
    }

    /// The whole file; who waits for somebody to type is ended by the first Ctrl-C.
    private static func bytes(of path: String) throws -> [UInt8] {
        guard path == "-" else { return try SmallFile.read(FilePath(path), limit: limit) }
        return try FileError.wrap("read", "standard input") {
            try SmallFile.read(.standardInput, limit: limit)
        }
    }
}
