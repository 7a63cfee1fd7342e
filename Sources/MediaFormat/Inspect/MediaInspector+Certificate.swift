// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaVariables
import Support
import SystemPackage

/// What media says of its certificate.
public enum FoundCertificate: Sendable {
    /// It has none.
    case none
    /// Only its password would tell.
    case sealed
    /// It has this one; nothing of its private key is here.
    case certificate(Certificate, MediaVariableList)
}

extension MediaInspector {
    /// The certificate of the media at `path`, and the variables among which it is.
    ///
    /// - Throws: ``MediaFormatError`` `.notMedia`; errors of reading; `MediaVariablesError` `.wrongPassword`;
    ///   `CryptographyError`.
    public func certificate(of path: FilePath) throws -> FoundCertificate {
        let media = try MediaOpening.open(path)
        let bootstrap = try bootstrap(of: media, path)
        guard let list = try variables(media, bootstrap, path) else {
            return bootstrap.passwordRequired ? .sealed : .none
        }
        guard let found = try list.certificate()?.certificate else { return .none }
        return .certificate(found, list)
    }
}
