// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What somebody is told who has no Swift, or an old one, and types `make`.
@Suite("Where Swift is missing")
struct RequireSwiftTests {
    private let folder: TestFolder
    /// The version that Package.swift says.
    private let needed: String

    init() throws {
        folder = try TestFolder()
        let manifest = String(decoding: try SmallFile.read(Repository.file("Package.swift")), as: UTF8.self)
        needed = try #require(manifest.prefixMatch(of: /\/\/ swift-tools-version: ([0-9.]+)/)).output.1.description
    }

    /// Runs scripts/require-swift with a compiler that runs `script`; with none at all when that is nil.
    private func require(_ script: String?) throws -> ProgramResult {
        let swift = folder.appending("swift")
        if let script { try folder.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "swift") }
        if script != nil { try Program.succeed("chmod", ["755", swift.string]) }
        return try Program.run(
            Repository.file("scripts/require-swift").string, environment: ["SWIFT": swift.string])
    }

    @Test(
        "the version that is needed, what is there and where to get it are told",
        arguments: [
            (nil, "there is no swift here"),
            ("exit 127", "does not start"),
            ("echo 'Swift version 5.9.2 (swift-5.9.2-RELEASE)'", "this is 5.9"),
            ("echo 'Apple Swift version 6.1 (swiftlang-6.1.0)'", "this is 6.1"),
            ("echo 'Welcome to OpenStack Swift'", "this is another"),
        ])
    func told(script: String?, found: String) throws {
        let result = try require(script)
        #expect(result.status == 66)
        #expect(result.errorText.hasPrefix("tsmedia needs Swift \(needed) or later, and "), "\(result.errorText)")
        #expect(result.errorText.contains(found) && result.errorText.contains("https://www.swift.org/install/linux/"))
        #expect(result.errorText.split(separator: "\n").count == 1)
    }

    @Test("one that is new enough is not spoken of")
    func silent() throws {
        for version in [needed, "6.10", "7.0.1"] {
            let result = try require("echo 'Swift version \(version) (swift-RELEASE)'")
            #expect(result.status == 0 && result.errorText.isEmpty, "\(version): \(result.errorText)")
        }
    }

    @Test("every target looks for it before it does anything")
    func first() throws {
        let help = try Program.succeed("make", ["-s", "help"], in: Repository.root).output
        let targets = help.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
            .map(String.init)
        #expect(targets.count > 10)
        for target in targets where !["help", "clean"].contains(target) {
            let commands = try Program.succeed(
                "make", ["-n", "--no-print-directory", target], environment: ["MAKEFLAGS": ""], in: Repository.root
            ).output.split(separator: "\n").filter { !$0.hasPrefix("make ") }
            #expect(commands.first?.hasSuffix("scripts/require-swift") == true, "\(target): \(commands.first ?? "")")
        }
    }
}
