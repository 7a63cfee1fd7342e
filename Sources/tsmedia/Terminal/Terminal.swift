// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support

/// A standard stream as somebody sees it.
struct Terminal {
    /// Standard input.
    static let input = Terminal(STDIN_FILENO)
    /// Standard output.
    static let output = Terminal(STDOUT_FILENO)
    /// Standard error.
    static let error = Terminal(STDERR_FILENO)

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Whether somebody looks at it; what goes to a file or a program is never broken or coloured.
    var isSeen: Bool { isatty(descriptor) == 1 }

    /// Whether codes move its cursor and colour its text.
    var understandsCodes: Bool { isSeen && Self.variable("TERM").map { $0 != "dumb" } ?? false }

    /// Whether text may be coloured: NO_COLOR (no-color.org) with any text forbids it.
    var usesColour: Bool { understandsCodes && (Self.variable("NO_COLOR") ?? "").isEmpty }

    /// Its columns; nil when nobody looks at it.
    var width: Int? {
        guard isSeen else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= Self.narrowest else {
            return Self.usualWidth
        }
        return Int(size.ws_col)
    }

    /// Fewer columns are taken for none told: no sentence can be read in them.
    private static let narrowest: UInt16 = 20
    private static let usualWidth = 80

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// The colours of the terminal that text may have.
enum Colour: String {
    /// Of errors.
    case red = "1;31"
    /// Of warnings.
    case yellow = "1;33"
    /// Of what went well.
    case green = "32"

    /// `text` in this colour (ECMA-48 8.3.117, SGR); as it is where there are no colours.
    func paint(_ text: String, on terminal: Terminal) -> String {
        terminal.usesColour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Text in lines, broken between words.
enum Folding {
    /// `text` in lines of at most `width` columns, of which the second and later ones begin with `indent`; a word that is
    /// longer than a line has one of its own.
    static func lines(_ text: String, width: Int, indent: String = "") -> [String] {
        var (lines, line, isEmpty) = ([String](), "", true)
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent + word
            } else {
                line += (isEmpty ? "" : " ") + word
            }
            isEmpty = false
        }
        return lines + [line]
    }
}
