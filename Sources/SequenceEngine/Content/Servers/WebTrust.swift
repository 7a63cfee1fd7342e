// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaVariables
import Support
import SystemPackage

/// What of a server over TLS is believed, and how this computer proves who it is: what the media's variables say.
enum WebTrust {
    /// Where Debian's authorities are in the environment.
    private static let usualAuthorities: FilePath = "/etc/ssl/certs/ca-certificates.crt"

    /// Lines for curl.
    ///
    /// - Throws: `FileError`.
    static func settings(_ session: EngineSession) throws -> [String] {
        try authorities(session) + identity(session)
    }

    /// The authorities of the media beside those of the environment.
    private static func authorities(_ session: EngineSession) throws -> [String] {
        guard let text = session.variables[MediaVariableList.rootsName], let bytes = [UInt8](hexadecimal: text),
            let own = Certificate.read(joined: bytes), !own.isEmpty
        else { return [] }
        let usual = (try? SmallFile.read(usualAuthorities, limit: 4 << 20)) ?? []
        let file = session.workFolder.appending("authorities.pem")
        try AtomicFile.write(usual + own.flatMap { Array($0.pem.utf8) }, to: file)
        return [Curl.line("cacert", file.string)]
    }

    /// The certificate by which the media proves who it is, for servers that ask for one.
    private static func identity(_ session: EngineSession) throws -> [String] {
        guard let text = session.variables[MediaVariableList.certificateName], !text.isEmpty,
            let bytes = [UInt8](hexadecimal: text), let guid = session.variables[MediaVariableList.guidName]
        else { return [] }
        let file = session.workFolder.appending("identity.pfx")
        try AtomicFile.write(bytes, to: file)
        return [
            Curl.line("cert", "\(file):\(MediaVariableList.certificatePassword(guid: guid))"),
            Curl.line("cert-type", "P12"),
        ]
    }
}
