// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the screen shows: a text of 80 columns and 25 lines.
package struct ScreenPage: Sendable, Equatable {
    /// Columns and lines of every console since the VGA.
    package static let (columnCount, lineCount) = (80, 25)

    /// What kind of page it is: the colour of its title says so.
    package enum Mood: Sendable, Equatable {
        /// All is as it should be.
        case calm
        /// Somebody is asked.
        case question
        /// Something is wrong.
        case problem
        /// The end is reached.
        case success
    }

    /// What kind of page it is.
    package var mood: Mood
    /// The line at the top.
    package var title: String
    /// What stands below it; longer lines are wrapped.
    package var body: [String]
    /// How much of the whole is done, and of the step, from 0 to 1; nil for no bar.
    package var bars: [Double?] = []
    /// What keys do, at the bottom.
    package var keys: String
    /// The time since the start, at the bottom; nil for none.
    package var elapsedSeconds: Int?

    /// A page.
    package init(
        _ mood: Mood, title: String, body: [String], bars: [Double?] = [], keys: String = "", elapsedSeconds: Int? = nil
    ) {
        self.mood = mood
        self.title = title
        self.body = body
        self.bars = bars
        self.keys = keys
        self.elapsedSeconds = elapsedSeconds
    }

    private static let margin = 2
    private static let barWidth = 60
    private static var textWidth: Int { columnCount - 2 * margin }

    /// The page as lines of at most ``columnCount`` characters, exactly ``lineCount`` of them, with `shown` having turned every text
    /// into what can be shown.
    func lines(_ shown: (String) -> String) -> [String] {
        let indent = String(repeating: " ", count: Self.margin)
        var lines = ["", indent + Self.cut(shown(title.onOneLine)), "", ""]
        for whole in body {
            // More than the screen holds is not looked at: a text may be as long as a variable.
            let text = String(whole.prefix(Self.columnCount * Self.lineCount))
            // What begins with blanks stays behind them when it is wrapped.
            let inner = String(repeating: " ", count: min(text.prefix { $0 == " " }.count, Self.margin * 4))
            let content = shown(text.onOneLine).drop { $0 == " " }
            for line in Self.wrapped(String(content), width: Self.textWidth - inner.count) {
                lines.append(line.isEmpty ? "" : indent + inner + line)
            }
        }
        for bar in bars {
            lines.append("")
            lines.append(indent + Self.bar(bar))
        }
        // The last two lines are for keys and time; what does not fit above them is cut, and says so.
        let room = Self.lineCount - 2
        if lines.count > room { lines = lines.prefix(room - 1) + [indent + "... (more in the log)"] }
        lines += [String](repeating: "", count: room - lines.count)
        lines.append(indent + Self.cut(shown(keys)))
        lines.append(indent + (elapsedSeconds.map { "Time: \(Self.clock($0))" } ?? ""))
        return lines
    }

    private static func bar(_ share: Double?) -> String {
        guard let share else { return "" }
        let bounded = min(max(share.isFinite ? share : 0, 0), 1)
        let done = Int(bounded * Double(barWidth))
        let percent = String(Int(bounded * 100))
        let blanks = String(repeating: " ", count: 3 - percent.count)
        let bar = String(repeating: "#", count: done) + String(repeating: "-", count: barWidth - done)
        return "[\(bar)] \(blanks)\(percent) %"
    }

    private static func clock(_ seconds: Int) -> String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    private static func cut(_ text: String) -> String {
        text.count <= textWidth ? text : text.prefix(textWidth - 3) + "..."
    }

    /// `text` in lines, broken at blanks where there are any.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var word = word[...]
            if !line.isEmpty, line.count + 1 + word.count <= width {
                line += " " + word
                continue
            }
            if !line.isEmpty || (lines.isEmpty && word.isEmpty) {
                lines.append(line)
                line = ""
            }
            while word.count > width {
                lines.append(String(word.prefix(width)))
                word = word.dropFirst(width)
            }
            line = String(word)
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }
}
