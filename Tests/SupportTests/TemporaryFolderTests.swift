// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite struct TemporaryFolderTests {
    let place: TestFolder
    init() throws { place = try TestFolder() }

    private func listing() throws -> [String] {
        try Program.run("ls", ["-A", place.path.string]).output.split(separator: "\n").map(String.init)
    }

    @Test("a temporary folder is private and gone with its contents")
    func lifetime() throws {
        do {
            let folder = try TemporaryFolder(in: place.path)
            try Program.run("mkdir", ["-p", folder.appending("a/b").string]).expectSuccess()
            #expect(try Program.run("stat", ["-c", "%a", folder.path.string]).output == "700\n")
            #expect(try listing().count == 1)
        }
        #expect(try listing() == [])
    }

    @Test("the folder of a killed program is removed by the next, the folder of a living one is not")
    func abandoned() throws {
        let living = try TemporaryFolder(in: place.path)
        try place.write([1], to: "tsmedia-work-killed/inside/file")
        try place.write([1], to: "somebody-else/file")
        let next = try TemporaryFolder(in: place.path)
        let names = [living.path, next.path].compactMap { $0.lastComponent?.string }
        #expect(try Set(listing()) == Set(names + ["somebody-else"]))
    }

    @Test("a link that is named like one of our folders is left alone")
    func link() throws {
        let victim = try TestFolder()
        try victim.write([1], to: "file")
        #expect(symlink(victim.path.string, place.appending("tsmedia-work-link").string) == 0)
        _ = try TemporaryFolder(in: place.path)
        #expect(try SmallFile.read(victim.appending("file")) == [1])
    }

    @Test("a parent that does not exist is an error")
    func noParent() throws {
        let error = #expect(throws: FileError.self) { try TemporaryFolder(in: place.appending("absent")) }
        #expect(error?.errno == .noSuchFileOrDirectory)
    }
}

extension ProgramResult {
    fileprivate func expectSuccess() throws { try #require(status == 0, "\(errorText)") }
}
