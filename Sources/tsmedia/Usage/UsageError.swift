// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Support

/// What the argument parser says of a command line, in the words of all other errors: object, problem, next step.
///
/// The parser tells its errors as text only. What is not recognised here is shown as the parser has it.
struct UsageError {
    private let words: [String]
    private let path: CommandPath

    /// About the command line `words`, without the program's name.
    init(_ words: [String]) {
        self.words = words
        path = CommandPath(words)
    }

    /// `message` of the parser in our words.
    func text(_ message: String) -> String {
        let line = message.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: " ")
        return unknownOption(line) ?? missing(line) ?? missingValue(line) ?? invalidValue(line) ?? unexpected(line)
            ?? flagWithValue(line) ?? plain(line)
    }

    /// Where help is: below every error that the parser has found.
    var hint: String { "see \(path.name) --help" }

    // MARK: Kinds

    private func unknownOption(_ message: String) -> String? {
        guard let match = message.prefixMatch(of: /Unknown option '([^']*)'/) else { return nil }
        let option = String(match.output.1)
        if let answer = Habits.answer(to: option, in: words)
            ?? ForeignOptions.answer(toOption: option, in: words) ?? CmdletParameters.answer(toOption: option)
        {
            return answer
        }
        let options = CommandDescription(of: path.command)?.visible.flatMap(\.spellings) ?? []
        let meant = Suggestion.nearest(to: option, among: options.filter { $0.hasPrefix("--") })
        return "\(option) is no option of \(path.name); " + (meant.map { "did you mean \($0)?" } ?? hint)
    }

    private func missing(_ message: String) -> String? {
        guard message.hasPrefix("Missing expected argument") || message.hasPrefix("Missing one of") else { return nil }
        let required = CommandDescription(of: path.command)?.visible.filter { !$0.isOptional } ?? []
        let absent = required.filter { argument in
            argument.spellings.isEmpty
                || !words.contains { word in
                    argument.spellings.contains { word == $0 || word.hasPrefix("\($0)=") }
                }
        }
        // Which of the arguments without a name are there, the parser knows and tells of the first that is not.
        let positional = absent.filter { $0.spellings.isEmpty }.map(\.title).drop { !message.contains($0) }
        let titles = positional + absent.filter { !$0.spellings.isEmpty }.map(\.title)
        guard !titles.isEmpty else { return nil }
        return "\(listed(Array(titles), "and")) \(titles.count == 1 ? "is" : "are") missing; \(hint)"
    }

    private func missingValue(_ message: String) -> String? {
        guard let match = message.prefixMatch(of: /Missing value for '(-[^' ]*)/) else { return nil }
        return "\(match.output.1) has no value; \(valueHint(String(match.output.1)))"
    }

    private func invalidValue(_ message: String) -> String? {
        guard let match = message.prefixMatch(of: /The value '(.*?)' is invalid for '([^' ]*)[^']*'(.*)/) else {
            return nil
        }
        let (value, name, reason) = (String(match.output.1), String(match.output.2), String(match.output.3))
        let argument = CommandDescription(of: path.command)?.argument(spelled: name)
        let values = argument?.allValues ?? []
        guard !values.isEmpty else {
            if reason.hasPrefix(": ") { return "\(name) \(value): \(reason.dropFirst(2)); \(hint)" }
            let kind = (argument?.abstract ?? "").trimmingTrailing { $0 == "." }
            return "\(name) \(value): there is no such value" + (kind.isEmpty ? "; \(hint)" : "; it takes: \(kind)")
        }
        let meant = Suggestion.nearest(to: value, among: values).map { "did you mean \($0)? " } ?? ""
        return "\(name) \(value): there is no such value; \(meant)use \(listed(values, "or"))"
    }

    private func unexpected(_ message: String) -> String? {
        guard message.hasPrefix("Unexpected argument '") || message.contains(" unexpected arguments: '") else {
            return nil
        }
        let names = message.split(separator: "'", maxSplits: 1).dropFirst().joined().dropLast()
            .split(separator: "', '").map(String.init)
        guard let first = names.first else { return nil }
        let others = names.count > 1 ? " and \(names.count - 1) more" : ""
        let isOrAre = names.count > 1 ? "are arguments" : "is an argument"
        return
            "'\(first)'\(others) \(isOrAre) that \(path.name) does not take; put names with spaces in quotation marks, or \(hint)"
    }

    private func flagWithValue(_ message: String) -> String? {
        guard let match = message.prefixMatch(of: /The option '([^']*)' does not take any value, but '(.*)' was/) else {
            return nil
        }
        return "\(match.output.1) takes no value; leave out '\(match.output.2)'"
    }

    /// Without the full stop that our sentences do not have.
    private func plain(_ message: String) -> String { message.last == "." ? String(message.dropLast()) : message }

    private func valueHint(_ option: String) -> String {
        guard let argument = CommandDescription(of: path.command)?.argument(spelled: option) else { return hint }
        if let values = argument.allValues, !values.isEmpty { return "use \(listed(values, "or"))" }
        return "write \(option) <\(argument.valueName ?? "value")>"
    }
}
