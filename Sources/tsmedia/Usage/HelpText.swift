// SPDX-License-Identifier: GPL-3.0-or-later

/// Help as the parser makes it, which breaks all of it into lines but the one that sums the command up.
struct HelpText {
    /// As the parser made it; a script for a shell is none.
    private let text: String
    private static let width = 80
    private static let summary = "USAGE: "

    init(_ text: String) { self.text = text }

    /// With that line broken too.
    var folded: String {
        let width = min(Terminal.output.width ?? Self.width, Self.width)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.flatMap { line in
            line.hasPrefix(Self.summary)
                ? Folding.lines(
                    String(line), width: width, indent: String(repeating: " ", count: Self.summary.count))
                : [String(line)]
        }
        .joined(separator: "\n")
    }
}
