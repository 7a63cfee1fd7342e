// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

@Suite("content of the media that runs")
struct MediaContentTests {
    private func media(_ change: (TestFolder) throws -> Void = { _ in }) throws -> (TestFolder, MediaContent) {
        let folder = try TestFolder()
        let bytes = Array("echo installed\n".utf8)
        try Folder.create(folder.path.appending("SMS").appending("PKG").appending("ABC00001"))
        try folder.write(bytes, to: "SMS/PKG/ABC00001/install.sh")
        let path = try MediaPath("SMS/PKG/ABC00001/install.sh")
        let manifest = MediaManifest(
            schemaVersion: 1, mediaType: .standalone, mediaGuid: "{1}", volume: 1, volumeCount: 2, label: "x",
            taskSequence: nil,
            bootImage: .init(id: "ABC00005", version: 1, architecture: "x64"),
            contents: [
                .init(
                    id: "ABC00001", version: 1, contentHash: nil, folder: try MediaPath("SMS/PKG/ABC00001"),
                    fileCount: 1, volumes: [1]),
                .init(
                    id: "ABC00002", version: 1, contentHash: nil, folder: try MediaPath("SMS/PKG/ABC00002"),
                    fileCount: 1, volumes: [2]),
            ], files: [.init(path: path, size: Int64(bytes.count), sha256: SHA256.digest(of: bytes))])
        try change(folder)
        return (folder, MediaContent(root: folder.path, type: .standalone, manifest: manifest))
    }

    @Test("content that is whole is used, and found in any case")
    func whole() throws {
        let (folder, content) = try media()
        #expect(try content.preflight("abc00001").isEmpty)
        #expect(
            try content.folder(of: "ABC00001") == folder.path.appending("SMS").appending("PKG").appending("ABC00001"))
    }

    @Test("a file that is shorter or of another content speaks against the run, with its name")
    func damaged() throws {
        let (first, short) = try media { try $0.write(Array("x".utf8), to: "SMS/PKG/ABC00001/install.sh") }
        #expect(try short.preflight("ABC00001").first?.problem.description.contains("install.sh") == true)
        let (second, other) = try media {
            try $0.write(Array("echo INSTALLED\n".utf8), to: "SMS/PKG/ABC00001/install.sh")
        }
        #expect(try other.preflight("ABC00001").first?.problem.description.contains("install.sh") == true)
        let error = #expect(throws: EngineError.self) { try other.folder(of: "ABC00001") }
        #expect(error?.description.contains("SMS/PKG/ABC00001/install.sh") == true)
        withExtendedLifetime((first, second)) {}
    }

    @Test("content that is not on the media speaks against the run")
    func elsewhere() throws {
        let (folder, content) = try media()
        defer { withExtendedLifetime(folder) {} }
        #expect(try content.preflight("ABC00003").first?.problem.description.contains("is not on this media") == true)
        #expect(try content.preflight("../../etc").first?.problem.description.contains("is not on this media") == true)
    }
}
