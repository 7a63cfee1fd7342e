// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// Finds what looks like a secret in command lines and scripts.
///
/// A guess, not a promise: values after words such as password, pwd, secret, token (`name=value`, `name: value`,
/// `-name value`), product keys of five groups, `user:password@` in addresses, the positional passwords of `net use` and
/// `net user`, `-p value` beside `-u`, what follows Bearer and Basic, and what the table of ``SecretRule`` says of programs.
enum SecretFinder {
    private static let markers = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "accesskey", "accountkey",
        "productkey", "credential", "-pass", "/pass", "api-key", "access-key", "account-key", "secret-key", "auth-key",
        "subscription-key", "shared-key", "license-key", "product-key", "access_key", "account_key", "subscription_key",
        "sharedkey", "subscriptionkey", "passcode", "pswd",
    ].map { Array($0.utf8) }
    /// The markers by their first byte.
    private static let markersByStart = Dictionary(grouping: markers) { $0[0] }
    /// What may stand between the marker and the end of the name.
    private static let endings = ["text", "plain", "value"].map { Array($0.utf8) }

    /// `text` with every secret replaced by ``SequenceSecrecy/hiddenValue``.
    static func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let secrets = secrets(in: bytes)
        guard !secrets.isEmpty else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for range in secrets.map(\.range) where range.lowerBound >= position {
            result += bytes[position..<range.lowerBound]
            result += SequenceSecrecy.hiddenValue.utf8
            position = range.upperBound
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    /// True when a password is written out in `text`.
    ///
    /// Narrower than what is hidden: who is warned in vain stops reading. Product keys (many are public), names of
    /// credentials, variables, calls and prose do not count.
    static func holdsPassword(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return secrets(in: bytes).contains { secret in
            secret.isWrittenOut && SequenceSecrecy.isLiteral(String(decoding: bytes[secret.range], as: UTF8.self))
        }
    }

    /// The secrets, sorted by where they begin, the longer first.
    private static func secrets(in bytes: [UInt8]) -> [FoundSecret] {
        var scanner = SecretScanner(bytes: bytes, lower: bytes.map(\.asciiLowerCased))
        for index in bytes.indices {
            let byte = scanner.lower[index]
            switch byte {
            case UInt8(ascii: "p"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "c"),
                UInt8(ascii: "l"), UInt8(ascii: "b"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                if let marker = markersByStart[byte]?.first(where: { scanner.has($0, at: index) }) {
                    scanner.value(afterMarkerAt: index, end: index + marker.count, endings: endings)
                }
                scanner.authorization(at: index)
            case UInt8(ascii: "n"): scanner.netCommand(at: index)
            case UInt8(ascii: ":"):
                scanner.address(at: index)
                scanner.shortName(beforeSignAt: index)
            case UInt8(ascii: "="): scanner.shortName(beforeSignAt: index)
            default: break
            }
            scanner.productKey(at: index)
        }
        scanner.shortSwitch()
        for range in CommandSecrets.ranges(in: bytes) { scanner.add(range) }
        return scanner.found.sorted { left, right in
            let (left, right) = (left.range, right.range)
            return left.lowerBound == right.lowerBound
                ? left.upperBound > right.upperBound : left.lowerBound < right.lowerBound
        }
    }
}

/// The place of something secret.
private struct FoundSecret {
    let range: Range<Int>
    /// False for what may as well be a name, a call or prose.
    let isWrittenOut: Bool
}

/// A text, and the places of secrets found in it so far.
///
/// Every byte is looked at a fixed number of times, whatever the text: what lies in a secret that was found, or in a
/// command that was searched, is not searched again.
private struct SecretScanner {
    private static let publicKeyToken = Array("publickeytoken".utf8)
    private static let harmlessMarkers = ["credential", "productkey", "product-key"].map { Array($0.utf8) }

    let bytes: [UInt8]
    let lower: [UInt8]
    var found: [FoundSecret] = []
    /// Up to where secrets were found.
    private var foundEnd = 0
    /// Up to where `net use` and `net user` were searched.
    private var commandEnd = 0

    init(bytes: [UInt8], lower: [UInt8]) {
        self.bytes = bytes
        self.lower = lower
    }

    func has(_ word: [UInt8], at index: Int) -> Bool {
        guard index + word.count <= lower.count else { return false }
        for offset in word.indices where lower[index + offset] != word[offset] { return false }
        return true
    }

    private func isName(_ index: Int) -> Bool {
        guard bytes.indices.contains(index) else { return false }
        return bytes[index].isASCIILetterOrDigit || bytes[index] == UInt8(ascii: "_")
    }

    private func isSpace(_ index: Int) -> Bool {
        bytes.indices.contains(index) && (bytes[index] == 0x20 || bytes[index] == 0x09)
    }

    private func skippingSpaces(_ index: Int) -> Int {
        var index = index
        while isSpace(index) { index += 1 }
        return index
    }

    mutating func add(_ range: Range<Int>, isWrittenOut: Bool = true) {
        guard !range.isEmpty,
            !SequenceSecrecy.isHarmless(String(decoding: bytes[range], as: UTF8.self))
        else { return }
        found.append(FoundSecret(range: range, isWrittenOut: isWrittenOut))
        foundEnd = max(foundEnd, range.upperBound)
    }

    /// The value at `index`: up to the closing quote, or to what ends a word.
    private func valueRange(at index: Int) -> Range<Int> {
        guard index < bytes.count else { return index..<index }
        let quote = bytes[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            var end = index + 1
            while end < bytes.count, bytes[end] != quote, bytes[end] != 0x0A { end += 1 }
            return index + 1..<end
        }
        var end = index
        while end < bytes.count, !(" \t\r\n\"';&|<>),".utf8.contains(bytes[end])) { end += 1 }
        return index..<end
    }

    mutating func value(afterMarkerAt start: Int, end: Int, endings: [[UInt8]]) {
        guard start >= foundEnd else { return }
        var index = end
        if let ending = endings.first(where: { has($0, at: index) }) { index += ending.count }
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard !isName(index) else { return }
        let nameEnd = index
        var nameStart = start
        while nameStart > 0, isName(nameStart - 1) { nameStart -= 1 }
        // Part of the public name of an assembly.
        guard nameEnd - nameStart != Self.publicKeyToken.count || !has(Self.publicKeyToken, at: nameStart) else {
            return
        }
        let before = nameStart > 0 ? bytes[nameStart - 1] : 0
        let isSwitch = "-/".utf8.contains(bytes[start]) || "-/".utf8.contains(before)
        // A credential is a name or an object, a product key is often public.
        let isPassword = !Self.harmlessMarkers.contains { has($0, at: start) }
        // The end of a quoted or indexed name: "password": "x", Value("Password") = "x".
        while index < bytes.count, "\"')]}%".utf8.contains(bytes[index]) { index += 1 }
        let afterName = index
        index = skippingSpaces(index)
        if afterName > nameEnd, index < bytes.count, bytes[index] == UInt8(ascii: ",") {
            // SetEnvironmentVariable("Password", "x")
            let place = skippingSpaces(index + 1)
            if place < bytes.count, "\"'".utf8.contains(bytes[place]) {
                add(valueRange(at: place), isWrittenOut: isPassword)
            }
            return
        }
        if index < bytes.count, "=:".utf8.contains(bytes[index]) {
            let sign = index
            while index < bytes.count, "=:".utf8.contains(bytes[index]) { index += 1 }
            let value = valueRange(at: skippingSpaces(index))
            // Without quotes, `password = x` and `$password=x` are a call or prose, `password=x` is a password.
            let isQuoted = value.lowerBound > 0 && "\"'".utf8.contains(bytes[value.lowerBound - 1])
            let isTight = sign == afterName && value.lowerBound == index && before != UInt8(ascii: "$")
            add(value, isWrittenOut: isPassword && (isQuoted || isTight))
        } else if isSwitch, afterName == nameEnd, index > nameEnd, index < bytes.count,
            bytes[index] != UInt8(ascii: "-"), bytes[index] != UInt8(ascii: "/")
        {
            add(valueRange(at: index), isWrittenOut: isPassword)
        }
    }

    private static let schemes = ["bearer", "basic"].map { Array($0.utf8) }

    /// `Authorization: Bearer TEXT`.
    mutating func authorization(at start: Int) {
        guard start >= foundEnd, start == 0 || !isName(start - 1),
            let scheme = Self.schemes.first(where: { has($0, at: start) }), isSpace(start + scheme.count)
        else { return }
        let value = valueRange(at: skippingSpaces(start + scheme.count))
        // A word of prose is shorter.
        if value.count >= 8, bytes[value].contains(where: { !($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }) { add(value) }
    }

    /// Names too short to be looked for inside of others: they must be the whole name or stand after `_`, `-` or others.
    private static let shortNames = ["pw", "pass", "psw"].map { Array($0.utf8) }
    private static let publicNames = ["bypass", "compass", "surpass", "trespass", "overpass"].map { Array($0.utf8) }
    /// Enough for any name; keeps the time in proportion to the text.
    private static let maximumNameCount = 64

    /// `set PW=value`, `$adminPass = 'value'`.
    mutating func shortName(beforeSignAt sign: Int) {
        guard sign >= foundEnd else { return }
        var end = sign
        while end > 0, sign - end < 8, isSpace(end - 1) || "\"')]}".utf8.contains(bytes[end - 1]) { end -= 1 }
        let isTightName = end == sign
        while end > 0, sign - end < 16, (0x30...0x39).contains(bytes[end - 1]) { end -= 1 }
        var start = end
        while start > 0, end - start < Self.maximumNameCount, isName(start - 1) { start -= 1 }
        let name = lower[start..<end]
        guard Self.shortNames.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }),
            !Self.publicNames.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) })
        else { return }
        var index = sign
        while index < bytes.count, "=:".utf8.contains(bytes[index]) { index += 1 }
        let value = valueRange(at: skippingSpaces(index))
        let isQuoted = value.lowerBound > 0 && "\"'".utf8.contains(bytes[value.lowerBound - 1])
        let isVariable = start > 0 && bytes[start - 1] == UInt8(ascii: "$")
        add(value, isWrittenOut: isQuoted || (isTightName && value.lowerBound == index && !isVariable))
    }

    /// `net use X: \\server\share PASSWORD` and `net user NAME PASSWORD`.
    mutating func netCommand(at start: Int) {
        guard start >= commandEnd, start == 0 || !isName(start - 1), has(Array("net".utf8), at: start) else { return }
        var index = start + 3
        if has(Array(".exe".utf8), at: index) { index += 4 }
        guard isSpace(index) else { return }
        index = skippingSpaces(index)
        let isUser = has(Array("user".utf8), at: index)
        guard isUser || has(Array("use".utf8), at: index) else { return }
        index += isUser ? 4 : 3
        guard isSpace(index) else { return }
        defer { commandEnd = index }
        var position = 0
        var hasPlace = false
        while index < bytes.count, bytes[index] != 0x0A, !"&|".utf8.contains(bytes[index]) {
            index = skippingSpaces(index)
            let word = valueRange(at: index)
            guard !word.isEmpty else { return }
            let text = bytes[word]
            let isOption = text.first == UInt8(ascii: "/")
            let isPlace =
                text.starts(with: "\\\\".utf8) || text.last == UInt8(ascii: ":") || text.elementsEqual("*".utf8)
            if !isOption, isUser ? position == 1 && !isPlace : !isPlace { add(word, isWrittenOut: isUser || hasPlace) }
            hasPlace = hasPlace || isPlace
            if !isOption { position += 1 }
            index = word.upperBound
            if index < bytes.count, "\"'".utf8.contains(bytes[index]) { index += 1 }
        }
    }

    /// `scheme://user:password@host`.
    mutating func address(at start: Int) {
        guard has(Array("://".utf8), at: start) else { return }
        var colon: Int?
        var index = start + 3
        while index < bytes.count, !" \t\r\n\"'/<>".utf8.contains(bytes[index]) {
            if bytes[index] == UInt8(ascii: ":"), colon == nil { colon = index }
            if bytes[index] == UInt8(ascii: "@"), let colon { return add(colon + 1..<index) }
            index += 1
        }
    }

    /// Five groups of five letters or digits.
    mutating func productKey(at start: Int) {
        let count = 29
        guard start + count <= bytes.count, bytes[start].isASCIILetterOrDigit, bytes[start + 5] == UInt8(ascii: "-"),
            !isName(start - 1), !isName(start + count)
        else { return }
        for offset in 0..<count {
            let byte = bytes[start + offset]
            guard offset % 6 == 5 ? byte == UInt8(ascii: "-") : byte.isASCIILetterOrDigit else { return }
        }
        found.append(FoundSecret(range: start..<start + count, isWrittenOut: false))
    }

    /// `-u name -p value`, as of psexec and its like.
    mutating func shortSwitch() {
        func places(_ letter: Character) -> [Int] {
            lower.indices.dropLast(2).filter { index in
                (index == 0 || isSpace(index - 1)) && "-/".utf8.contains(lower[index])
                    && lower[index + 1] == letter.asciiValue && isSpace(index + 2)
            }
        }
        let passwords = places("p")
        guard !passwords.isEmpty, !places("u").isEmpty else { return }
        for place in passwords { add(valueRange(at: skippingSpaces(place + 2))) }
    }
}
