// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The hash of all that decides the bytes of media.
@Suite("The key of media")
struct BuildKeyTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The keys of media that differs from the media before in what `variations` say.
    private func keys(_ base: String, _ variations: [String], _ more: [String] = []) throws -> [String] {
        let entries = variations.enumerated().map { index, variation in
            "  - { name: \"\(index)\", output: \"\(index).ENDING\", \(base)\(variation.isEmpty ? "" : ", ")\(variation) }"
                .replacing("ENDING", with: base.contains("prestaged") ? "wim" : "iso")
        }
        let result = try session.build(
            ([session.manifestDefaults, "media:"] + entries).joined(separator: "\n"), ["--dry-run", "--json"] + more)
        #expect(result.status == 0, "\(result.errorText)")
        return try JSONValue(parsing: result.output).media.elements.compactMap(\.buildKey.text)
    }

    @Test("whatever changes a byte changes it")
    func different() throws {
        try session.work.write(Array("secret".utf8), to: "out/password")
        let keyFiles = try ["a", "b"].map { try SigningKeys(in: session.work.path, name: $0).key }
        let sequence = "type: standalone, task-sequence: \"\(session.demo.taskSequenceExport)\""
        let variations = [
            "", "label: other", "autorun: true", "no-prompt: true", "file-system: iso", "media-size: 4GB",
            "media-size: 8GB", "media-size: 4GB, packing: dense", "split-upgrade-images: true",
            "variable: { A: one }", "variable: { A: two }", "password-file: password", "allow-unattended: true",
            "media-expiration-date: 2098-12-31", "media-guid: 11111111-2222-3333-4444-555555555555",
            "client-binaries: \"\(session.demo.clientBinaries)\"", "prestart-command: cmd",
            "boot-loader-certificate: 2011", "implant-md5: true", "signing-key: \"\(keyFiles[0])\"",
            "signing-key: \"\(keyFiles[1])\"",
        ]
        let keys = try keys(sequence, variations)
        #expect(keys.count == variations.count)
        #expect(Set(keys).count == keys.count)
        let prestaged =
            "type: prestaged, operating-system-image: \(DemoSite.operatingSystemImage)"
        let points = ["mp", "other"].map { "management-point: \"http://\($0).example.com\"" }
        let archives =
            [
                "", "comment: x", "version: x", "created-by: x", "compression: none", "integrity-table: true",
                "split: 4MB", "operating-system-image-layout: package", "label: other",
            ].map { $0.isEmpty ? points[0] : "\(points[0]), \($0)" } + [points[1]]
        #expect(try Set(self.keys(prestaged, archives)).count == archives.count)
    }

    @Test("whatever changes none does not: where content comes from, where media goes, how it is made")
    func same() throws {
        let other = session.work.appending("other place")
        try Program.succeed("cp", ["-a", session.library.string, other.string])
        let keys = try keys(
            "type: capture",
            [
                "", "store: elsewhere", "distribution-point: \"\(other)\"", "rehash: true", "staging-folder: /tmp",
                "no-ledger: true", "timeout: 7",
            ])
        #expect(keys.count == 7)
        #expect(Set(keys).count == 1)
    }

    @Test("it stands on all volumes, and is the one that a dry run tells")
    func volumes() throws {
        let keys = try keys(
            "type: standalone, task-sequence: \"\(session.demo.taskSequenceExport)\"", ["media-size: 9500000"])
        try session.create(.standalone, "set.iso", ["--media-size", "9500000"])
        for name in ["set1.iso", "set2.iso"] {
            let manifest = try Program.succeed(
                "7z", ["e", "-so", session.folder.appending(name).string, "SMS/data/MediaManifest.json"]
            ).output
            #expect(try JSONValue(parsing: manifest).buildKey.text == keys.first)
        }
    }
}
