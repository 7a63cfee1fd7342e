// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Support
import Testing

@Suite("content hash")
struct ContentHashTests {
    /// The vectors of docs/formats/content-library.md section 1.
    static let vectors: [([String: String], String)] = [
        (["a.txt": "hello\n"], "035A5742F8DC1D592E3D1C37A2F3FA60B4948AA88CD7B847E5EAFA8014D391C5"),
        (
            ["A.txt": "hello\n", "Sub/b.bin": "", "Sub/Deep/c.txt": "hello\n", "zed/d.txt": "x"],
            "1F246A6DCDB471B6173CB218FDF90D144D0DB71693F534BC2D1CDC743593B677"
        ),
    ]

    @Test("the vectors of the format notes come out, in whatever order the files are given", arguments: vectors)
    func matches(files: [String: String], expected: String) throws {
        let paths = try files.keys.map { try MediaPath($0) }
        let folders = Set(
            paths.flatMap { sequence(first: $0.parent) { $0?.parent }.prefix { $0 != nil }.compactMap(\.self) })
        let contents = files.map { path, text in
            ContentFile(
                MediaFile(
                    path: (try? MediaPath(path)) ?? paths[0], byteCount: Int64(text.utf8.count),
                    sha256: SHA256.digest(of: text.utf8), modified: Timestamp(unixSeconds: 0)))
        }
        for _ in 0..<4 {
            #expect(ContentHash.compute(files: contents.shuffled(), folders: folders.shuffled()) == expected)
        }
    }

    @Test("a name, a byte and an empty folder each change the hash")
    func differs() throws {
        func hash(_ name: String, _ text: String, folders: [String] = []) throws -> String {
            ContentHash.compute(
                files: [
                    ContentFile(
                        MediaFile(
                            path: try MediaPath(name), byteCount: 1, sha256: SHA256.digest(of: text.utf8),
                            modified: Timestamp(unixSeconds: 0)))
                ], folders: try folders.map { try MediaPath($0) })
        }
        let hashes = [try hash("a", "x"), try hash("b", "x"), try hash("a", "y"), try hash("a", "x", folders: ["e"])]
        #expect(Set(hashes).count == 4)
        #expect(try hash("A", "x") == hash("a", "x"))
    }
}
