// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
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
    /// - Throws: as ``firstLine(_:_:isNew:)``.
    static func read(_ path: String, isNew: Bool = false) throws -> MediaPassword {
        MediaPassword(try firstLine(path, .password, isNew: isNew))
    }

    /// The first line of the file at `path`, or of standard input for `-`; somebody at a terminal is asked, and what is
    /// typed is not shown.
    ///
    /// - Parameters:
    ///   - field: what the password is for, for messages.
    ///   - isNew: whether it is asked for twice.
    /// - Throws: `FileError`; `InterruptedError`; `MediaBuilderError` when the line is empty or not text;
    ///   `ValidationError` when two different ones are typed.
    static func firstLine(_ path: String, _ field: RequestField, isNew: Bool = false) throws -> String {
        guard path == "-" else { return try FieldValue.password(SmallFile.read(FilePath(path), limit: limit), field) }
        guard Terminal.input.isSeen else { return try FieldValue.password(standardInput(), field) }
        let option = OptionNames.option(field)
        let password = try FieldValue.password(try typed("password for \(option): "), field)
        if isNew, try FieldValue.password(try typed("once more: "), field) != password {
            throw ValidationError("\(option) -: two different passwords were typed; begin again")
        }
        return password
    }

    /// What a file or a program sends; who waits for it is ended by the first Ctrl-C.
    private static func standardInput() throws -> [UInt8] {
        try FileError.wrap("read", "standard input") { try SmallFile.read(.standardInput, limit: limit) }
    }

    /// A line that somebody types and nobody sees.
    private static func typed(_ question: String) throws -> [UInt8] {
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return try standardInput() }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        // The line end that was typed is not shown either.
        defer {
            tcsetattr(STDIN_FILENO, TCSANOW, &shown)
            Console.shared.ask("\n")
        }
        Console.shared.ask(question)
        return try FileError.wrap("read", "standard input") {
            var bytes: [UInt8] = []
            while bytes.last != UInt8(ascii: "\n"), bytes.count < limit {
                var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                repeat { try Signals.interruption.check() } while poll(&ready, 1, patience) <= 0
                // A terminal gives a line at a time.
                let read = try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
                    let count = try FileDescriptor.standardInput.read(into: buffer)
                    bytes += buffer.prefix(count)
                    return count
                }
                if read == 0 { break }
            }
            return bytes
        }
    }

    /// How long nobody looks whether Ctrl-C was pressed, in milliseconds.
    private static let patience: Int32 = 50
}
