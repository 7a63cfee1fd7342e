// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// Which values of a task sequence are shown to people, and which are hidden.
///
/// Generous on purpose: what is hidden in vain can be asked for, what is shown in error cannot be taken back.
public enum SequenceSecrecy: Sendable, Hashable {
    /// Passwords, keys and tokens are replaced by ``hiddenValue``.
    case redacted
    /// Everything is shown.
    case shown

    /// What stands for a secret value.
    public static let hiddenValue = "(hidden)"

    /// Parts of names whose values are secrets; "RESERVED" is how Configuration Manager names the network access
    /// account and its password.
    private static let secretParts = [
        "PASSW", "PASSPHRASE", "PWD", "PFX", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE", "RESERVED", "CONNECTIONSTRING",
    ]
    /// Words that contain KEY or PASS and say nothing secret.
    private static let publicWords = ["KEYBOARD", "KEYPATH", "KEYNAME", "REGKEY", "REGISTRYKEY", "HOTKEY", "KEYWORD"]
    /// Choices whose names contain PASSWORD (step-catalog.json).
    private static let publicNames: Set<String> = [
        "OSDRANDOMADMINPASSWORD", "RANDOMADMINPASSWORD", "OSDBITLOCKERCREATERECOVERYPASSWORD", "CREATERECOVERYPASSWORD",
        "_SMSTSPUBLICROOTKEY",
    ]

    /// True when the value of the variable or property `name` is a secret.
    public static func isSecret(name: String) -> Bool {
        let name = name.uppercased()
        guard !publicNames.contains(name) else { return false }
        if secretParts.contains(where: name.contains) || name.hasSuffix("PIN")
            || name == "PW" || name.hasSuffix("_PW") || name.hasSuffix("ADMINPW")
            || (name.hasSuffix("PASS") && !name.hasSuffix("BYPASS"))
        {
            return true
        }
        guard name.contains("KEY") else { return false }
        return !publicWords.contains(where: name.contains)
    }

    /// True when a password is written out in the command line `text`.
    public static func holdsPassword(inCommand text: String) -> Bool { SecretFinder.holdsPassword(text) }

    /// The value of the variable or property `name` as it may be shown.
    ///
    /// Empty values, and values that only name another variable, are no secrets.
    func value(_ value: String, of name: String) -> String {
        guard self == .redacted else { return value }
        guard Self.isSecret(name: name), !Self.isHarmless(value) else { return text(value) }
        return Self.hiddenValue
    }

    /// `text`, such as a command line or a script, with what looks like a secret hidden.
    public func text(_ text: String) -> String { self == .redacted ? SecretFinder.redacted(text) : text }

    /// True for nothing, and for `%name%`.
    static func isHarmless(_ value: String) -> Bool {
        guard !value.isEmpty else { return true }
        let bytes = value.utf8
        guard bytes.count > 2, bytes.first == UInt8(ascii: "%"), bytes.last == UInt8(ascii: "%") else { return false }
        return bytes.dropFirst().dropLast().allSatisfy { byte in
            byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_")
        }
    }
}

extension SequenceSecrecy {
    private static let passwordEndings = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "PWD", "PASS", "PW", "SECRET", "TOKEN", "APIKEY", "ACCESSKEY",
    ]

    /// True when the variable or property `name` holds a password: narrower than ``isSecret(name:)``, which is for hiding
    /// and may hide in vain.
    static func isPassword(name: String) -> Bool {
        guard isSecret(name: name) else { return false }
        let name = name.uppercased()
        if name.hasPrefix("_SMSTSRESERVED") { return true }
        var stem = name[...]
        while stem.last?.isNumber == true { stem.removeLast() }
        return passwordEndings.contains(where: stem.hasSuffix)
    }

    private static let words: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "0", "1", "null", "none", "prompt", "bearer",
    ]
    private static let verbs = [
        "get-", "read-", "convertto-", "convertfrom-", "new-", "import-", "invoke-", "join-", "select-", "out-",
    ]

    /// True for a value that is written out; false for nothing, a variable, an expression, a placeholder, a truth value.
    static func isLiteral(_ value: String) -> Bool {
        guard let first = value.first, !"%$*({<[-/@ \t".contains(first), !value.contains("(") else { return false }
        let lower = value.lowercased()
        return !words.contains(lower) && !verbs.contains(where: lower.hasPrefix)
    }
}
