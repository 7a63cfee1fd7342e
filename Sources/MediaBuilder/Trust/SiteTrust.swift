// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaVariables
import Support
import SystemPackage

/// By what media knows that a management point is one of its site.
public struct SiteTrust: Sendable, Equatable {
    /// The root certificate authorities of the site's servers and clients.
    public var rootCAs: [Certificate] = []
    /// The certificate with which the site server signs policies.
    public var siteSigningCertificate: Certificate?
    /// The site's trusted root key.
    public var trustedRootKey: TrustedRootKey?

    /// Nothing.
    public init() {}

    /// True when there is nothing.
    var isEmpty: Bool { self == SiteTrust() }

    /// Reads what is in files.
    ///
    /// - Parameters:
    ///   - rootCAs: certificates in DER or PEM, one or several in each.
    ///   - siteSigningCertificate: a certificate in DER or PEM.
    ///   - trustedRootKey: the value of SMSPublicRootKey, or the mobileclient.tcf that has it.
    /// - Throws: `FileError`; `CryptographyError`; ``MediaBuilderError`` `.badContent`.
    public static func read(
        rootCAs: [FilePath], siteSigningCertificate: FilePath?, trustedRootKey: FilePath?
    ) throws -> SiteTrust {
        var trust = SiteTrust()
        for path in rootCAs {
            for certificate in try Certificate.read(try SmallFile.read(path), name: path.string)
            where !trust.rootCAs.contains(certificate) {
                trust.rootCAs.append(certificate)
            }
        }
        if let path = siteSigningCertificate {
            let found = try Certificate.read(try SmallFile.read(path), name: path.string)
            guard found.count == 1 else {
                throw MediaBuilderError(
                    .badContent, "file \(path)", "holds \(found.count) certificates, and a site server signs with one",
                    nextStep: "leave that one in it")
            }
            trust.siteSigningCertificate = found[0]
        }
        if let path = trustedRootKey {
            trust.trustedRootKey = try TrustedRootKey(try SmallFile.read(path), name: path.string)
        }
        return trust
    }

    /// What is public of it, for the GUID of the media: all of it.
    var facts: [String] {
        guard !isEmpty else { return [] }
        return ["trust"] + rootCAs.map(\.thumbprint)
            + ["signing", siteSigningCertificate?.thumbprint ?? "", trustedRootKey?.text ?? ""]
    }

    /// The variables of the certificate and of the key (docs/formats/media.md section 1).
    static let (signingName, keyName) = ("_SMSTSSiteSigningCertificate", "_SMSTSPublicRootKey")

    /// The variables that tell the media (docs/formats/media.md section 1).
    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        if !rootCAs.isEmpty {
            try list.set(MediaVariableList.rootsName, to: rootCAs.map { $0.der.hexadecimal(.upper) }.joined())
        }
        if let siteSigningCertificate {
            try list.set(Self.signingName, to: siteSigningCertificate.der.hexadecimal(.upper))
        }
        if let trustedRootKey { try list.set(Self.keyName, to: trustedRootKey.text) }
    }
}

extension SiteTrust {
    /// Refuses what is no root certificate authority, and what is not valid today.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`.
    func check(now: Timestamp) throws(MediaBuilderError) {
        for certificate in rootCAs {
            guard certificate.isCertificateAuthority else {
                throw MediaBuilderError(
                    .badContent, DiagnosticText(certificate.title), "is no certificate authority",
                    nextStep: "give the root that \(certificate.issuer) leads to as \(.rootCA)")
            }
            guard certificate.isSelfSigned else {
                throw MediaBuilderError(
                    .badContent, DiagnosticText(certificate.title),
                    "is no root: it was issued by '\(certificate.issuer)'", nextStep: "give that as \(.rootCA)")
            }
            try certificate.checkDates(now: now)
        }
        try siteSigningCertificate?.checkDates(now: now)
    }

    /// The roots that have nothing to do with each other: one that was renewed keeps its name.
    var unrelatedRoots: [String] {
        var names: [String] = []
        for root in rootCAs where !names.contains(root.subject) { names.append(root.subject) }
        return names
    }
}

/// The key by which clients trust the management points of a site: SMSPublicRootKey.
public struct TrustedRootKey: Sendable, Equatable {
    /// Its hexadecimal digits, as the site writes them.
    let text: String

    /// Fewer bytes hold no key.
    private static let smallestByteCount = 64
    /// How keys of CryptoAPI begin: a PUBLICKEYBLOB of RSA ([MS-MQQB] 2.2.1, wincrypt.h), whose size is in it.
    private static let blobStart: [UInt8] = [0x06, 0x02, 0x00, 0x00, 0x00, 0xA4, 0x00, 0x00, 0x52, 0x53, 0x41, 0x31]
    private static let blobHeaderByteCount = 20

    /// Reads a key from a file that holds nothing else, or from a mobileclient.tcf.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent`.
    init(_ bytes: [UInt8], name: String) throws(MediaBuilderError) {
        let text = Text.decode(bytes, fallback: .singleByte) ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimming(\.isWhitespace) }
        let mark = "smspublicrootkey="
        let named = lines.first { $0.lowercased().hasPrefix(mark) }?.dropFirst(mark.count)
        let value = named.map { String($0.trimming(\.isWhitespace)) } ?? lines.joined()
        guard let key = [UInt8](hexadecimal: value), key.count >= Self.smallestByteCount, Self.isWhole(key) else {
            throw MediaBuilderError(
                .badContent, "file \(name)", "holds no trusted root key",
                nextStep:
                    "copy the value of SMSPublicRootKey from mobileclient.tcf of the site server, or name that file")
        }
        self.text = value
    }

    private static func isWhole(_ key: [UInt8]) -> Bool {
        guard key.starts(with: blobStart), let bits: UInt32 = ByteReader(key).littleEndian(at: blobStart.count) else {
            return true
        }
        return key.count == blobHeaderByteCount + Int(bits) / 8
    }
}
