// SPDX-License-Identifier: GPL-3.0-or-later

extension String {
    /// True when the UTF-8 bytes of this text come before those of `other`.
    public func precedesByBytes(_ other: String) -> Bool { precedesByBytes(other) { $0 } }

    /// True when the UTF-8 bytes of this text, each as `rank` has it, come before those of `other`.
    @inline(__always)
    func precedesByBytes(_ other: String, rank: (UInt8) -> UInt8) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        let common = min(left.count, right.count)
        var index = 0
        while index < common {
            if left[index] != right[index] { return rank(left[index]) < rank(right[index]) }
            index += 1
        }
        return left.count < right.count
    }
}
