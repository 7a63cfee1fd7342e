// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A form in which lists of what firmware refuses come as files.
protocol RevocationListForm: SendableMetatype {
    /// The revocations in `bytes`, and the types of those that are not known; nil when they are not of this form.
    static func read(_ bytes: [UInt8]) -> (revocations: [any Revocation], unknownTypes: [String])?
}

/// Signature lists one behind the other, as in the variable `dbx` of firmware and as sbsiglist and efitools write them.
enum BareSignatureLists: RevocationListForm {
    /// EFI_TIME (UEFI 2.10, 8.3).
    static let timeLength = 16

    static func read(_ bytes: [UInt8]) -> (revocations: [any Revocation], unknownTypes: [String])? { read(bytes[...]) }

    static func read(_ bytes: ArraySlice<UInt8>) -> (revocations: [any Revocation], unknownTypes: [String])? {
        guard let lists = SignatureList.read(bytes) else { return nil }
        var (revocations, unknown): ([any Revocation], [String]) = ([], [])
        for list in lists {
            guard let kind = list.kind else {
                unknown.append(list.type)
                continue
            }
            guard let revocation = revocation(kind, list.entries) else { return nil }
            revocations.append(revocation)
        }
        return (revocations, unknown)
    }

    private static func revocation(_ kind: SignatureList.Kind, _ entries: [ArraySlice<UInt8>]) -> (any Revocation)? {
        switch kind {
        case .certificate: certificates(entries)
        case .programSHA1: programs(.sha1, entries)
        case .programSHA256: programs(.sha256, entries)
        case .programSHA384: programs(.sha384, entries)
        case .programSHA512: programs(.sha512, entries)
        case .certificateSHA256: certificateDigests(.sha256, entries)
        case .certificateSHA384: certificateDigests(.sha384, entries)
        case .certificateSHA512: certificateDigests(.sha512, entries)
        }
    }

    private static func programs(_ algorithm: HashAlgorithm, _ entries: [ArraySlice<UInt8>]) -> (any Revocation)? {
        guard entries.allSatisfy({ $0.count == algorithm.byteCount }) else { return nil }
        return RevokedPrograms(algorithm: algorithm, digests: Set(entries.map { Array($0) }))
    }

    private static func certificates(_ entries: [ArraySlice<UInt8>]) -> (any Revocation)? {
        let certificates = entries.compactMap { Certificate(der: Array($0)) }
        return certificates.count == entries.count ? RevokedCertificates(certificates: certificates) : nil
    }

    private static func certificateDigests(
        _ algorithm: HashAlgorithm, _ entries: [ArraySlice<UInt8>]
    ) -> (any Revocation)? {
        guard entries.allSatisfy({ $0.count == algorithm.byteCount + timeLength }) else { return nil }
        let digests = entries.map { (Array($0.prefix(algorithm.byteCount)), time($0.suffix(timeLength))) }
        return RevokedCertificateDigests(
            algorithm: algorithm, digests: Dictionary(digests) { first, second in first == nil ? first : second })
    }

    /// The time in an EFI_TIME; nil for zeros from year to second, which stand for all times.
    private static func time(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.prefix(7).contains(where: { $0 != 0 }) else { return nil }
        let fields = ByteReader(bytes)
        let year = Int64(fields.littleEndian(UInt16.self, at: 0) ?? 0)
        let others = fields.bytes.dropFirst(2).prefix(5).map { Int64($0) }
        return CivilTime(
            Timestamp(
                unixSeconds: CivilTime.unixSeconds(
                    year: year, month: others[0], day: others[1], hour: others[2], minute: others[3],
                    second: others[4]))
        ).text
    }
}

/// What the UEFI forum publishes (dbxupdate_x64.bin): EFI_VARIABLE_AUTHENTICATION_2 and signature lists (UEFI 2.10, 8.2.2).
enum AuthenticatedVariable: RevocationListForm {
    /// WIN_CERTIFICATE_UEFI_GUID: wRevision, wCertificateType (WIN_CERT_TYPE_EFI_GUID), and the length of its head (32.2.4).
    private static let revision: UInt16 = 0x0200
    private static let certificateType: UInt16 = 0x0EF1
    private static let headLength = 8 + GUID.byteCount

    static func read(_ bytes: [UInt8]) -> (revocations: [any Revocation], unknownTypes: [String])? {
        let reader = ByteReader(bytes)
        let start = BareSignatureLists.timeLength
        guard let length = reader.littleEndian(UInt32.self, at: start).map({ Int($0) }), length >= headLength,
            reader.littleEndian(at: start + 4) == revision, reader.littleEndian(at: start + 6) == certificateType,
            let lists = reader.slice(at: start + length, length: max(0, reader.count - start - length))
        else { return nil }
        return BareSignatureLists.read(lists)
    }
}

/// A variable of firmware as Linux shows it (/sys/firmware/efi/efivars/dbx-...): four bytes of attributes and signature lists.
enum VariableFile: RevocationListForm {
    private static let attributesLength = 4

    static func read(_ bytes: [UInt8]) -> (revocations: [any Revocation], unknownTypes: [String])? {
        BareSignatureLists.read(bytes.dropFirst(attributesLength))
    }
}

/// The generations that a shim asks for: lines as in its variable SbatLevel (github.com/rhboot/shim, SBAT.md).
enum SecurityLevelList: RevocationListForm {
    static func read(_ bytes: [UInt8]) -> (revocations: [any Revocation], unknownTypes: [String])? {
        let start = Array("\(SecurityLevel.formatName),".utf8)
        guard bytes.starts(with: start), bytes.count <= SecurityLevel.byteCountLimit else { return nil }
        let minimums = SecurityLevel.levels(inLines: bytes.prefix { $0 != 0 })
        return minimums.isEmpty ? nil : ([OutdatedComponents(minimums: minimums)], [])
    }
}
