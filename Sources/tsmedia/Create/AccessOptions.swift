// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Servers
import Support
import SystemPackage

/// How servers are asked, whatever they serve.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File of lines HOST USER PASSWORD, * for any host, that nobody else may read; - reads standard input.",
            valueName: "file|-"))
    var credentials: String?

    @Flag(
        name: .customLong("allow-basic-over-http"),
        help: "Let the password pass in the clear where a server without TLS wants that.")
    var allowBasicOverHTTP = false

    @Option(
        help: ArgumentHelp("Certificate with its private key, by which servers know us.", valueName: "file.pfx"),
        completion: .file(extensions: ["pfx", "p12"]))
    var clientCertificate: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line opens that certificate; - reads standard input, env:NAME the environment.",
            valueName: "file|-|env:name"))
    var clientCertificatePasswordFile: String?

    @Option(
        help: ArgumentHelp(
            "Certificate authority that is believed besides the system's, in PEM or DER (repeatable).",
            valueName: "file.cer"),
        completion: .file(extensions: ["cer", "crt", "pem"]))
    var trust: [String] = []

    @Option(
        help: ArgumentHelp(
            "The one certificate that servers may have, whoever issued it: its SHA-1 or SHA-256.", valueName: "hex"))
    var serverCertificateThumbprint: String?

    @Option(help: ArgumentHelp("Proxy to the servers (default: what the environment says).", valueName: "url"))
    var proxy: String?

    @Option(
        help: ArgumentHelp(
            "What tsmedia calls itself to servers; client is what clients of the site do.", valueName: "text|client"))
    var userAgent: String?

    @Option(help: ArgumentHelp("How long a server may say nothing (default: 30).", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if credentials == "-", clientCertificatePasswordFile == "-" {
            throw ValidationError(
                "--credentials and --client-certificate-password-file both read standard input; name a file for one of them"
            )
        }
    }

    /// What the options ask for.
    func input() throws -> ServerAccessInput {
        var input = ServerAccessInput()
        input.credentials = credentials
        input.allowsBasicOverHTTP = allowBasicOverHTTP
        input.clientCertificate = clientCertificate.map { FilePath($0) }
        input.clientCertificatePassword = try clientCertificatePasswordFile.map {
            try PasswordFile.firstLine($0, .clientCertificatePassword)
        }
        input.trust = trust.map { FilePath($0) }
        input.serverCertificateThumbprint = serverCertificateThumbprint
        input.proxy = proxy
        input.userAgent = userAgent
        input.timeout = timeout
        input.tell = { Console.shared.note($0) }
        return input
    }

    /// Files that these options are read from.
    var files: [FilePath] {
        [credentials, clientCertificatePasswordFile].compactMap { $0.flatMap { SecretSource($0).file } }
            + ([clientCertificate].compactMap { $0 } + trust).map { FilePath($0) }
    }
}
