// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What installs the Debian packages that a target of the Makefile needs, on a system that says of each that it is there.
@Suite("Debian packages that targets ask for")
struct InstallDependenciesTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            Array("#!/bin/sh\nfor name; do :; done\necho \"$name\" >>\"$ASKED\"\necho installed\n".utf8),
            to: "dpkg-query")
        try folder.write(Array("#!/bin/sh\nexit 9\n".utf8), to: "apt-get")
        for name in ["dpkg-query", "apt-get"] { try Program.succeed("chmod", ["755", folder.appending(name).string]) }
    }

    private func install(_ option: String?) throws -> (result: ProgramResult, asked: Set<Substring>) {
        let list = folder.appending("asked")
        try folder.write([], to: "asked")
        let result = try Program.run(
            Repository.file("scripts/install-dependencies").string, option.map { [$0] } ?? [],
            environment: [
                "PATH": "\(folder.appending("dpkg-query").removingLastComponent().string):/usr/bin:/bin",
                "ASKED": list.string,
            ])
        let asked = String(decoding: try SmallFile.read(list), as: UTF8.self)
        return (result, Set(asked.split(separator: "\n")))
    }

    @Test("every option that the Makefile gives is known, and asks for packages")
    func options() throws {
        let makefile = String(decoding: try SmallFile.read(Repository.file("Makefile")), as: UTF8.self)
        let calls = Set(
            makefile.matches(of: /scripts\/install-dependencies( --[a-z]+)?/).map { $0.output.1?.dropFirst() })
        #expect(calls.count > 5)
        for option in calls {
            let (result, asked) = try install(option.map(String.init))
            #expect(result.status == 0, "\(option ?? ""): \(result.errorText)")
            #expect(!asked.isEmpty, "\(option ?? "") asks for nothing")
        }
    }

    @Test("an option that is none is refused, and nothing is asked for")
    func unknown() throws {
        for option in ["--everything", "--", "build"] {
            let (result, asked) = try install(option)
            #expect(
                result.status == 1 && result.errorText.contains("unknown option '\(option)'"), "\(result.errorText)")
            #expect(asked.isEmpty)
        }
    }
}
