// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Testing

@testable import MediaBuilder
@testable import MediaFormat

@Suite("Dates of certificates")
struct CertificateDateTests {
    private static let key = PrivateKey.newRSA()

    private func time(_ day: String, _ seconds: Int64 = 0) throws -> Timestamp {
        Timestamp(unixSeconds: try #require(CivilTime(day: day)).timestamp.unixSeconds + seconds)
    }

    private func prepared(
        start: String? = nil, end: String? = nil, sourceDate: String? = nil, now: String = "2026-06-15"
    ) throws -> PreparedCertificate {
        let certificate = SelfSignedCertificate(
            key: Self.key, start: try start.map { try time($0) }, expiration: try end.map { try time($0, 86_399) })
        return try MediaCertificate.selfSigned(certificate).prepared(
            sourceDate: try sourceDate.map { try time($0, 4000) }, now: try time(now, 50_000))
    }

    private func range(_ prepared: PreparedCertificate) -> [String] {
        let certificate = prepared.identity("GUID").certificate
        return [certificate.validFrom, certificate.validUntil].map { CivilTime($0).text }
    }

    @Test("a year from the start of the day, of SOURCE_DATE_EPOCH's day where it is set")
    func usual() throws {
        #expect(range(try prepared()) == ["2026-06-15T00:00:00Z", "2027-06-15T00:00:00Z"])
        #expect(range(try prepared(sourceDate: "2026-02-03")) == ["2026-02-03T00:00:00Z", "2027-02-03T00:00:00Z"])
        #expect(range(try prepared(start: "2028-02-29")) == ["2028-02-29T00:00:00Z", "2029-03-01T00:00:00Z"])
        #expect(
            range(try prepared(start: "2026-01-01", end: "2060-12-31")) == [
                "2026-01-01T00:00:00Z", "2060-12-31T23:59:59Z",
            ])
    }

    @Test("what SOURCE_DATE_EPOCH makes expire is warned of, and a day in the future too; other media is not")
    func warnings() throws {
        #expect(try prepared().warnings.isEmpty)
        let past = try #require(try prepared(sourceDate: "2023-11-14").warnings.first).description
        #expect(past.contains("expired on 2024-11-14") && past.contains("SOURCE_DATE_EPOCH"))
        #expect(try prepared(start: "2026-07-01").warnings.first?.description.contains("from 2026-07-01 on") == true)
    }

    @Test("what cannot be accepted on any day to come is refused, and so is an end before the start")
    func refused() throws {
        for (start, end, field) in [
            (nil, "2026-06-14", RequestField.certificateExpire), ("2025-01-01", nil, .certificateStart),
            ("2027-01-02", "2027-01-01", .certificateExpire),
        ] as [(String?, String?, RequestField)] {
            let error = #expect(throws: MediaBuilderError.self) { try prepared(start: start, end: end) }
            #expect(error?.code == .badRequest)
            #expect(error?.field == field)
        }
    }

    @Test("serial numbers differ from media to media, and are the same for the same")
    func serialNumbers() throws {
        let prepared = try prepared()
        #expect(prepared.identity("A").certificate == prepared.identity("A").certificate)
        #expect(prepared.identity("A").certificate != prepared.identity("B").certificate)
        #expect(!prepared.facts.joined().contains("private"))
    }

    @Test(
        "days until a certificate expires are whole, and below zero behind it",
        arguments: [(30, 30, false), (29, 29, true), (0, 0, true), (-1, -1, true)] as [(Int64, Int64, Bool)])
    func days(offset: Int64, count: Int64, isTold: Bool) throws {
        let certificate = try prepared().identity("A").certificate
        let now = Timestamp(unixSeconds: certificate.validUntil.unixSeconds - offset * 86_400)
        #expect(certificate.dayCount(from: now) == count)
        #expect((certificate.expiryText(now: now) != nil) == isTold)
    }
}
