// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

extension CommandConfiguration {
    /// The configuration of a command whose help says what is required, and shows how it is used, before the long list.
    ///
    /// - Parameters:
    ///   - required: the options and arguments without which it does nothing; nil when there are none.
    ///   - examples: command lines, each of which does something as it stands.
    init(
        name: String? = nil, abstract: String, discussion: String = "", required: String? = nil, examples: [String]
    ) {
        let parts =
            (discussion.isEmpty ? [] : [discussion]) + (required.map { ["Required: \($0)."] } ?? [])
            + ["Examples:\n" + examples.map { "  \($0)" }.joined(separator: "\n")]
        self.init(commandName: name, abstract: abstract, discussion: parts.joined(separator: "\n\n"))
    }
}
