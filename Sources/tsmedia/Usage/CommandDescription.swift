// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials

/// What the argument parser knows of a command: its options and arguments.
///
/// Read from the description that the parser makes for manuals; only somebody who typed something wrong waits for it.
struct CommandDescription: Decodable {
    /// An option, a flag or an argument.
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool
        let allValues: [String]?
        private let completionKind: Completion?

        /// What shells offer as a value.
        private struct Completion: Decodable {
            enum CodingKeys: String, CodingKey { case file, directory }

            /// Whether that is the path of a file or a folder.
            let isPath: Bool

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                isPath = container.contains(.file) || container.contains(.directory)
            }
        }

        /// Whether shells complete the value as a path.
        var completesPath: Bool { completionKind?.isPath == true }

        /// As it is typed: `--output`, `-o`; empty for an argument without a name.
        var spellings: [String] {
            (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
        }

        /// As a message calls it: `--library`, `<source>`.
        var title: String { spellings.first { $0.hasPrefix("--") } ?? "<\(valueName ?? "argument")>" }
    }

    private struct Document: Decodable {
        let command: CommandDescription
    }

    private let arguments: [Argument]?

    /// The description of `command`; nil when the parser describes it in another form than this one.
    init?(of command: any ParsableCommand.Type) {
        let text = command._dumpHelp()
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)) else { return nil }
        self = document.command
    }

    /// What people are to see.
    var visible: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    /// The option, flag or argument that is spelled `word`.
    func argument(spelled word: String) -> Argument? {
        visible.first { $0.spellings.contains(word) || $0.title == word }
    }
}
