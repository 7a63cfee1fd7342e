// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The certificate by which media proves to a management point who it is.
public enum MediaCertificate: Sendable {
    /// One that is made with the media, and that the site comes to know when it is registered there.
    case selfSigned(SelfSignedCertificate)
    /// One of a public key infrastructure, with its private key.
    case imported(CertificateIdentity)
}

/// A certificate that is signed with its own key.
public struct SelfSignedCertificate: Sendable {
    /// Its private key.
    public var key: PrivateKey
    /// Whether the key was made in this run.
    public var isKeyNew = false
    /// When it begins to be valid; nil for the day on which the media is made.
    public var start: Timestamp?
    /// When it ceases to be valid; nil for a year after it began.
    public var expiration: Timestamp?

    /// A certificate for `key`.
    public init(key: PrivateKey, start: Timestamp? = nil, expiration: Timestamp? = nil) {
        (self.key, self.start, self.expiration) = (key, start, expiration)
    }
}

/// A certificate as media will have it, once its GUID is known.
struct PreparedCertificate {
    /// What is public of it, for the GUID of the media; nothing of its private key.
    let facts: [String]
    /// What the user must know.
    let warnings: [DiagnosticText]
    /// The certificate with its key for media that has a GUID.
    let identity: @Sendable (_ mediaGUID: String) -> CertificateIdentity
}

extension MediaCertificate {
    /// The certificate with its dates.
    ///
    /// - Parameters:
    ///   - sourceDate: SOURCE_DATE_EPOCH: the day on which the media is made.
    ///   - now: the time by the clock.
    /// - Throws: ``MediaBuilderError`` `.badRequest` for dates that cannot be.
    func prepared(sourceDate: Timestamp?, now: Timestamp) throws(MediaBuilderError) -> PreparedCertificate {
        switch self {
        case .imported(let identity):
            let certificates = [identity.certificate] + identity.chain
            return PreparedCertificate(
                facts: ["certificate"] + certificates.map(\.thumbprint),
                warnings: identity.certificate.warnings(now: now)
            ) { _ in identity }
        case .selfSigned(let certificate):
            return try certificate.prepared(sourceDate: sourceDate, now: now)
        }
    }
}

extension SelfSignedCertificate {
    /// Years have four digits in a certificate (RFC 5280 4.1.2.5.2).
    private static let lastYear: Int64 = 9999
    /// Bytes of a serial number that is derived.
    private static let serialByteCount = 16

    fileprivate func prepared(sourceDate: Timestamp?, now: Timestamp) throws(MediaBuilderError) -> PreparedCertificate {
        // From the start of the day: the clock of a new computer may be hours behind.
        let start = self.start ?? CivilTime(sourceDate ?? now).startOfDay
        let expiration = self.expiration ?? CivilTime(start).oneYearLater
        let (from, until) = (CivilTime(start), CivilTime(expiration))
        guard until.year <= Self.lastYear else {
            throw MediaRequest.bad(
                self.expiration == nil ? .certificateStart : .certificateExpire,
                "makes a certificate that ends after the year \(Self.lastYear), which none can say",
                "give an earlier day")
        }
        guard start < expiration else {
            throw MediaRequest.bad(
                .certificateExpire, "is \(until.dayText), and the certificate begins to be valid on \(from.dayText)",
                "give a later day")
        }
        var warnings: [DiagnosticText] = []
        if expiration < now {
            if self.expiration != nil {
                throw MediaRequest.bad(.certificateExpire, "is \(until.dayText), which is past", "give a later day")
            }
            if self.start != nil {
                throw MediaRequest.bad(
                    .certificateStart, "is \(from.dayText), and a year after it is past",
                    "give a later day, or \(.certificateExpire) too")
            }
            warnings.append(
                "the certificate of this media expired on \(until.dayText), because SOURCE_DATE_EPOCH says that it is made"
                    + " on \(from.dayText): add \(.certificateExpire), or no management point accepts it")
        }
        if expiration >= now, expiration.unixSeconds - now.unixSeconds < Certificate.warningDayCount * 86_400 {
            warnings.append("the certificate of this media expires on \(until.dayText): add \(.certificateExpire)")
        }
        if start > now {
            warnings.append(
                "the certificate of this media is valid from \(from.dayText) on: until then no management point accepts it"
            )
        }
        let facts = ["self-signed certificate", key.publicKey.hexadecimal(), from.text, until.text]
        return PreparedCertificate(facts: facts, warnings: warnings) { [key] mediaGUID in
            let digest = SHA256.digest(of: (facts + [mediaGUID]).joined(separator: "\n").utf8)
            return CertificateIdentity.selfSigned(
                commonName: mediaGUID, key: key, serialNumber: Array(digest.bytes.prefix(Self.serialByteCount)),
                validFrom: start, validUntil: expiration)
        }
    }
}

extension CivilTime {
    /// The first second of its day.
    fileprivate var startOfDay: Timestamp {
        Timestamp(unixSeconds: Self.unixSeconds(year: year, month: month, day: day))
    }

    /// The same day and time of the next year; the first of March for a leap day.
    fileprivate var oneYearLater: Timestamp {
        Timestamp(
            unixSeconds: Self.unixSeconds(
                year: year + 1, month: month, day: day, hour: hour, minute: minute, second: second))
    }
}
