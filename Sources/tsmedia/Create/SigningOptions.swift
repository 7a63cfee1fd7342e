// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Cryptography
import MediaBuilder
import MediaFormat
import SystemPackage

/// By whom media is.
struct SigningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Private key in PEM, of Ed25519 or RSA, that signs the manifest on the media, and the statement of --provenance.",
            valueName: "file.pem"),
        completion: .file(extensions: ["pem", "key"]))
    var signingKey: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line opens that key; env:NAME reads the environment.", valueName: "file|env:name"),
        completion: .file())
    var signingKeyPasswordFile: String?

    func validate() throws {
        guard signingKeyPasswordFile == nil || signingKey != nil else {
            throw ValidationError("--signing-key-password-file needs --signing-key; name the key")
        }
        guard signingKeyPasswordFile != "-" else {
            throw ValidationError(
                "--signing-key-password-file reads no standard input; name a file, or env:NAME for the environment")
        }
    }

    /// The files that are read.
    var sources: [FilePath] {
        [signingKey.map { FilePath($0) }, signingKeyPasswordFile.flatMap { SecretSource($0).file }].compactMap { $0 }
    }

    /// Signs what `request` asks for.
    ///
    /// - Throws: errors of reading the key and its password.
    func apply(to request: inout MediaRequest) throws {
        // Files of secrets are sources even when they cannot be used: nothing may be written over them.
        request.otherSources += sources
        if let key = try key() { request.signingKey = key }
    }

    /// Signs the manifests of drives that `request` asks for, where these are not those of the media.
    ///
    /// - Throws: errors of reading the key and its password.
    func apply(to request: inout FinishedRequest) throws {
        if let key = try key() { request.signingKey = key }
    }

    private func key() throws -> SigningKey? {
        try signingKey.map { file in
            let password = try signingKeyPasswordFile.map { try PasswordFile.firstLine($0, .signingKeyPassword) {} }
            return try KeyFile.signingKey(FilePath(file), password: password)
        }
    }
}
