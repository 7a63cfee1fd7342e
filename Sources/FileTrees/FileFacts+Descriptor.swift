// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension FileFacts {
    /// The SHA-256 of a security descriptor in self-relative form, up to the end of its last part.
    ///
    /// What follows says nothing, and no volume keeps it. Of one that is not sound all bytes count.
    public static func descriptorDigest(of bytes: ArraySlice<UInt8>) -> SHA256Digest {
        SHA256.digest(of: bytes.prefix(descriptorByteCount(of: ByteReader(bytes)) ?? bytes.count))
    }

    /// Fields of a SECURITY_DESCRIPTOR, a SID and an ACL (MS-DTYP 2.4.6, 2.4.2.2, 2.4.5).
    private enum Field {
        static let owner = 4
        static let group = 8
        static let systemList = 12
        static let list = 16
        static let headByteCount = 20
        static let listByteCount = 2
        static let authorityCount = 1
        static let identifierHeadByteCount = 8
    }

    /// The bytes from the head to the end of what lies last; nil when a part is not all there.
    private static func descriptorByteCount(of reader: ByteReader) -> Int? {
        guard reader.count >= Field.headByteCount else { return nil }
        var end = Field.headByteCount
        for field in [Field.owner, Field.group, Field.systemList, Field.list] {
            guard let place: UInt32 = reader.littleEndian(at: field) else { return nil }
            guard place > 0 else { continue }
            let byteCount: Int
            if field == Field.owner || field == Field.group {
                guard let count: UInt8 = reader.littleEndian(at: Int(place) + Field.authorityCount) else { return nil }
                byteCount = Field.identifierHeadByteCount + 4 * Int(count)
            } else {
                guard let count: UInt16 = reader.littleEndian(at: Int(place) + Field.listByteCount) else { return nil }
                byteCount = Int(count)
            }
            guard reader.slice(at: Int(place), length: byteCount) != nil else { return nil }
            end = max(end, Int(place) + byteCount)
        }
        return end
    }
}
