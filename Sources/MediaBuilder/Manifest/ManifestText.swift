// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import YAML

/// Texts of a manifest into which values are put: `${NAME}`; `$${` stands for `${`.
///
/// A value is put into a text that was read already: whatever is in it, it stays one text.
struct ManifestText {
    /// The file, for messages.
    let source: String
    /// The values of the matrix.
    let values: [String: String]
    /// The environment.
    let environment: (_ name: String) -> String?

    /// `text`, which stands at `location`, with the values put in.
    ///
    /// - Throws: `YAMLError` `.unexpected` for a name that nobody knows, and for `${` without an end.
    func expanded(_ text: String, at location: YAMLLocation) throws(YAMLError) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            if rest[..<start.lowerBound].last == "$" {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw error("has '${' without a '}'", at: location, "close it, or write $${ for the two characters")
            }
            let name = String(rest[start.upperBound..<end])
            guard Self.isName(name) else {
                throw error(
                    "has '${\(name)}', which is no name of a variable", at: location,
                    "use letters, digits and _, or write $${ for the two characters")
            }
            guard let value = values[name] ?? environment(name) else {
                let known = Suggestion.nearest(to: name, among: values.keys.sorted())
                throw error(
                    "has '${\(name)}', and neither the matrix nor the environment has a value for it", at: location,
                    known.map { "did you mean ${\($0)}?" }
                        ?? "set the environment variable, or write $${ for the two characters")
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// `text` as it must be written so that it comes out as it is.
    static func escaped(_ text: String) -> String { text.replacing("${", with: "$${") }

    /// Whether `text` can be the name of a value: that of a variable in shells (POSIX.1-2017, 3.235).
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private func error(
        _ problem: DiagnosticText, at location: YAMLLocation, _ nextStep: DiagnosticText
    ) -> YAMLError {
        YAMLError(.unexpected, source: source, location: location, problem: problem, nextStep: nextStep)
    }
}
