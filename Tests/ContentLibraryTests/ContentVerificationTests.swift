// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("verifying a content library")
struct ContentVerificationTests {
    let written: WrittenLibrary

    init() throws {
        written = try WrittenLibrary()
        try written.add(["setup.exe": "setup", "shared.dll": "shared"], "ABC00001")
        try written.add(["sub/copy.dll": "shared"], "ABC00002")
    }

    private func file(_ text: String) -> FilePath {
        written.root.pushing(FilePath("FileLib/\(text.hash.prefix(4))/\(text.hash)"))
    }

    private func verify(threadCount: Int = 2) throws -> [VerifiedPackage] {
        let library = try written.library
        return try ContentVerification(of: library, threadCount: threadCount).run(try library.packageIDs())
    }

    @Test("a sound library has no failures", arguments: [1, 2, 16])
    func sound(threadCount: Int) throws {
        let packages = try verify(threadCount: threadCount)
        #expect(packages.map(\.id.description) == ["ABC00001", "ABC00002"])
        #expect(packages.allSatisfy { $0.failures.isEmpty && $0.warnings.isEmpty })
    }

    @Test("a flipped bit is found in every package that uses the file", arguments: 0..<6)
    func flippedBit(position: Int) throws {
        var bytes = Array("shared".utf8)
        bytes[position] ^= 1 << position
        try TestFolder.write(bytes, to: file("shared"))
        let packages = try verify()
        #expect(packages.map { $0.failures.map { $0.file?.description } } == [["shared.dll"], ["sub/copy.dll"]])
        for (package, name) in zip(packages, ["shared.dll", "copy.dll"]) {
            let error = package.failures[0].error
            #expect(error.code == .corrupt && error.failureClass == .malformed)
            #expect(error.description.contains(name) && error.description.contains(package.id.description))
        }
    }

    @Test("a missing and a truncated file are told apart, and both are reported")
    func missing() throws {
        #expect(unlink(file("setup").string) == 0)
        try TestFolder.write("share".utf8, to: file("shared"))
        let failures = try verify()[0].failures
        #expect(failures.map { $0.file?.description } == ["setup.exe", "shared.dll"])
        #expect(failures.map(\.error.failureClass) == [.notFound, .malformed])
    }

    @Test("a package that cannot be read is a failure and does not hide the others")
    func malformedPackage() throws {
        try TestFolder.write("garbage".utf8, to: written.root.pushing("PkgLib/ABC00001.INI"))
        let packages = try verify()
        #expect(packages[0].failures.map(\.error.code) == [.malformed])
        #expect(packages[1].failures.isEmpty)
    }

    @Test("old versions are verified too")
    func oldVersions() throws {
        try written.add(["setup.exe": "setup 2"], "ABC00001")
        try TestFolder.write("SETUP".utf8, to: file("setup"))
        #expect(try verify()[0].failures.map { $0.content?.version } == [1])
    }

    @Test("an interruption ends it")
    func interrupted() throws {
        let interruption = Interruption()
        interruption.request()
        let library = try written.library
        let error = try #require(throws: ContentLibraryError.self) {
            try ContentVerification(of: library, interruption: interruption).run(try library.packageIDs())
        }
        #expect(error.failureClass == .interrupted)
    }
}
