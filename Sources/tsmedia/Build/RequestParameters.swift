// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import MediaBuilder
import Support
import SystemPackage

/// What was asked for, as anybody may know it: the keys of a manifest with their values, without secrets and without the
/// folders of the computer that made the media (docs/formats/provenance.md).
struct RequestParameters {
    /// Files with secrets in them, and what says how a run goes rather than what media is.
    private static let leftOut: Set<String> = [
        "ask-management-point", "certificate", "certificate-key", "certificate-password-file", "checksums",
        "client-certificate", "client-certificate-password-file", "credentials", "ledger", "no-ledger", "no-store",
        "offline", "password-file", "prefer-order", "provenance", "proxy", "rehash", "server-certificate-thumbprint",
        "signing-key",
        "signing-key-password-file", "site-token-file", "staging-folder", "store", "timeout", "trust", "user-agent",
    ]
    /// Names with values that nobody else needs to know.
    private static let named: Set<String> = ["variable"]

    let type: String
    let settings: [ManifestMedia.GivenSetting]

    /// The parameters as JSON.
    var node: JSONNode {
        let keys = Dictionary(
            (BuildVocabulary.types.first { $0.name == type }.map { BuildVocabulary.keys(of: $0.command) } ?? []).map {
                ($0.name, $0)
            }, uniquingKeysWith: { first, _ in first })
        let members = settings.compactMap { setting -> JSONNode.Member? in
            guard let key = keys[setting.key], !Self.leftOut.contains(setting.key) else { return nil }
            if key.form == .flag { return .init(name: setting.key, value: .truth(setting.values != ["false"])) }
            let texts = setting.values.map { value -> JSONNode in
                if Self.named.contains(setting.key) { return .text(String(value.prefix { $0 != "=" })) }
                return .text(Self.shown(value, isPath: key.isPath(value, Set(settings.map(\.key)))))
            }
            return .init(name: setting.key, value: key.form == .list ? .list(texts) : texts.last ?? .null)
        }
        return .members([
            "type": .text(type), "options": .object(members.sorted { $0.name.precedesByBytes($1.name) }),
        ])
    }

    /// A file by its name; a URL without a user.
    private static func shown(_ value: String, isPath: Bool) -> String {
        if let start = value.firstRange(of: "://")?.upperBound {
            let authority = value[start...].prefix { !"/?#".contains($0) }
            guard let end = authority.lastIndex(of: "@") else { return value }
            return String(value[..<start] + value[value.index(after: end)...])
        }
        guard isPath else { return value }
        return FilePath(value).lastComponent?.string ?? value
    }
}
