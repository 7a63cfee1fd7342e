// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Testing

@testable import tsmedia

/// `--help` of every command.
@Suite("Help")
struct HelpTests {
    /// The commands that do something without any option or argument.
    private static let commandsThatNeedNothing = [
        ["devices"], ["ledger", "list"], ["store", "prune"], ["store", "show"], ["store", "verify"],
    ]

    /// Every command that does something, with its words.
    private static let commands: [(words: [String], type: any ParsableCommand.Type)] = {
        func below(_ type: any ParsableCommand.Type, _ words: [String]) -> [([String], any ParsableCommand.Type)] {
            let subcommands = type.configuration.subcommands
            return subcommands.isEmpty
                ? [(words, type)] : subcommands.flatMap { below($0, words + [$0._commandName]) }
        }
        return below(TSMedia.self, [])
    }()

    private static func help(_ type: any ParsableCommand.Type) -> [String] {
        HelpText(TSMedia.helpMessage(for: type, columns: 80)).folded.split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .map(String.init)
    }

    @Test("begins with what is required and with examples, on one screen of 80 by 24")
    func firstScreen() throws {
        #expect(Self.commands.count > 20)
        for (words, type) in Self.commands {
            let lines = Self.help(type)
            let usage = try #require(lines.firstIndex { $0.hasPrefix("USAGE:") }, "\(words)")
            let options = try #require(lines[usage...].firstIndex(of: ""), "\(words)")
            #expect(options <= 23, "\(words) has \(options) lines before its options")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(words)")
            #expect(lines.contains("Examples:"), "\(words)")
            let needsNothing = Self.commandsThatNeedNothing.contains(words)
            #expect(lines.contains { $0.hasPrefix("Required: ") } != needsNothing, "\(words)")
        }
    }

    @Test("the examples are of the command, with options that it has, and parse")
    func examples() throws {
        for (words, type) in Self.commands {
            let lines = Self.help(type)
            let start = try #require(lines.firstIndex(of: "Examples:"))
            let text = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.map { $0.dropFirst(2) }
                .joined(separator: "\n").replacing("\\\n", with: "")
            for example in text.split(separator: "\n") {
                let arguments = Self.shellWords(String(example))
                #expect(Array(arguments.prefix(words.count + 1)) == ["tsmedia"] + words, "\(example)")
                #expect(throws: Never.self, "\(example)") { try TSMedia.parseAsRoot(Array(arguments.dropFirst())) }
            }
            #expect(!text.isEmpty)
        }
    }

    @Test("what help calls required is what the parser requires")
    func required() throws {
        for (words, type) in Self.commands {
            let lines = Self.help(type).joined(separator: " ")
            for argument in CommandDescription(of: type)?.visible ?? [] where !argument.isOptional {
                let names = [argument.title, "the media", "a drive", "a WIM"]
                #expect(
                    names.contains { lines.contains("Required: ") && lines.contains($0) }, "\(words): \(argument.title)"
                )
            }
        }
    }

    /// The words of a command line with quotation marks of both kinds.
    private static func shellWords(_ line: String) -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for character in line {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
