// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Looks at what a machine says on its serial port: for a text that is waited for, and for what tells that nothing will come
/// any more.
struct SerialWatch {
    /// How many lines are kept for messages.
    private static let lineCount = 40

    private let awaited: String?
    private var text = TerminalText()
    private var scan = BootFailureScan()

    /// The last lines.
    private(set) var lastLines: [String] = []
    /// Whether the text that is waited for has come.
    private(set) var hasText = false
    /// What was recognized.
    var failure: BootFailure? { scan.found }

    /// Waits for `awaited`, if for anything.
    init(awaiting awaited: String?) { self.awaited = awaited }

    /// Takes what came and returns its lines.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        let lines = text.take(bytes)
        for line in lines {
            scan.look(at: line)
            if let awaited, !hasText, line.contains(exactly: awaited) { hasText = true }
        }
        // Prompts have no end.
        let rest = text.rest
        if !rest.isEmpty {
            scan.look(at: rest)
            if let awaited, !hasText, rest.contains(exactly: awaited) { hasText = true }
        }
        lastLines += lines
        if lastLines.count > Self.lineCount { lastLines.removeFirst(lastLines.count - Self.lineCount) }
        return lines
    }

    /// Looks at a line that came another way: from the firmware, or from the screen.
    mutating func look(atOther line: String) { scan.look(at: line) }

    /// Forgets what was recognized: another system starts.
    mutating func beginAnew() { scan = BootFailureScan() }
}

extension String {
    /// Whether `other` stands in the text, byte for byte.
    func contains(exactly other: String) -> Bool {
        let (whole, part) = (Array(utf8), Array(other.utf8))
        guard !part.isEmpty, whole.count >= part.count else { return part.isEmpty }
        return (0...(whole.count - part.count)).contains { start in
            whole[start] == part[0] && whole[start..<(start + part.count)].elementsEqual(part)
        }
    }
}
