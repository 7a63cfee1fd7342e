// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// How often a PFX has its password hashed, which the file says itself: a hostile one could say so many times that reading
/// it never ends.
enum PFXRounds {
    /// More than any program writes (Windows 2,000, openssl 2,048), and a few seconds of work.
    private static let limit: UInt64 = 5_000_000

    /// Refuses the rounds of a MAC.
    static func check(_ count: UnsafePointer<ASN1_INTEGER>?, _ name: String) throws(CryptographyError) {
        // Without a number it is one round (RFC 7292, 4).
        guard let count else { return }
        var value: UInt64 = 0
        guard ASN1_INTEGER_get_uint64(&value, count) == 1, value <= limit else { throw tooMany(name) }
    }

    /// Refuses the rounds in the parameters of an encryption, wherever in them they stand.
    static func check(_ algorithm: UnsafePointer<X509_ALGOR>?, _ name: String) throws(CryptographyError) {
        guard let algorithm else { return }
        let bytes = Libcrypto.der({ i2d_X509_ALGOR(algorithm, $0) }) ?? []
        guard let largest = largestNumber(in: bytes[...]), largest <= limit else { throw tooMany(name) }
    }

    private static func tooMany(_ name: String) -> CryptographyError {
        CryptographyError(
            .unsupported, name, "asks for more than \(limit) rounds of hashing its password, as no program writes it",
            nextStep: "export it again")
    }

    /// The largest INTEGER in DER (X.690, 8.1 and 8.3); nil for what libcrypto did not write.
    private static func largestNumber(in bytes: ArraySlice<UInt8>) -> UInt64? {
        var rest = bytes
        var largest: UInt64 = 0
        while let tag = rest.popFirst() {
            guard let count = length(&rest), count <= rest.count else { return nil }
            let value = rest.prefix(count)
            rest = rest.dropFirst(count)
            if tag & 0x20 != 0 {
                guard let inner = largestNumber(in: value) else { return nil }
                largest = max(largest, inner)
            } else if tag == 0x02 {
                let digits = value.drop { $0 == 0 }
                guard digits.count < 8 else { return .max }
                largest = max(largest, digits.reduce(0) { $0 << 8 | UInt64($1) })
            }
        }
        return largest
    }

    private static func length(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        guard first & 0x80 != 0 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...4).contains(count), count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
}
