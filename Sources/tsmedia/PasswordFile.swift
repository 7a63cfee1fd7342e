// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaVariables
import Support
import SystemPackage

/// Reads a password from where it may come from: a file or standard input, never an argument.
enum PasswordFile {
    private static let limit = 64 << 10

    /// The media's password: the first line of the file at `path`, or of standard input for `-`.
    ///
    /// - Parameter isNew: whether media will have it, so that somebody who types it types it twice.
    /// - Throws: as ``firstLine(_:_:isNew:beforeAsking:)``.
    static func read(_ path: String, isNew: Bool = false, beforeAsking: () throws -> Void = {}) throws -> MediaPassword
    {
        MediaPassword(try firstLine(path, .password, isNew: isNew, beforeAsking: beforeAsking))
    }

    /// The first line of the file at `path`, or of standard input for `-`; somebody at a terminal is asked, and what is
    /// typed is not shown.
    ///
    /// - Parameters:
    ///   - field: what the password is for, for messages.
    ///   - isNew: whether it is asked for twice.
    ///   - beforeAsking: what must hold before somebody is asked to type, for whom nothing is worse than to learn only then
    ///     that a file is not there.
    /// - Throws: `FileError`; `InterruptedError`; `MediaBuilderError` when the line is empty or not text;
    ///   `ValidationError` when two different ones are typed; what `beforeAsking` throws.
    static func firstLine(
        _ path: String, _ field: RequestField, isNew: Bool = false, beforeAsking: () throws -> Void = {}
    ) throws -> String {
        guard path == "-" else { return try FieldValue.password(SmallFile.read(FilePath(path), limit: limit), field) }
        guard Terminal.input.isSeen else { return try FieldValue.password(standardInput(), field) }
        try beforeAsking()
        let option = OptionNames.option(field)
        let password = try FieldValue.password(TerminalQuestion.ask("password for \(option): ", isHidden: true), field)
        if isNew, try FieldValue.password(TerminalQuestion.ask("once more: ", isHidden: true), field) != password {
            throw ValidationError("\(option) -: two different passwords were typed; begin again")
        }
        return password
    }

    /// What a file or a program sends; who waits for it is ended by the first Ctrl-C.
    private static func standardInput() throws -> [UInt8] {
        try FileError.wrap("read", "standard input") { try SmallFile.read(.standardInput, limit: limit) }
    }
}
