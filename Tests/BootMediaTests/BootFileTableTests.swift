// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage
import Testing
import WindowsImaging

@testable import BootMedia

@Suite struct BootFileTableTests {
    @Test("no two rules have one target, and every path is one that media can hold", arguments: Architecture.allCases)
    func targets(architecture: Architecture) {
        let rules = BootFileTable.rules(for: architecture)
        let targets = rules.map { $0.target.uppercased() }
        #expect(Set(targets).count == targets.count)
        for path in rules.flatMap({ [$0.target] + $0.candidates.map(\.path) }) {
            let parts = path.split(separator: "*", omittingEmptySubsequences: false)
            #expect(parts.count <= 2)
            #expect(throws: Never.self) { try MediaPath(parts.joined(separator: "x")) }
        }
    }

    @Test("every rule has a place for both sets and both prompts, but bootfix.bin", arguments: Architecture.allCases)
    func coverage(architecture: Architecture) {
        for rule in BootFileTable.rules(for: architecture) where rule.target != "boot/bootfix.bin" {
            for generation in [LoaderGeneration.windows2011, .windows2023] {
                for prompt in [true, false] {
                    #expect(rule.candidates.contains { $0.serves(generation, promptsForKey: prompt) })
                }
            }
        }
    }

    @Test("docs/boot-files.md names every target and every place")
    func documentation() throws {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let page = String(decoding: try SmallFile.read(root.appending("docs/boot-files.md")), as: UTF8.self)
        let rules = Architecture.allCases.flatMap { BootFileTable.rules(for: $0) }
        for path in Set(rules.flatMap { [$0.target] + $0.candidates.map(\.path) }) {
            let general = ["i386", "x64", "arm64"].reduce(path) { text, name in
                text.split(separator: "/").map { $0 == name ? "<arch>" : String($0) }.joined(separator: "/")
            }
            #expect(page.contains("`\(general)`"), "\(general)")
        }
    }

    @Test(
        "a star stands for any part of a name, without case",
        arguments: [
            ("wgl4_boot.ttf", "*.ttf", "wgl4_boot"), ("WGL4_BOOT.TTF", "*.ttf", "WGL4_BOOT"),
            ("wgl4_boot_EX.ttf", "*_EX.ttf", "wgl4_boot"), ("wgl4_boot.ttf", "*_EX.ttf", nil), (".ttf", "*.ttf", nil),
            ("en-US", "*", "en-US"), ("a.txt", "*.ttf", nil), ("abab", "ab*ab", nil), ("abcab", "ab*ab", "c"),
        ] as [(String, String, String?)])
    func star(name: String, pattern: String, expected: String?) {
        #expect(name.star(of: pattern) == expected)
    }
}
