// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import MediaFormat

/// Volumes are one set only when all that their manifests share is the same.
@Suite("The volumes of a set")
struct MediaSetMembershipTests {
    /// A volume of a set of two, with one file of each of two contents.
    private static func volume(
        _ number: Int, count: Int = 2, guid: String = "{0}", type: MediaType = .standalone, version: Int = 1,
        bootImage: String = "ABC00002", sequence: String = "ABC00009", fileCounts: [Int] = [1, 1],
        files: [String]? = nil
    ) throws -> (media: String, manifest: MediaManifest) {
        let contents = try (1...2).map { content in
            MediaManifest.Content(
                id: "ABC0000\(content)", version: version, contentHash: nil,
                folder: try MediaPath("SMS/PKG/ABC0000\(content)"), fileCount: fileCounts[content - 1],
                volumes: [content])
        }
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 1, count: 32)))
        return (
            "volume\(number).iso",
            MediaManifest(
                schemaVersion: 1, mediaType: type, mediaGuid: guid, volume: number, volumeCount: count, label: "L",
                taskSequence: .init(id: sequence, name: "s"),
                bootImage: .init(id: bootImage, version: 1, architecture: "x64"), contents: contents,
                files: try (files ?? ["sms/pkg/ABC0000\(number)/file"]).map {
                    .init(path: try MediaPath($0), size: 1, sha256: digest)
                })
        )
    }

    @Test("all volumes of one build are a whole set")
    func whole() throws {
        let set = MediaSetMembership([try Self.volume(1), try Self.volume(2)])
        #expect(set.isComplete && set.volumeCount == 2)
    }

    @Test("a volume that differs in what a set shares is of another set")
    func others() throws {
        for (other, reason) in [
            (try Self.volume(2, guid: "{1}"), "media GUID"), (try Self.volume(2, count: 3), "a set of 3 volumes"),
            (try Self.volume(2, type: .prestaged), "other media"), (try Self.volume(2, version: 2), "list of contents"),
            (try Self.volume(2, fileCounts: [1, 2]), "list of contents"),
            (try Self.volume(2, bootImage: "ABC00003"), "boot image"),
            (try Self.volume(2, sequence: "ABC00008"), "task sequence"),
            (try Self.volume(1), "is volume 1, as volume1.iso is"),
        ] {
            let set = MediaSetMembership([try Self.volume(1), other])
            #expect(!set.isComplete)
            #expect(set.missing == [2])
            #expect(set.foreign.count == 1 && set.foreign[0].reason.contains(reason), "\(set.foreign)")
        }
    }

    @Test("the set is the one that most volumes are of")
    func majority() throws {
        let set = MediaSetMembership([
            try Self.volume(1, guid: "{other}"), try Self.volume(1), try Self.volume(2),
        ])
        #expect(set.mediaGuid == "{0}" && set.missing.isEmpty)
        #expect(set.foreign.map(\.media) == ["volume1.iso"])
    }

    @Test("a content that lacks a file, has one too many, or lies on another volume is incomplete")
    func incomplete() throws {
        func incomplete(_ first: [String], _ second: [String], _ counts: [Int] = [1, 1]) throws -> [String] {
            let set = MediaSetMembership([
                try Self.volume(1, fileCounts: counts, files: first),
                try Self.volume(2, fileCounts: counts, files: second),
            ])
            #expect(set.foreign.isEmpty && set.missing.isEmpty)
            #expect(set.isComplete == set.incomplete.isEmpty)
            return set.incomplete
        }
        let (one, two) = ("SMS/PKG/ABC00001/x", "SMS/PKG/ABC00002/x")
        #expect(try incomplete([one], [two]) == [])
        #expect(try incomplete([], [two]) == ["ABC00001"])
        #expect(try incomplete([one], []) == ["ABC00002"])
        #expect(try incomplete([one, one + "y"], [two]) == ["ABC00001"])
        #expect(try incomplete([two], [one]) == ["ABC00001", "ABC00002"])
        #expect(try incomplete(["SMS/PKG/ABC000011/x"], [two]) == ["ABC00001"])
    }
}
