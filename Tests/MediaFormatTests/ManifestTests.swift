// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaFormat

@Suite("The media manifest")
struct ManifestTests {
    private static func manifest(
        _ files: [(String, Int64)], label: String = "Configuration Manager"
    ) throws -> MediaManifest {
        MediaManifest(
            schemaVersion: 1, mediaType: .standalone, mediaGuid: "{0}", volume: 1, volumeCount: 1, label: label,
            taskSequence: .init(id: "ABC00001", name: #"a "files" : [ ] \ name"#),
            bootImage: .init(id: "ABC00002", version: 3, architecture: "x64"), contents: [],
            files: try files.map {
                .init(
                    path: try MediaPath($0.0), size: $0.1,
                    sha256: try #require(SHA256Digest(bytes: [UInt8](repeating: 0xAB, count: 32))))
            })
    }

    @Test(
        "every path and label comes back, and python reads the same",
        arguments: [
            [], ["a"], ["Büro 日本 🙂/e\u{301}.inf", "a'b/{x},{y}]", "]", "\u{2028}\u{85}.txt"],
        ])
    func roundTrip(paths: [String]) throws {
        let manifest = try Self.manifest(
            paths.map { ($0, 1 << 40) }, label: #"a "files" : [ {"path":"x"} ] label \" "#)
        let bytes = try manifest.encoded()
        #expect(try MediaManifest(decoding: bytes, of: "media") == manifest)
        #expect(try manifest.encoded() == bytes)
        let script = "import json,sys; print(*[f['path'] for f in json.load(sys.stdin)['files']], sep='|', end='')"
        let output = try Program.succeed(
            "python3", ["-c", script], environment: ["PYTHONIOENCODING": "utf-8"], input: bytes
        ).output
        #expect(output == paths.joined(separator: "|"))
        #expect(bytes.last == UInt8(ascii: "\n"))
    }

    @Test(
        "sizes that cannot be are damage, not a crash",
        arguments: [[-1], [.max, 1], [.max, .max], [.min], [1 << 62, 1 << 62]] as [[Int64]])
    func impossibleSizes(sizes: [Int64]) throws {
        let manifest = try Self.manifest(sizes.enumerated().map { ("file \($0.offset)", $0.element) })
        let error = #expect(throws: MediaFormatError.self) {
            try MediaManifest(decoding: try manifest.encoded(), of: "media")
        }
        #expect(error?.failureClass == .malformed)
    }

    @Test("contents that contradict the set, or each other, are damage")
    func impossibleContents() throws {
        func decode(_ contents: [(folder: String, fileCount: Int?, volumes: [Int])]) throws -> MediaManifest {
            let base = try Self.manifest([])
            let manifest = MediaManifest(
                schemaVersion: 1, mediaType: .standalone, mediaGuid: "{0}", volume: 1, volumeCount: 2, label: "",
                taskSequence: nil, bootImage: base.bootImage,
                contents: try contents.enumerated().map {
                    MediaManifest.Content(
                        id: "ABC0000\($0.offset)", packageId: nil, version: 1, contentHash: nil,
                        folder: try MediaPath($0.element.folder), fileCount: $0.element.fileCount,
                        volumes: $0.element.volumes, leftOut: nil)
                }, files: [])
            return try MediaManifest(decoding: try manifest.encoded(), of: "media")
        }
        #expect(try decode([("SMS/PKG/A", 0, [1, 2]), ("SMS/PKG/B", nil, [])]).contents.count == 2)
        for contents in [
            [("SMS/PKG/A", -6, [1])], [("SMS/PKG/A", 1, [3])], [("SMS/PKG/A", 1, [0])],
            [("SMS/PKG/A", 1, [1]), ("SMS/pkg/a", 1, [1])],
        ] as [[(String, Int?, [Int])]] {
            #expect(throws: MediaFormatError.self) { try decode(contents) }
        }
    }

    @Test("a manifest with a hostile path, size or digest is refused")
    func hostile() throws {
        let good = String(decoding: try Self.manifest([("file", 5)]).encoded(), as: UTF8.self)
        for (old, new) in [
            ("\"path\":\"file\"", "\"path\":\"../file\""), ("\"path\":\"file\"", "\"path\":\"/etc/passwd\""),
            ("\"size\":5", "\"size\":1e400"), ("\"size\":5", "\"size\":\"5\""),
            ("\"size\":5", "\"size\":99999999999999999999"),
            ("abab", "abxy"), ("\"volume\" : 1", "\"volume\" : null"),
        ] {
            let bad = good.replacing(old, with: new, maxReplacements: 1)
            #expect(bad != good)
            #expect(throws: MediaFormatError.self) { try MediaManifest(decoding: Array(bad.utf8), of: "media") }
        }
        // Nesting must not exhaust the stack.
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: MediaFormatError.self) { try MediaManifest(decoding: deep, of: "media") }
    }
}
