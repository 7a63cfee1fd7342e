// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import Support
import SystemPackage

/// A question to somebody at the terminal.
enum TerminalQuestion {
    /// How long nobody looks whether Ctrl-C was pressed, in milliseconds.
    private static let patience: Int32 = 50
    /// No answer is longer.
    private static let limit = 64 << 10

    /// Asks `question` and returns the line that is typed, without its end; Ctrl-C ends waiting at once.
    ///
    /// - Parameter isHidden: whether what is typed is not shown. The terminal is as it was before on every way out; who
    ///   types can neither suspend the program nor end it with a dump then, which would leave the terminal as it is.
    /// - Throws: `InterruptedError`; `FileError`; `ValidationError` for control characters in a hidden line.
    static func ask(_ question: String, isHidden: Bool = false) throws -> [UInt8] {
        var shown = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &shown) == 0
        if isHidden, isTerminal {
            var hidden = shown
            hidden.c_lflag &= ~tcflag_t(ECHO)
            withUnsafeMutableBytes(of: &hidden.c_cc) { keys in
                // _POSIX_VDISABLE of Linux, termios(3).
                for key in [VSUSP, VQUIT] { keys[Int(key)] = 0 }
            }
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        }
        defer {
            if isHidden, isTerminal {
                tcsetattr(STDIN_FILENO, TCSANOW, &shown)
                // The line end that was typed is not shown either.
                Console.shared.ask("\n")
            }
        }
        Console.shared.ask(question)
        var line = try FileError.wrap("read", "standard input") { try readLine() }
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if isHidden, line.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") }) {
            throw ValidationError("a control character was typed; begin again")
        }
        return line
    }

    /// Asks `question` and returns the line that is typed, or that stands in a file or a pipe; nil when there is none any more,
    /// and nobody can answer.
    ///
    /// - Throws: `InterruptedError`; `FileError`.
    static func answer(_ question: String) throws -> String? {
        Console.shared.ask(question)
        var line: [UInt8] = []
        do throws(FileError) {
            line = try FileError.wrap("read", "standard input") { try readLine(byByte: true) }
        } catch {
            throw error.errno == .interrupted ? InterruptedError() : error as any Error
        }
        if line.last != UInt8(ascii: "\n") || !Terminal.input.isSeen { Console.shared.ask("\n") }
        guard !line.isEmpty else { return nil }
        return String(decoding: line.last == UInt8(ascii: "\n") ? line.dropLast() : line[...], as: UTF8.self)
    }

    /// - Parameter byByte: whether nothing behind the line is read, which is somebody else's where it is no terminal.
    private static func readLine(byByte: Bool = false) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n"), bytes.count < limit {
            var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            repeat { try Signals.interruption.check() } while poll(&ready, 1, patience) <= 0
            // A terminal gives a line at a time.
            let read = try withUnsafeTemporaryAllocation(byteCount: byByte ? 1 : 4096, alignment: 1) { buffer in
                let count = try FileDescriptor.standardInput.read(into: buffer)
                bytes += buffer.prefix(count)
                return count
            }
            if read == 0 { break }
        }
        return bytes
    }
}
