// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// A pair of keys that openssl has made.
public struct SigningKeys {
    /// The private key.
    public let key: FilePath
    /// The public key.
    public let publicKey: FilePath
    /// The file with the password of the private key; nil for none.
    public let passwordFile: FilePath?

    /// Makes keys in `folder`, the private one encrypted with `password`.
    public init(
        in folder: FilePath, name: String = "signing", kind: [String] = ["-algorithm", "ed25519"],
        password: String? = nil
    ) throws {
        key = folder.appending("\(name).pem")
        publicKey = folder.appending("\(name).pub.pem")
        passwordFile = try password.map { password in
            let path = folder.appending("\(name).password")
            try Program.succeed("sh", ["-c", "printf '%s' \"$1\" >\"$0\"", path.string, password])
            return path
        }
        let secret = passwordFile.map { ["file:\($0)"] } ?? []
        try Program.succeed(
            "openssl", ["genpkey", "-out", key.string] + kind + secret.flatMap { ["-aes256", "-pass", $0] })
        try Program.succeed(
            "openssl",
            ["pkey", "-in", key.string, "-pubout", "-out", publicKey.string] + secret.flatMap { ["-passin", $0] })
    }

    /// The options that sign with it.
    public var options: [String] {
        ["--signing-key", key.string] + (passwordFile.map { ["--signing-key-password-file", $0.string] } ?? [])
    }
}
