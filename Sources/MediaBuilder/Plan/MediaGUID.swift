// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The GUID of media: the same request with the same content has the same one.
enum MediaGUID {
    /// Derives a GUID from `facts` and then `further` ones: a UUID of version 8 (RFC 9562, 5.8), upper case in braces.
    ///
    /// The GUID is public. No secret may be among the facts, or the GUID would let anyone check guesses at it.
    static func derive(
        from facts: [String], and further: some Sequence<String> = EmptyCollection<String>()
    ) -> String {
        let hash = SHA256()
        hash.update("tsmedia media GUID 1".utf8)
        func add(_ fact: String) {
            var length: [UInt8] = []
            length.append(littleEndian: UInt64(fact.utf8.count))
            hash.update(length)
            hash.update(fact.utf8)
        }
        for fact in facts { add(fact) }
        for fact in further { add(fact) }
        var bytes = Array(hash.finalize().bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return braced(bytes.hexadecimal(.upper))
    }

    /// A GUID that the user gave, spelled as we spell ours.
    static func normalize(_ text: String) -> String {
        braced(text.uppercased().filter { $0 != "-" && $0 != "{" && $0 != "}" })
    }

    private static func braced(_ digits: String) -> String {
        var groups: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return "{" + groups.joined(separator: "-") + "}"
    }
}
