// SPDX-License-Identifier: GPL-3.0-or-later

extension MediaVariableList {
    /// Parts of names whose values are not shown: passwords, keys, certificates with keys, tokens, accounts.
    ///
    /// Generous on purpose: a value hidden in vain costs a `--show-secrets`, one shown in error costs a password.
    /// A prestart command is text in which anything may stand. "RESERVED" is how Configuration Manager names the network access account and its password.
    private static let secretParts = [
        "PASS", "PWD", "PFX", "SECRET", "TOKEN", "CREDENTIAL", "ACCOUNT", "USERNAME", "USERID", "ADMIN", "KEY",
        "PRIVATE", "RESERVED", "AUTHENTICATOR", "SIGNATURE", "CLIENTID", "BITLOCKER", "PRESTART",
    ]
    /// Names that contain such a part and are public all the same.
    private static let publicNames: Set<String> = ["_SMSTSPUBLICROOTKEY"]

    /// True when the value of the variable `name` must be redacted.
    ///
    /// `_SMSMediaGuid` is not secret: the media shows it in clear, although the password of the certificate is made of
    /// it; the certificate itself (`_SMSTSMediaPFX`) is.
    public static func isSecret(name: String) -> Bool {
        let name = name.uppercased()
        guard !publicNames.contains(name) else { return false }
        return secretParts.contains { name.contains($0) } || name.hasSuffix("PIN")
    }

    /// The variables with secret values replaced by ``redactedValue``, for people and logs.
    public var redacted: [Variable] {
        variables.map { Self.isSecret(name: $0.name) ? Variable(name: $0.name, value: Self.redactedValue) : $0 }
    }

    /// What stands for a secret value.
    public static let redactedValue = "(hidden)"
}
