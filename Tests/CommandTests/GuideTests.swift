// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// docs/guide, followed literally.
@Suite("the guide")
struct GuideTests {
    private static let folder: FilePath = "docs/guide"

    /// The pages with commands; all are looked at, whatever they are called.
    private static let pages: [DocumentationPage] =
        ((try? FolderEntry.entries(of: Repository.root.pushing(folder))) ?? []).compactMap(\.name)
        .filter { $0.hasSuffix(".md") }.sorted().compactMap { try? DocumentationPage(folder.appending($0)) }

    @Test(
        "every command works as written and prints what its page shows",
        arguments: pages.filter { !$0.commands.isEmpty }.map(\.path.string))
    func works(path: String) throws {
        let page = try DocumentationPage(FilePath(path))
        let session = try GuideSession(page)
        for command in page.commands {
            let result = try session.run(command.text)
            #expect(result.status == command.status, "\(path): \(command.text)\n\(result.output)")
            guard result.isAsWritten, let missing = Self.firstMissing(command.printed, in: result.output) else {
                continue
            }
            Issue.record("\(path): \(command.text)\ndoes not print, in this order,\n\(missing)\nbut\n\(result.output)")
        }
    }

    @Test("each job has its page, which shows what most commands print, and none needs many runs")
    func jobs() throws {
        let commands = Self.pages.map(\.commands)
        #expect(commands.filter { !$0.isEmpty }.count >= 9)
        #expect((25...38).contains(commands.joined().count), "\(commands.joined().count) runs of the program")
        #expect(commands.joined().filter(\.printed.isEmpty).map(\.text) == ["tsmedia devices"])
        for page in Self.pages {
            let texts = page.commands.map(\.text)
            #expect(Set(texts).count == texts.count, "\(page.path) has a command twice")
        }
    }

    /// The first of `lines` that `output` does not have behind those before it; `...` stands for anything.
    private static func firstMissing(_ lines: [Substring], in output: String) -> Substring? {
        var rest = output.split(separator: "\n", omittingEmptySubsequences: false).map { generalized($0) }[...]
        for line in lines where line != "..." {
            let pattern: [Substring] = generalized(line).split(separator: "...", omittingEmptySubsequences: false)
            guard let place = rest.firstIndex(where: { matches($0, pattern) }) else { return line }
            rest = rest[(place + 1)...]
        }
        return nil
    }

    /// Whether `line` is `pieces` with anything between them.
    private static func matches(_ line: String, _ pieces: [Substring]) -> Bool {
        guard let first = pieces.first, let last = pieces.last, line.hasPrefix(first) else { return false }
        guard pieces.count > 1 else { return line == first }
        var rest = line.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }

    /// `line` without sizes, which follow the versions of the programs that the demo's loaders are made with.
    private static func generalized(_ line: Substring) -> String {
        var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for (number, word) in words.enumerated() where number > 0 {
            guard ["bytes", "KiB", "MiB", "GiB", "%"].contains(word.filter { $0.isLetter || $0 == "%" }) else {
                continue
            }
            words[number - 1] = String(words[number - 1].prefix { !$0.isNumber }) + "#"
        }
        return words.joined(separator: " ").trimmingTrailing(\.isWhitespace)
    }
}
