// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The password of an encrypted container; it is never printed, logged or compared by the caller.
public struct MediaPassword: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The literal that stands for "no password" (media.md section 1): public, so it protects nothing.
    private static let defaultText = "{BAC6E688-DE21-4ABE-B7FB-C9F54E6DB664}"

    private let text: String

    /// The password `text`, as the user typed it.
    public init(_ text: String) { self.text = text }

    /// What Variables.dat is encrypted with when the user sets no password.
    public static let none = MediaPassword(defaultText)

    /// What Policy.xml of stand-alone media is encrypted with when the user sets no password.
    ///
    /// - Parameter text: the value of `_SMSMediaGuid`, exactly as the variable spells it.
    public static func mediaGUID(_ text: String) -> MediaPassword { MediaPassword(text) }

    /// Never the password.
    public var description: String { "(password)" }
    /// Never the password.
    public var debugDescription: String { description }
    /// Never the password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The first `byteCount` bytes of the key that CryptDeriveKey makes from this password.
    ///
    /// The password enters as UTF-16LE without byte order mark or terminator.
    func key(byteCount: Int) -> [UInt8] {
        DerivedKey.bytes(from: Text.encodeUTF16LittleEndian(text), byteCount: byteCount)
    }
}

/// What CryptDeriveKey makes of something secret over SHA-1 (media.md section 1; the recipe is that of its documentation
/// for ciphers whose key is longer than the hash).
enum DerivedKey {
    /// The first `byteCount`, at most 40, bytes.
    static func bytes(from secret: [UInt8], byteCount: Int) -> [UInt8] {
        let hash = SHA1.digest(of: secret)
        func padded(with byte: UInt8) -> [UInt8] {
            hash.map { $0 ^ byte } + [UInt8](repeating: byte, count: 64 - hash.count)
        }
        let derived = SHA1.digest(of: padded(with: 0x36)) + SHA1.digest(of: padded(with: 0x5C))
        return Array(derived.prefix(byteCount))
    }
}
