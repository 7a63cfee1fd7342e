// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A list of signatures of one kind: EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1).
struct SignatureList {
    /// What its entries are; their numbers are of UEFI 2.10, 32.4.1.
    enum Kind: CaseIterable {
        /// EFI_CERT_X509_GUID: certificates in DER.
        case certificate
        /// EFI_CERT_SHA1_GUID, EFI_CERT_SHA256_GUID, EFI_CERT_SHA384_GUID, EFI_CERT_SHA512_GUID: digests of programs.
        case programSHA1, programSHA256, programSHA384, programSHA512
        /// EFI_CERT_X509_SHA256_GUID, EFI_CERT_X509_SHA384_GUID, EFI_CERT_X509_SHA512_GUID: digests of what issuers signed of
        /// certificates, each with the time from which it is revoked.
        case certificateSHA256, certificateSHA384, certificateSHA512

        fileprivate var guid: String {
            switch self {
            case .certificate: "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
            case .programSHA1: "826ca512-cf10-4ac9-b187-be01496631bd"
            case .programSHA256: "c1c41626-504c-4092-aca9-41f936934328"
            case .programSHA384: "ff3e5307-9fd0-48c9-85f1-8ad56c701e01"
            case .programSHA512: "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a"
            case .certificateSHA256: "3bd2a492-96c0-4079-b420-fcf98ef103ed"
            case .certificateSHA384: "7076876e-80c2-4ee6-aad2-28b349a6865b"
            case .certificateSHA512: "446dbf63-2502-4cda-bcfa-2465d2b0fe9d"
            }
        }
    }

    /// What its entries are; nil for a kind that is not known.
    let kind: Kind?
    /// SignatureType as text.
    let type: String
    /// What each entry holds behind the GUID of its owner.
    let entries: [ArraySlice<UInt8>]

    /// SignatureType, SignatureListSize, SignatureHeaderSize, SignatureSize.
    private static let headLength = GUID.byteCount + 12
    /// The lists of the UEFI forum have some hundred entries, and an entry has 17 bytes at least.
    static let entryLimit = 1 << 17

    /// The lists that follow each other in `bytes`; nil when they do not fill them, or there is none.
    static func read(_ bytes: ArraySlice<UInt8>) -> [SignatureList]? {
        let reader = ByteReader(bytes)
        var (lists, offset, entryCount): ([SignatureList], Int, Int) = ([], 0, 0)
        while offset < reader.count {
            guard let type = reader.slice(at: offset, length: GUID.byteCount).flatMap({ GUID(stored: $0) }),
                let length = reader.littleEndian(UInt32.self, at: offset + GUID.byteCount).map({ Int($0) }),
                let header = reader.littleEndian(UInt32.self, at: offset + GUID.byteCount + 4).map({ Int($0) }),
                let entry = reader.littleEndian(UInt32.self, at: offset + GUID.byteCount + 8).map({ Int($0) }),
                entry > GUID.byteCount, header <= length, length >= headLength + header,
                let body = reader.slice(at: offset + headLength + header, length: length - headLength - header),
                body.count.isMultiple(of: entry)
            else { return nil }
            entryCount += body.count / entry
            guard entryCount <= entryLimit else { return nil }
            let name = type.text(.lower)
            lists.append(
                SignatureList(
                    kind: Kind.allCases.first { $0.guid == name }, type: name,
                    entries: stride(from: body.startIndex, to: body.endIndex, by: entry).map {
                        body[$0 + GUID.byteCount..<$0 + entry]
                    }))
            offset += length
        }
        return lists.isEmpty ? nil : lists
    }
}
