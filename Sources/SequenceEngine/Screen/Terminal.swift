// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A console or a serial port: shows pages and reads keys.
package final class Terminal {
    /// What the terminal can show.
    package enum Font: Sendable {
        /// The 256 characters of the kernel's console.
        case console
        /// Whatever the terminal at the other end of a serial port has.
        case unicode
    }

    /// A key.
    package enum Key: Sendable, Equatable {
        case character(Character)
        case enter
        case backspace
        case escape
    }

    /// Not the terminal by which the kernel ends programs, and nothing waits for a modem.
    private static let options = FileDescriptor.OpenOptions(rawValue: O_NOCTTY | O_NONBLOCK | O_CLOEXEC)

    private let descriptor: FileDescriptor
    private let font: Font
    private var before: termios?
    private var shown: [String] = []
    private var shownMood: ScreenPage.Mood?
    private var pending: [UInt8] = []

    /// Opens the terminal at `path`; nil when there is none.
    package init?(path: FilePath, font: Font) {
        guard
            let descriptor = try? FileDescriptor.open(path, .readWrite, options: Self.options)
        else { return nil }
        self.descriptor = descriptor
        self.font = font
        var settings = termios()
        guard tcgetattr(descriptor.rawValue, &settings) == 0 else {
            try? descriptor.close()
            return nil
        }
        before = settings
        // Keys one by one, not shown; what is written goes out as it is.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
        settings.c_oflag &= ~tcflag_t(OPOST)
        tcsetattr(descriptor.rawValue, TCSANOW, &settings)
    }

    deinit {
        if var before { tcsetattr(descriptor.rawValue, TCSANOW, &before) }
        try? descriptor.close()
    }

    /// The descriptor, to wait on.
    package var rawDescriptor: Int32 { descriptor.rawValue }

    /// A name as this terminal can show it, or `fallback` where it cannot.
    private func readable(_ text: String) -> String {
        switch font {
        case .unicode: text
        case .console: ConsoleText.readable(text) ?? ConsoleText.anyhow(text)
        }
    }

    /// Whether `text` can be shown so that it is read.
    package func canShow(_ text: String) -> Bool { font == .unicode || ConsoleText.readable(text) != nil }

    /// Shows `page`; only lines that have changed are sent.
    package func show(_ page: ScreenPage) {
        let lines = page.lines(readable)
        var output = ""
        if shown.isEmpty || shownMood != page.mood {
            // ECMA-48: select UTF-8 (ISO 2022), reset, hide the cursor, clear.
            output += "\u{1B}%G\u{1B}[0m\u{1B}[?25l\u{1B}[2J"
            shown = []
            shownMood = page.mood
        }
        for (index, line) in lines.enumerated() where shown.isEmpty || shown[index] != line {
            output += "\u{1B}[\(index + 1);1H"
            if index < 3 {
                let padding = max(0, ScreenPage.columnCount - line.count)
                output += Self.colour(page.mood) + line + String(repeating: " ", count: padding) + "\u{1B}[0m"
            } else {
                output += line + "\u{1B}[K"
            }
        }
        shown = lines
        write(output)
    }

    /// Colours of the title (ECMA-48 8.3.117): white on blue, black on yellow, white on red, white on green.
    private static func colour(_ mood: ScreenPage.Mood) -> String {
        switch mood {
        case .calm: "\u{1B}[0;1;37;44m"
        case .question: "\u{1B}[0;30;43m"
        case .problem: "\u{1B}[0;1;37;41m"
        case .success: "\u{1B}[0;1;37;42m"
        }
    }

    /// Writes as much as the terminal takes: nobody need be there to read it.
    private func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        var patience = 200
        while !bytes.isEmpty, patience > 0 {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else {
                guard errno == EAGAIN || errno == EINTR else { return }
                usleep(5_000)
                patience -= 1
            }
        }
    }

    /// The keys that were pressed since it was asked last.
    package func keys() -> [Key] {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor.rawValue, $0.baseAddress, $0.count) }
        if count > 0 { pending += buffer[..<count] }
        var keys: [Key] = []
        while let first = pending.first {
            switch first {
            case 0x0D, 0x0A:
                pending.removeFirst()
                keys.append(.enter)
            case 0x7F, 0x08:
                pending.removeFirst()
                keys.append(.backspace)
            case 0x1B:
                // A sequence of a function key is passed over; by itself it is Escape.
                guard pending.count > 1, pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
                    pending.removeFirst()
                    keys.append(.escape)
                    continue
                }
                let end = pending.dropFirst(2).firstIndex { (0x40...0x7E).contains($0) } ?? pending.count - 1
                pending.removeFirst(end + 1)
            case ..<0x20: pending.removeFirst()
            default:
                let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
                guard pending.count >= length else { return keys }
                if let text = String(validating: pending[..<length], as: UTF8.self), let character = text.first {
                    keys.append(.character(character))
                }
                pending.removeFirst(length)
            }
        }
        return keys
    }
}
