// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport

/// A page in Markdown, as far as tests read it: blocks of code with the commands in them, headings and links.
struct DocumentationPage {
    /// A block of code: fenced, or indented by four spaces.
    struct Block {
        /// The words behind the fence, as "text 65"; none for an indented block.
        let info: [Substring]
        /// Its lines, without fence and indentation.
        var lines: [Substring]
    }

    /// A command of the program, and what the page says that it does.
    struct Command {
        /// The command with its further lines.
        var text: String
        /// What it prints, as the page shows it; nothing where the page does not.
        var printed: [Substring] = []
        /// What it ends with.
        var status: Int32 = 0
    }

    /// The path from the root of the checkout.
    let path: FilePath
    /// The blocks of code in order.
    private(set) var blocks: [Block] = []
    /// The lines outside blocks of code.
    private(set) var prose: [Substring] = []

    /// Reads the page at `path`, from the root of the checkout.
    init(_ path: FilePath) throws {
        self.path = path
        let bytes = try SmallFile.read(Repository.root.pushing(path))
        var fence: Block?
        var isIndented = false
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = fence { blocks.append(block) }
                fence = fence == nil ? Block(info: line.dropFirst(3).split(separator: " "), lines: []) : nil
                isIndented = false
            } else if fence != nil {
                fence?.lines.append(line)
            } else if line.hasPrefix("    "), isIndented || prose.last?.isEmpty != false {
                if !isIndented { blocks.append(Block(info: [], lines: [])) }
                blocks[blocks.count - 1].lines.append(line.dropFirst(4))
                isIndented = true
            } else {
                prose.append(line)
                isIndented = false
            }
        }
    }

    /// The commands: what begins with `tsmedia` in a block that is indented or of the language sh.
    ///
    /// A block of text behind a command is what it prints, and a number behind the word what it ends with.
    var commands: [Command] {
        var commands: [Command] = []
        for block in blocks {
            switch block.info.first {
            case nil, "sh":
                var isContinued = false
                for line in block.lines {
                    if isContinued {
                        commands[commands.count - 1].text += "\n" + line
                    } else if line.hasPrefix("tsmedia ") {
                        commands.append(Command(text: String(line)))
                    } else {
                        continue
                    }
                    isContinued = line.hasSuffix("\\")
                }
            case "text":
                guard let last = commands.indices.last, commands[last].printed.isEmpty else { continue }
                commands[last].printed = block.lines
                commands[last].status = block.info.dropFirst().first.flatMap { Int32($0) } ?? 0
            default: continue
            }
        }
        return commands
    }

    /// The first block of `language`.
    func block(_ language: String) -> [Substring]? { blocks.first { $0.info.first == language[...] }?.lines }

    // MARK: Links

    /// What a link can lead to on this page: the anchors of its headings, as GitHub makes them.
    var anchors: Set<String> {
        var anchors: Set<String> = []
        for line in prose where line.hasPrefix("#") {
            let words = line.drop { $0 == "#" }.dropFirst().lowercased().replacing("](", with: "\u{0}")
            // Of a link the text alone counts.
            let heading = words.split(separator: "\u{0}", omittingEmptySubsequences: false).enumerated().map {
                $0.offset == 0 ? $0.element : $0.element.drop { $0 != ")" }
            }.joined()
            let anchor = String(
                heading.compactMap { character in
                    character == " "
                        ? "-"
                        : character.isLetter || character.isNumber || character == "-" || character == "_"
                            ? character : nil
                })
            var unique = anchor
            var number = 0
            while !anchors.insert(unique).inserted {
                number += 1
                unique = "\(anchor)-\(number)"
            }
        }
        return anchors
    }

    /// The targets of its links, but for those to other sites.
    var links: [Substring] {
        prose.flatMap { line in
            // Code is no link, whatever it looks like.
            let text = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "code" }.joined()
            return text.split(separator: "](", omittingEmptySubsequences: false).dropFirst()
                .map { $0.prefix { $0 != ")" } }
        }.filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }
}
