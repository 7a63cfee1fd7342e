// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import MediaFormat

/// Options of one kind of media that are typed for another.
enum ForeignOptions {
    /// Why `create` has no `option` for the kind of media that `arguments` ask for; nil when other kinds have none either.
    static func answer(toOption option: String, in arguments: [String]) -> String? {
        guard arguments.count > 1, arguments[0] == "create", let kind = Create.mediaType(of: arguments[1]) else {
            return nil
        }
        let owners = MediaType.allCases.filter { type in
            type.optionGroups.contains { group in
                group.fields.contains { OptionNames.option($0) == option }
            }
        }
        guard !owners.isEmpty, !owners.contains(kind) else { return nil }
        let reason =
            kind == .capture
            ? "it captures a computer and runs nothing else, so that the genuine builder takes none either"
            : "leave it out"
        return
            "\(option) belongs to \(owners.map(\.title).joined(separator: ", ")); \(kind.title) has no such option: \(reason)"
    }
}
