// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentLibrary

@Suite("A content's tree, read on several threads")
struct DataLibTreeTests {
    private static let threadCounts = [1, 2, 3, 16]

    private let library: HandmadeLibrary
    private let id: ContentID

    /// More files than a thread takes at a time, in one folder and in many.
    init() throws {
        library = try HandmadeLibrary()
        id = try #require(ContentID("ABC00001.1"))
        try library.package("ABC00001", "ABC00001.1")
        for number in 0..<600 { try writeINI("big/file\(number).txt", number) }
        for number in 0..<60 { try writeINI("many/sub\(number % 20)/deep\(number % 7)/x\(number)", number) }
    }

    private func writeINI(_ path: String, _ number: Int) throws {
        try library.ini("DataLib/ABC00001.1/\(path).INI", HandmadeLibrary.fileINI("text \(number)"))
    }

    private func read(_ threadCount: Int) throws -> Content {
        try ContentLibrary(drives: [library.root], threadCount: threadCount).content(id)
    }

    @Test("files and folders come in one order, whatever the number of threads", arguments: threadCounts)
    func order(threadCount: Int) throws {
        let content = try read(threadCount)
        #expect(content.files.count == 660)
        #expect(content.files.map(\.path) == content.files.map(\.path).sorted())
        #expect(content.folders.count == 2 + 20 + 60)
        #expect(content.folders == content.folders.sorted())
        let file = try #require(content.files.first { $0.path.description == "big/file599.txt" })
        #expect(file.byteCount == 8)
        #expect(content == (try read(1)))
    }

    @Test("of several malformed files the first is told, whatever the number of threads", arguments: threadCounts)
    func firstMalformedFile(threadCount: Int) throws {
        for name in ["file301.txt", "file44.txt", "file599.txt", "file98.txt"] {
            try library.ini("DataLib/ABC00001.1/big/\(name).INI", "[File]", "Size=1")
        }
        try library.ini("DataLib/ABC00001.1/many/sub3/deep3/x3.INI", "nothing")
        for _ in 0..<5 {
            let error = #expect(throws: ContentLibraryError.self) { try read(threadCount) }
            #expect(error?.description.contains("big/file301.txt.INI has no Hash") == true)
        }
    }

    @Test("what is wrong with a folder is told before what is wrong with a file", arguments: threadCounts)
    func firstMalformedFolder(threadCount: Int) throws {
        try library.ini("DataLib/ABC00001.1/a.INI", "nothing")
        try library.ini("DataLib/ABC00001.1/many/SUB4/x.INI", "nothing")
        try library.ini("DataLib/ABC00001.1/big/FILE1.txt.INI", "nothing")
        for _ in 0..<5 {
            let error = #expect(throws: ContentLibraryError.self) { try read(threadCount) }
            #expect(error?.description.contains("big/file1.txt.INI has the same name, without case") == true)
        }
    }

    @Test("files that are no INIs are warnings in one order", arguments: threadCounts)
    func strangers(threadCount: Int) throws {
        for path in ["many/readme", "big/notes.txt", "many/sub1/x", "top"] {
            try library.ini("DataLib/ABC00001.1/\(path)", "text")
        }
        let warnings = try read(threadCount).warnings.filter { $0.contains("passed over") }
        let names = ["top", "big/notes.txt", "many/readme", "many/sub1/x"]
        #expect(warnings.count == names.count)
        for (warning, name) in zip(warnings, names) { #expect(warning.contains("ABC00001.1/\(name) is not an INI")) }
    }
}
