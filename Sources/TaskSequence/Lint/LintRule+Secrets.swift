// SPDX-License-Identifier: GPL-3.0-or-later

// Disabled steps count here: a switched-off step lies on the media with all it says.

extension LintRule {
    static let passwordInCommandLine = LintRule(
        "password-in-command-line", .warning, summary: "a command line or script holds a password",
        reason: "whoever may read the task sequence, its media or its log reads the password; disabled steps too",
        remedy: "keep it in a variable with a hidden value, or run the step as an account of the task sequence"
    ) { subject in
        subject.allSteps.compactMap { step in
            // The other actions are Configuration Manager's own, with a vocabulary of their own: /pwd:AD is a place.
            guard step.hasOwnCommandLine else { return nil }
            let isScript = step.type == "RunPowerShellScriptAction"
            let texts = isScript ? [step["Parameters"], step.script ?? ""] : [step["CommandLine"], step.step.action ?? ""]
            guard let option = texts.lazy.compactMap(PasswordSearch.option).first else { return nil }
            // The password itself is never repeated.
            return LintDefect(step, "has a password after '\(option)' in its \(isScript ? "script" : "command line")")
        }
    }

    static let passwordInVariable = LintRule(
        "password-in-variable", .warning, summary: "a password is set as a variable that is shown",
        reason: "the log shows the value of a variable unless the step hides it; disabled steps lie on the media too",
        remedy: "choose \"Do not display this value\" in the step"
    ) { subject in
        subject.allSteps.compactMap { step in
            guard step.type == "SetVariableAction", step["DoNotShowVariableValue"].lowercased() != "true",
                PasswordSearch.isPasswordName(step["VariableName"]),
                PasswordSearch.isSecret(step["VariableValue"][...])
            else { return nil }
            return LintDefect(step, "shows the value of \(step["VariableName"])")
        }
    }
}

/// Looks for passwords that are written out.
enum PasswordSearch {
    private static let words: [[UInt8]] = ["password", "passwd", "passphrase", "pwd"].map { Array($0.utf8) }
    private static let harmless: Set<String> = ["true", "false", "yes", "no", "0", "1", "null", "none", "prompt"]

    /// True for the name of a variable that holds a password.
    static func isPasswordName(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "passwd", "passphrase", "pwd"].contains { name.hasSuffix($0) }
    }

    /// True for what may be a password; false for nothing, a variable, a placeholder or a truth value.
    static func isSecret(_ value: Substring) -> Bool {
        guard let first = value.first, !"%$*(<{[-/@;,)".contains(first) else { return false }
        return !harmless.contains(value.lowercased())
    }

    /// The option or name after which a password stands in `text`, or nil.
    ///
    /// `/password:x`, `-Password x`, `AdminPassword = "x"`, `net use ... /user:name x`, and a quoted text that
    /// ConvertTo-SecureString is to take -AsPlainText.
    static func option(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        let bytes = Array(text.utf8)
        let folded = bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        for word in words {
            var start = 0
            while let found = find(word, in: folded, from: start) {
                start = found + word.count
                if let option = option(in: bytes, word: found..<start) { return option }
            }
        }
        return plainText(text) ?? networkDrive(text)
    }

    private static func find(_ word: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard text.count >= word.count, start <= text.count - word.count else { return nil }
        return (start...(text.count - word.count)).first { index in
            text[index] == word[0] && text[index..<(index + word.count)].elementsEqual(word)
        }
    }

    /// The whole name around the word at `word`, when a secret follows it.
    private static func option(in bytes: [UInt8], word: Range<Int>) -> String? {
        var start = word.lowerBound
        while start > 0, isNameByte(bytes[start - 1]) { start -= 1 }
        let isOption = start > 0 && "-/".utf8.contains(bytes[start - 1])
        var index = word.upperBound
        func skipSpaces() { while index < bytes.count, bytes[index] == 0x20 { index += 1 } }
        skipSpaces()
        let hadSpaces = index > word.upperBound
        guard index < bytes.count else { return nil }
        if "=:".utf8.contains(bytes[index]) {
            index += 1
            skipSpaces()
        } else {
            guard isOption, hadSpaces else { return nil }
        }
        guard isSecret(value(bytes[index...])) else { return nil }
        return String(decoding: bytes[(isOption ? start - 1 : start)..<word.upperBound], as: UTF8.self)
    }

    /// The value at the start of `bytes`: between quotes, or to the next space.
    private static func value(_ bytes: ArraySlice<UInt8>) -> Substring {
        guard let first = bytes.first else { return "" }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return String(decoding: bytes.dropFirst().prefix { $0 != first }, as: UTF8.self)[...]
        }
        let value = bytes.prefix { $0 != 0x20 && $0 != UInt8(ascii: "\"") && $0 >= 0x20 }
        // A name with a type or a call after it is a script's own: [string]$Password = Get-Password ...
        let text = String(decoding: value, as: UTF8.self)
        return text.hasPrefix("Get-") || text.hasPrefix("Read-") || text.hasPrefix("ConvertTo-") ? "" : text[...]
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }

    private static func plainText(_ text: String) -> String? {
        let name = "ConvertTo-SecureString"
        guard text.lowercased().contains("-asplaintext"), let found = text.firstRange(of: name) else { return nil }
        let value = text[found.upperBound...].split(separator: " ").first { !$0.hasPrefix("-") } ?? ""
        return value.hasPrefix("\"") || value.hasPrefix("'") ? name : nil
    }

    /// `net use X: \\server\share password /user:name`, or the password last.
    private static func networkDrive(_ text: String) -> String? {
        let words = text.split(separator: " ").map(String.init)
        let folded = words.map { $0.lowercased() }
        guard let use = folded.indices.dropFirst().first(where: { index in
            folded[index] == "use" && ["net", "net.exe"].contains { folded[index - 1].hasSuffix($0) }
        }), folded[use...].contains(where: { $0.hasPrefix("/user:") })
        else { return nil }
        let rest = words[(use + 1)...].prefix { !["&", "&&", "|", ">", ">>"].contains($0) }
        // What is neither a drive, a share nor an option is the password.
        let password = rest.first { word in
            !word.hasPrefix("\\\\") && !word.hasPrefix("\"\\\\") && !word.hasPrefix("/") && !word.hasSuffix(":")
                && isSecret(word[...])
        }
        return password == nil ? nil : "net use"
    }
}
