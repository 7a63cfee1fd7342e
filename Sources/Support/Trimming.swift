// SPDX-License-Identifier: GPL-3.0-or-later

extension BidirectionalCollection {
    /// The part without the elements at both ends that `isTrimmed` accepts.
    @inlinable
    public func trimming(_ isTrimmed: (Element) -> Bool) -> SubSequence {
        var part = drop(while: isTrimmed)
        while let last = part.last, isTrimmed(last) { part.removeLast() }
        return part
    }
}

extension String {
    /// The text without the characters at its end that `isTrimmed` accepts.
    public func trimmingTrailing(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}

extension StringProtocol {
    /// Whether the text is `prefix` and then a digit of ASCII, as the kernel numbers devices of a kind.
    public func hasNumber(after prefix: String) -> Bool {
        hasPrefix(prefix) && dropFirst(prefix.count).first.map { ("0"..."9").contains($0) } == true
    }
}
