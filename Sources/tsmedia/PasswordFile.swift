// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaVariables
import Support
import SystemPackage

/// Reads a password from where it may come from: a file or standard input, never an argument.
enum PasswordFile {
    private static let limit = 64 << 10

    /// The media's password: the first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Throws: `FileError`; `InterruptedError`; `ValidationError` when the line is empty or not text.
    static func read(_ path: String) throws -> MediaPassword {
        MediaPassword(try firstLine(path, option: "--password-file"))
    }

    /// The first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Parameters:
    ///   - option: the option that named the file, for messages.
    /// - Throws: `FileError`; `InterruptedError`; `ValidationError` when the line is empty or not text.
    static func firstLine(_ path: String, option: String) throws -> String {
        let bytes = try bytes(of: path)
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw ValidationError("\(option) holds no text; save it as UTF-8")
        }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else {
            throw ValidationError("\(option) has an empty first line; write the password there")
        }
        guard String(line).onOneLine == line else {
            throw ValidationError(
                "\(option) has control characters in its first line, which nobody can type; save it anew")
        }
        return String(line)
    }

    /// The whole file; who waits for somebody to type is ended by the first Ctrl-C.
    private static func bytes(of path: String) throws -> [UInt8] {
        guard path == "-" else { return try SmallFile.read(FilePath(path), limit: limit) }
        return try FileError.wrap("read", "standard input") {
            try SmallFile.read(.standardInput, limit: limit)
        }
    }
}
