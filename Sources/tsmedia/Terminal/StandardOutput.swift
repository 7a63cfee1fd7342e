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
    /// Prints a line; on a terminal that is narrower, broken between words.
    ///
    /// - Throws: `FileError` when the output is gone or full: a result that was not delivered is no success.
    static func print(_ line: String) throws { try print([line]) }

    /// Prints what a command did that has nothing to report but that; nothing when only errors and warnings are wanted.
    ///
    /// - Throws: as ``print(_:)-(String)``.
    static func success(_ line: String) throws {
        if !Console.shared.isQuiet { try print(line) }
    }

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

    /// Reports with `report` what a command has done; where that fails, the error says what nevertheless is there.
    ///
    /// - Throws: as ``print(_:)-(String)``.
    static func afterWriting(_ done: String?, _ report: () throws -> Void) throws {
        do {
            try report()
        } catch let error as FileError {
            if let done { Console.shared.note(DiagnosticText("\(done); only its report could not be printed")) }
            throw error
        }
    }

    /// Writes a document, byte for byte: a task sequence, a page, a script of a shell; on a terminal, where it can only be
    /// read, its lines.
    ///
    /// - Throws: as ``print(_:)-(String)``.
    static func write(document bytes: [UInt8]) throws {
        guard isatty(STDOUT_FILENO) == 1 else { return try write(bytes) }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var output = LongOutput(breaksLines: false)
        for line in lines {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            try output.print(String(decoding: text, as: UTF8.self).replacing("\t", with: "    "))
        }
        try output.finish()
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
    private let width: Int?

    /// A result whose lines are broken between words where the terminal is narrower, unless `breaksLines` is false.
    init(breaksLines: Bool = true) { width = breaksLines ? Terminal.output.width : nil }

    /// Prints a line.
    mutating func print(_ line: String) throws {
        let text = line.onOneLine
        guard let width, text.count > width else { return try put(text) }
        // What belongs to a line is set a little further in than the line is.
        let longestWord = text.split(separator: " ").map(\.count).max() ?? 0
        // A word that fits no line at all moves none out.
        let room = longestWord > width ? width / 2 : width - longestWord
        let depth = min(text.prefix { $0 == " " }.count, room)
        let indent = String(repeating: " ", count: depth)
        for line in Folding.lines(text, width: width - indent.count, indent: "  ") { try put(indent + line) }
    }

    private mutating func put(_ line: String) throws {
        bytes += line.utf8
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
