// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import Support

/// A report as CI systems read those of tests: JUnit XML, a case for each media.
struct JUnitReport {
    private let report: BuildReport

    init(_ report: BuildReport) { self.report = report }

    /// The document.
    var bytes: [UInt8] {
        let counts = report.counts
        let media = report.media
        let milliseconds = media.reduce(0) { $0 + $1.milliseconds }
        let sums =
            "tests=\"\(media.count)\" failures=\"\(counts.failed)\" errors=\"0\""
            + " skipped=\"\(counts.unchanged + counts.planned)\" time=\"\(Self.time(milliseconds))\""
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(sums)>",
            "  <testsuite name=\(Self.quoted(report.manifest)) \(sums)>",
        ]
        for media in media { lines += Self.lines(media) }
        lines += ["  </testsuite>", "</testsuites>", ""]
        return Array(lines.joined(separator: "\n").utf8)
    }

    private static func lines(_ media: BuildReport.Media) -> [String] {
        let start =
            "    <testcase classname=\(quoted(media.type)) name=\(quoted(media.name)) file=\(quoted(media.place))"
            + " time=\"\(time(media.milliseconds))\""
        let output = media.warnings.map { "warning: \($0)" } + media.outputs.map { "\($0.path): \($0.size) bytes" }
        var inner: [String] = []
        switch media.status {
        case .built: break
        case .unchanged, .planned: inner.append("      <skipped message=\(quoted(media.status.rawValue))/>")
        case .failed:
            let text = media.error ?? ""
            inner.append(
                "      <failure type=\(quoted("exit \(media.exitCode ?? 0)")) message=\(quoted(text))>\(escaped(text))</failure>"
            )
        }
        if !output.isEmpty {
            inner.append("      <system-out>\(escaped(output.joined(separator: "\n")))</system-out>")
        }
        return inner.isEmpty ? [start + "/>"] : [start + ">"] + inner + ["    </testcase>"]
    }

    private static func time(_ milliseconds: Int) -> String {
        let digits = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text.onOneLine))\"" }

    /// The text with what XML 1.0 cannot hold (2.2, Char) left out.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default: result += "?"
            }
        }
        return result
    }
}
