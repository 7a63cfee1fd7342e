// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import Support
import SystemPackage

/// The secrets of media: its password, and the certificate with its private key.
///
/// They come last into a request: somebody who has to type them is asked only when everything else can be used.
struct MediaSecrets {
    let certificate: CertificateOptions
    let behaviour: BehaviourOptions

    /// Puts the secrets into `request`, which is complete but for them.
    ///
    /// - Parameter validate: what must hold of the rest of it before somebody is asked; that its files are there is
    ///   looked at besides.
    /// - Throws: `MediaBuilderError`, `FileError`, `InterruptedError`, `ValidationError`: as ``PasswordFile`` does; what
    ///   `validate` throws.
    func apply(to request: inout MediaRequest, _ validate: (MediaRequest) throws -> Void) throws {
        // Files of secrets are sources even when they cannot be used: nothing may be written over them.
        request.otherSources += [behaviour.passwordFile, certificate.certificatePasswordFile]
            .compactMap { $0.flatMap { SecretSource($0).file } }
        func check(_ known: MediaRequest) throws {
            try validate(known)
            for source in known.sources { _ = try FileError.wrap("opened", source) { try Stat(source) } }
        }
        try certificate.apply(to: &request, passwordFile: behaviour.passwordFile, beforeAsking: check)
        request.password = try behaviour.passwordFile.map { [request] in
            try PasswordFile.read($0, isNew: true) { try check(request) }
        }
    }
}
