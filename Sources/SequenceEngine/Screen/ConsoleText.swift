// SPDX-License-Identifier: GPL-3.0-or-later

/// Texts for a console whose font has 256 characters: that of the PC's code page 437, which the kernel's own font follows.
enum ConsoleText {
    /// Characters beyond ASCII that the font has.
    private static let known = Set(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥áíóúñÑªº¿¬½¼¡«»αßΓπΣσµτΦΘΩδεφ≡±≥≤÷≈°·√²".unicodeScalars)

    /// What a reader takes for a letter that the font lacks.
    private static let substitutes: [Unicode.Scalar: String] = [
        "À": "A", "Á": "A", "Â": "A", "Ã": "A", "ã": "a", "È": "E", "Ê": "E", "Ë": "E", "Ì": "I", "Í": "I", "Î": "I",
        "Ï": "I",
        "Ò": "O", "Ó": "O", "Ô": "O", "Õ": "O", "õ": "o", "Ø": "O", "ø": "o", "Ù": "U", "Ú": "U", "Û": "U", "Ý": "Y",
        "ý": "y",
        "Ą": "A", "ą": "a", "Ć": "C", "ć": "c", "Č": "C", "č": "c", "Ď": "D", "ď": "d", "Ę": "E", "ę": "e", "Ě": "E",
        "ě": "e",
        "Ğ": "G", "ğ": "g", "İ": "I", "ı": "i", "Ł": "L", "ł": "l", "Ń": "N", "ń": "n", "Ň": "N", "ň": "n", "Ő": "O",
        "ő": "o",
        "Œ": "OE", "œ": "oe", "Ř": "R", "ř": "r", "Ś": "S", "ś": "s", "Ş": "S", "ş": "s", "Š": "S", "š": "s", "Ţ": "T",
        "ţ": "t",
        "Ť": "T", "ť": "t", "Ů": "U", "ů": "u", "Ű": "U", "ű": "u", "Ź": "Z", "ź": "z", "Ż": "Z", "ż": "z", "Ž": "Z",
        "ž": "z",
        "–": "-", "—": "-", "‘": "'", "’": "'", "‚": ",", "“": "\"", "”": "\"", "„": "\"", "…": "...", "•": "*",
        "€": "EUR",
        "\u{A0}": " ", "™": "(TM)", "©": "(C)", "®": "(R)", "ẞ": "SS",
    ]

    /// `text` in characters that the font has; nil when too little of it would be readable.
    static func readable(_ text: String) -> String? {
        var result = ""
        for scalar in text.precomposed {
            if scalar.isASCII || known.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else if let substitute = substitutes[scalar] {
                result += substitute
            } else {
                return nil
            }
        }
        return result
    }

    /// `text` in characters that the font has, with question marks for those that it lacks.
    static func anyhow(_ text: String) -> String {
        text.unicodeScalars.map { readable(String($0)) ?? "?" }.joined()
    }
}

extension String {
    /// The scalars, letters joined with the marks behind them where a letter for both is known.
    fileprivate var precomposed: [Unicode.Scalar] {
        let joined: [String: Unicode.Scalar] = [
            "a\u{308}": "ä", "o\u{308}": "ö", "u\u{308}": "ü", "A\u{308}": "Ä", "O\u{308}": "Ö", "U\u{308}": "Ü",
            "e\u{301}": "é", "e\u{300}": "è", "e\u{302}": "ê", "a\u{300}": "à", "a\u{302}": "â", "c\u{327}": "ç",
            "n\u{303}": "ñ",
        ]
        var result: [Unicode.Scalar] = []
        for scalar in unicodeScalars {
            if let last = result.last, scalar.properties.canonicalCombiningClass != .notReordered,
                let letter = joined.first(where: { pair in
                    pair.key.unicodeScalars.elementsEqual([last, scalar])
                })?.value
            {
                result[result.count - 1] = letter
            } else {
                result.append(scalar)
            }
        }
        return result
    }
}
