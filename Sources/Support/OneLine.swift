// SPDX-License-Identifier: GPL-3.0-or-later

extension String {
    /// The text with control characters escaped, so that a hostile name can neither break a line nor drive a terminal.
    public var onOneLine: String {
        // Nearly all text is plain ASCII, for which Unicode's tables need not be asked.
        if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isControl {
                text += scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    /// True for what does something to a terminal or to a line instead of being seen: C0 and C1 control characters, DEL,
    /// line and paragraph separators, and format characters such as the direction overrides that disguise a name.
    public var isControl: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
