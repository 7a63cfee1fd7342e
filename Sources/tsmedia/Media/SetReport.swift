// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import MediaFormat
import Support

/// In words, whether several volumes are one set.
struct SetReport {
    private let set: MediaSetMembership

    init(_ set: MediaSetMembership) { self.set = set }

    /// The lines: what is wrong, or that nothing is.
    var lines: [String] {
        let lines =
            set.foreign.map { "foreign volume  \($0.media) \($0.reason)" }
            + set.missing.map { "missing volume  \($0) of \(set.volumeCount)" }
            + set.incomplete.map { "incomplete      \($0)" }
        return (lines.isEmpty ? ["complete: all \(set.volumeCount) volumes of \(set.mediaGuid)"] : lines).map(
            \.onOneLine)
    }
}
