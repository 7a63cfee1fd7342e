// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Commands with options and values that nobody gives.
@Suite("Mutation of options", .timeLimit(.minutes(60)))
struct OptionMutationTests {
    /// A command and the names of its options, as the program itself has them.
    private struct Command {
        let words: [String]
        let options: [(name: String, takesValue: Bool)]
        let argumentCount: Int
    }

    /// Not run: they start other programs, wait for somebody, or ask servers.
    private static let left: Set<String> = ["try", "burn", "write", "fetch", "site", "help", "build"]

    private static let values = [
        "", " ", "-", "--", "0", "-1", "1", "00", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "1e9",
        "NaN", "4.5GiB", "0B", "100%", "2024-02-30", "9999-99-99T99:99:99Z", "\u{1B}[31m", "a\nb", "\u{202E}x",
        "é\u{301}",
        "ABC00001", "ABC00012", "ABC0001", "../x", "a/../../b", ".", "/nonexistent/x", "media.iso", "x.wim", "x.img",
        "%n%s", "${x}", "'", "\"", "a=b", "=", "a=", "=b", "CON", "\\\\server\\share\\x", "smb://127.0.0.1:1/x",
        "http://127.0.0.1:1", "https://[::1]:1/", "http://", "{11111111-2222-3333-4444-555555555555}", "x64", "gpt",
        "json", "1/0", "3/2",
        String(repeating: "A", count: 5_000), String(repeating: "a/", count: 600), "*", "?", "[a-", "(((((", "\\", "\t",
    ]

    @Test("options and values at random are taken or refused, and no run ends by a signal, hangs or grows")
    func options() throws {
        let session = try CommandSession()
        let tree = try JSONValue(parsing: try session.succeed(["--experimental-dump-help"]).output)
        var commands: [Command] = []
        try Self.collect(tree["command"], [], &commands)
        #expect(commands.count > 20)
        let only = getenv("TSMEDIA_MUTATION_SEED").flatMap { UInt64(String(cString: $0)) }
        let seeds = only.map { [$0] } ?? (0..<UInt64(Rounds.of(600, percent: 8))).map { 9_000 + $0 }
        for seed in seeds {
            var random = SeededGenerator(seed: seed)
            let command = commands[Int.random(in: 0..<commands.count, using: &random)]
            var words = command.words
            // A run that would go far without what is added.
            if command.words == ["create", "standalone"], Bool.random(using: &random) {
                words = session.arguments(.standalone, "m.iso", ["--dry-run"])
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) where !command.options.isEmpty {
                let option = command.options[Int.random(in: 0..<command.options.count, using: &random)]
                words.append("--" + option.name)
                if option.takesValue {
                    words.append(Self.values[Int.random(in: 0..<Self.values.count, using: &random)])
                }
            }
            for _ in 0..<Int.random(in: 0...max(1, command.argumentCount), using: &random) {
                words.append(Self.values[Int.random(in: 0..<Self.values.count, using: &random)])
            }
            let run = try WatchedRun(words, in: session.folder, home: session.work.path)
            if let problem = run.problem, !(words[0] == "sequence" && run.status == 1) {
                Issue.record(
                    "TSMEDIA_MUTATION_SEED=\(seed): tsmedia \(words.map(\.debugDescription).joined(separator: " ")): \(problem)"
                )
            }
            try Program.succeed("find", [".", "-mindepth", "1", "-delete"], in: session.folder)
        }
    }

    private static func collect(_ node: JSONValue, _ path: [String], _ commands: inout [Command]) throws {
        let children = node["subcommands"].elements
        for child in children {
            let name = try #require(child["commandName"].text)
            if !left.contains(name) { try collect(child, path + [name], &commands) }
        }
        guard children.isEmpty, !path.isEmpty else { return }
        let arguments = node["arguments"].elements
        let options = arguments.compactMap { argument -> (name: String, takesValue: Bool)? in
            guard argument["kind"].text != "positional",
                let name = argument["names"].elements.first(where: { $0["kind"].text == "long" })?["name"].text
            else { return nil }
            return (name, argument["kind"].text == "option")
        }
        commands.append(
            Command(
                words: path, options: options,
                argumentCount: arguments.count { $0["kind"].text == "positional" }))
    }
}
