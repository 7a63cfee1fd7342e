// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaVariables
import Support
import SystemPackage

/// Reads a password from where it may come from: a file or standard input, never an argument.
enum PasswordFile {
    private static let limit = 64 << 10

    /// The first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Throws: `FileError`; `ValidationError` when the line is empty or not text.
    static func read(_ path: String) throws -> MediaPassword {
        let bytes =
            try path == "-"
            ? FileError.wrap("read", "standard input") { try SmallFile.read(.standardInput, limit: limit) }
            : SmallFile.read(FilePath(path), limit: limit)
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw ValidationError("--password-file holds no text; save it as UTF-8")
        }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else {
            throw ValidationError("--password-file has an empty first line; write the password there")
        }
        return MediaPassword(String(line))
    }
}
