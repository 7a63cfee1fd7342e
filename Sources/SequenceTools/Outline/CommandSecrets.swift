// SPDX-License-Identifier: GPL-3.0-or-later

/// Applies the table of ``SecretRule`` to the commands of a text.
enum CommandSecrets {
    /// The places of secrets in `bytes`.
    static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var previous: CommandWords?
        CommandWords.forEach(in: bytes) { command in
            var seen: Set<String> = []
            for number in command.words.indices {
                let program = command.program(number)
                if program == "convertto-securestring" {
                    secureString(command, at: number, after: previous, &found)
                    continue
                }
                // A program that is named again and again is searched once, so that time stays in proportion.
                guard let rules = SecretRule.byProgram[program], seen.insert(program).inserted else { continue }
                for rule in rules { apply(rule, to: command, from: number + 1, &found) }
            }
            previous = command
        }
        return found
    }

    private static func apply(
        _ rule: SecretRule, to command: CommandWords, from start: Int, _ found: inout [Range<Int>]
    ) {
        switch rule.form {
        case .option, .gluedOption, .glued:
            if case .named(let by) = rule.value, !namesSecret(command, from: start, option: by) { return }
            for number in start..<max(start, command.words.count) {
                guard let value = value(of: rule, command, number) else { continue }
                add(value, as: rule.value, command, &found)
            }
        case .word(let place):
            let words = command.words.indices.dropFirst(start).filter { command.option($0) == nil }
            if words.count >= place { add(command.words[words[place - 1]], as: rule.value, command, &found) }
        case .wordAfterName:
            guard start + 1 < command.words.count,
                let name = (start..<command.words.count - 1).first(where: { isSecretName(command, $0) })
            else { return }
            add(command.words[name + 1], as: rule.value, command, &found)
        }
    }

    /// The value in word `number`, or in the next, when it is one of the rule's options.
    private static func value(of rule: SecretRule, _ command: CommandWords, _ number: Int) -> Range<Int>? {
        guard let option = command.option(number) else {
            // netsh writes key=value without a dash.
            let word = command.words[number]
            guard let equals = command.bytes[word].firstIndex(of: UInt8(ascii: "=")),
                rule.programs.contains("netsh"), rule.names(command.text(word.lowerBound..<equals)[...])
            else { return nil }
            return command.unquoted(equals + 1..<word.upperBound)
        }
        var isGlued = true
        if case .option = rule.form { isGlued = false }
        var takesNext = true
        if case .glued = rule.form { takesNext = false }
        if rule.names(option.name) {
            if let value = option.value { return value }
            let next = number + 1
            guard takesNext, next < command.words.count,
                command.bytes[command.words[next]].first != UInt8(ascii: "-")
            else { return nil }
            return command.words[next]
        }
        guard isGlued else { return nil }
        let word = command.words[number]
        // One letter or two right before the value: -uname:secret, -psecret.
        for known in rule.options.sorted(by: { $0.count > $1.count }) where known.utf8.count <= 2 {
            let start = word.lowerBound + 1
            let end = start + known.utf8.count
            guard end < word.upperBound, command.bytes[word.lowerBound] == UInt8(ascii: "-"),
                rule.names(command.text(start..<end)[...])
            else { continue }
            return command.unquoted(end..<word.upperBound)
        }
        return nil
    }

    private static func add(
        _ range: Range<Int>, as value: SecretRule.Value, _ command: CommandWords, _ found: inout [Range<Int>]
    ) {
        switch value {
        case .whole, .named: if !range.isEmpty { found.append(range) }
        case .afterColon: addAfter(":", range, command, &found)
        case .afterPercent: addAfter("%", range, command, &found)
        case .encodedScript:
            guard let script = InlineScript.decode(command.text(range)), SecretFinder.redacted(script) != script
            else { return }
            found.append(range)
        }
    }

    private static func addAfter(
        _ sign: Character, _ range: Range<Int>, _ command: CommandWords, _ found: inout [Range<Int>]
    ) {
        guard let place = command.bytes[range].firstIndex(where: { $0 == sign.asciiValue }) else { return }
        let secret = place + 1..<range.upperBound
        guard let last = secret.last else { return }
        // %name% is a variable, not a name and a password.
        if sign != "%" || command.bytes[last] != UInt8(ascii: "%") { found.append(secret) }
    }

    /// True when the option `option` of the command names something secret.
    private static func namesSecret(_ command: CommandWords, from start: Int, option: String) -> Bool {
        for number in start..<max(start, command.words.count) {
            guard let found = command.option(number), found.name.lowercased() == option else { continue }
            if let value = found.value { return SequenceSecrecy.isSecret(name: command.text(value)) }
            return number + 1 < command.words.count && isSecretName(command, number + 1)
        }
        return false
    }

    private static func isSecretName(_ command: CommandWords, _ number: Int) -> Bool {
        command.option(number) == nil && SequenceSecrecy.isSecret(name: command.text(command.words[number]))
    }

    /// `ConvertTo-SecureString [-String] text -AsPlainText`, its options in any order, and `text | ConvertTo-SecureString`.
    private static func secureString(
        _ command: CommandWords, at start: Int, after previous: CommandWords?, _ found: inout [Range<Int>]
    ) {
        if start == 0, command.isPipedInto, let last = previous?.words.last { found.append(last) }
        var number = start + 1
        while number < command.words.count {
            guard let option = command.option(number) else { return found.append(command.words[number]) }
            let name = option.name.lowercased()
            if let value = option.value, name.hasPrefix("s") { return found.append(value) }
            // -Key and -SecureKey take a value that is no text.
            number += name.hasPrefix("k") || name.hasPrefix("sec") ? 2 : 1
        }
    }
}
