// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes lines of what a machine sends to a terminal: without control sequences, and with a line's end wherever the cursor is
/// put elsewhere.
struct TerminalText {
    /// Longer lines are told in pieces.
    private static let lineLimit = 8 << 10

    private enum State {
        case text
        /// Behind ESC.
        case escape
        /// Behind ESC and `[` (ECMA-48 5.4).
        case sequence
    }

    private var state = State.text
    private var pending: [UInt8] = []

    /// The line that has no end yet.
    var rest: String { String(decoding: pending, as: UTF8.self) }

    /// Takes what came, and returns the lines that are whole now; empty ones are left out.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            switch state {
            case .escape:
                state = byte == UInt8(ascii: "[") ? .sequence : .text
            case .sequence:
                guard (0x40...0x7E).contains(byte) else { continue }
                state = .text
                // CUP, ED and HVP (ECMA-48 8.3.21, 8.3.39, 8.3.63).
                if "HJf".utf8.contains(byte) { endLine(&lines) }
            case .text:
                switch byte {
                case 0x1B: state = .escape
                case 0x0A, 0x0D: endLine(&lines)
                case 0x00..<0x20, 0x7F: break
                default:
                    pending.append(byte)
                    if pending.count >= Self.lineLimit { endLine(&lines) }
                }
            }
        }
        return lines
    }

    private mutating func endLine(_ lines: inout [String]) {
        if !pending.isEmpty { lines.append(rest) }
        pending.removeAll(keepingCapacity: true)
    }
}
