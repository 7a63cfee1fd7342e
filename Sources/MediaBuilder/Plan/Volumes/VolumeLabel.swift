// SPDX-License-Identifier: GPL-3.0-or-later

import DiscImage

/// The label of a volume: the text of the request and, in a set, ` #N` at its end (ours.md section 2).
struct VolumeLabel: Sendable {
    private let text: String
    /// What stands at the end, however short the label must be.
    private let ending: String

    /// The label of volume `number` of `count`.
    init(_ text: String, volume number: Int, of count: Int) {
        self.text = text
        ending = count > 1 ? " #\(number)" : ""
    }

    /// All of it.
    var whole: String { text + ending }

    /// For an ISO 9660 volume descriptor.
    var iso: String { cut { $0.utf8.count <= DiscDescription.labelByteLimit } }

    /// For a Joliet volume descriptor.
    var joliet: String { cut { $0.utf16.count <= DiscDescription.jolietLabelLimit } }

    /// The longest label that fits; a character is never cut.
    private func cut(_ fits: (String) -> Bool) -> String {
        var head = text
        while !fits(head + ending), !head.isEmpty { head.removeLast() }
        return head.trimmingTrailing { $0 == " " } + ending
    }
}
