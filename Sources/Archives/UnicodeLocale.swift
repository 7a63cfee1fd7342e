// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The locale in which libarchive converts names.
///
/// It converts to and from the character set of the thread's locale, which is ASCII in a program that chooses none, as
/// ours does: then it has no name for a member that is not in ASCII.
enum UnicodeLocale {
    /// Runs `body` with UTF-8 as the thread's character set, whatever the environment says.
    static func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        // Part of the C library since glibc 2.35, so that no file need be installed.
        guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return try body() }
        let previous = uselocale(locale)
        defer {
            uselocale(previous)
            freelocale(locale)
        }
        return try body()
    }
}

/// The code page of MS-DOS, in which zips without the mark for UTF-8 have their names.
enum CodePage437 {
    /// The characters from 0x80 (www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP437.TXT).
    private static let upperHalf = Array(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}"
            .unicodeScalars)

    /// The text at `pointer`.
    static func decode(_ pointer: UnsafePointer<CChar>) -> String {
        var text = String.UnicodeScalarView()
        var position = pointer
        while position.pointee != 0 {
            let byte = UInt8(bitPattern: position.pointee)
            text.append(byte < 0x80 ? Unicode.Scalar(byte) : upperHalf[Int(byte) - 0x80])
            position += 1
        }
        return String(text)
    }
}
