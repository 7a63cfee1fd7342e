// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import MediaBuilder
import MediaVariables
import Support
import SystemPackage

/// Where a secret comes from.
enum SecretSource {
    case standardInput
    /// A variable of the environment.
    case environment(String)
    case file(FilePath)

    /// What a variable of the environment begins with where a file could stand.
    static let environmentPrefix = "env:"

    /// The source that `text` names: `-`, `env:NAME` or a file.
    init(_ text: String) {
        if text == "-" {
            self = .standardInput
        } else if text.hasPrefix(Self.environmentPrefix) {
            self = .environment(String(text.dropFirst(Self.environmentPrefix.count)))
        } else {
            self = .file(FilePath(text))
        }
    }

    /// The file; nil for another source.
    var file: FilePath? {
        if case .file(let path) = self { return path }
        return nil
    }
}

/// Reads a password from where it may come from: a file, the environment or standard input, never an argument.
enum PasswordFile {
    private static let limit = 64 << 10

    /// The media's password: the first line of what `path` names, as ``SecretSource`` reads it.
    ///
    /// - Parameter isNew: whether media will have it, so that somebody who types it types it twice.
    /// - Throws: as ``firstLine(_:_:isNew:beforeAsking:)``.
    static func read(_ path: String, isNew: Bool = false, beforeAsking: () throws -> Void = {}) throws -> MediaPassword
    {
        MediaPassword(try firstLine(path, .password, isNew: isNew, beforeAsking: beforeAsking))
    }

    /// The first line of what `path` names, as ``SecretSource`` reads it; somebody at a terminal is asked, and what is
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
        switch SecretSource(path) {
        case .file(let path): return try FieldValue.password(SmallFile.read(path, limit: limit), field)
        case .environment(let name): return try FieldValue.password(variable(name, field), field)
        case .standardInput: break
        }
        guard Terminal.input.isSeen else { return try FieldValue.password(standardInput(), field) }
        try beforeAsking()
        let option = OptionNames.option(field)
        let password = try FieldValue.password(TerminalQuestion.ask("password for \(option): ", isHidden: true), field)
        if isNew, try FieldValue.password(TerminalQuestion.ask("once more: ", isHidden: true), field) != password {
            throw ValidationError("\(option) -: two different passwords were typed; begin again")
        }
        return password
    }

    private static func variable(_ name: String, _ field: RequestField) throws(MediaBuilderError) -> [UInt8] {
        guard let value = getenv(name) else {
            throw MediaBuilderError(
                .missing, "\(field)", "is to come from the environment, and there is no variable '\(name)'",
                nextStep: "set it, or name a file")
        }
        return Array(String(cString: value).utf8)
    }

    /// What a file or a program sends; who waits for it is ended by the first Ctrl-C.
    private static func standardInput() throws -> [UInt8] {
        try FileError.wrap("read", "standard input") { try SmallFile.read(.standardInput, limit: limit) }
    }
}
