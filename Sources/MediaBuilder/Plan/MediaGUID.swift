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
        return braced(GUID(custom: hash.finalize().bytes))
    }

    /// A GUID that the user gave, spelled as we spell ours.
    ///
    /// What is no GUID comes back as it is; a request with it is refused before.
    static func normalize(_ text: String) -> String {
        let digits = text.filter { $0 != "-" && $0 != "{" && $0 != "}" }
        guard let bytes = [UInt8](hexadecimal: digits), bytes.count == GUID.byteCount else { return text }
        return braced(GUID(bytes))
    }

    private static func braced(_ guid: GUID) -> String { "{\(guid.text(.upper))}" }
}
