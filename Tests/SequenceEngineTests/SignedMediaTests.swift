// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import MediaFormat
import MediaVariables
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

@Suite("media whose list of files has to be signed")
struct SignedMediaTests {
    private let folder: TestFolder
    private let key: SigningKey
    private let other: SigningKey

    init() throws {
        folder = try TestFolder()
        (key, other) = (try Self.newKey(), try Self.newKey())
        let data = folder.path.appending("SMS").appending("data")
        try Folder.create(data)
        try folder.write(
            Array("[MediaInfo]\r\nMediaType=FullMedia\r\nPasswordRequired=false\r\nUnattended=true\r\n".utf8),
            to: MediaDataFile.bootstrap)
        try folder.write([1, 2, 3], to: MediaDataFile.policy)
        try folder.write([4, 5, 6], to: MediaDataFile.variables)
        try sign(with: key)
    }

    private static func newKey() throws -> SigningKey {
        try SigningKey(
            pem: try Program.succeed("openssl", ["genpkey", "-algorithm", "ed25519"]).outputBytes, name: "key")
    }

    /// Lists what there is, and signs the list; nil for no signature.
    private func sign(with key: SigningKey?, volume: Int = 1, of count: Int = 1) throws {
        let names = [MediaDataFile.bootstrap, MediaDataFile.policy, MediaDataFile.variables]
        let manifest = MediaManifest(
            schemaVersion: MediaManifest.currentSchemaVersion, mediaType: .standalone,
            mediaGuid: "{11112222-3333-4444-5555-666677778888}", volume: volume, volumeCount: count, label: "Test",
            taskSequence: nil, bootImage: .init(id: "ABC00001", version: 1, architecture: "x64"), contents: [],
            files: try names.map { name in
                let bytes = try SmallFile.read(folder.path.pushing(FilePath(name)))
                return .init(path: try MediaPath(name), size: Int64(bytes.count), sha256: SHA256.digest(of: bytes))
            }.sorted { $0.path < $1.path })
        let bytes = try manifest.encoded()
        try folder.write(bytes, to: MediaManifest.path)
        let signature = folder.path.pushing(FilePath(ManifestSignature.path))
        if (try? Stat(signature)) != nil { try Folder.removeFile(signature) }
        if let key {
            try folder.write(
                try ManifestSignature(signing: bytes, with: key).envelope.encoded(), to: ManifestSignature.path)
        }
    }

    private func variables(_ key: String?) throws -> MediaVariableList {
        var list = MediaVariableList()
        if let key { try list.set(ManifestSignature.variableName, to: key) }
        return list
    }

    private func check(_ name: String? = nil) throws {
        try StartedMedia(root: folder.path).checkSignature(
            try variables(name ?? Base64.encode(key.verificationKey.der)))
    }

    /// What is said of media that is refused.
    private func refusal(_ name: String? = nil) -> String? {
        #expect(throws: EngineError.self) { try check(name) }?.description
    }

    @Test("media that is as it was signed is taken, and so is media that names no key")
    func accepts() throws {
        try check()
        try sign(with: nil)
        try StartedMedia(root: folder.path).checkSignature(try variables(nil))
    }

    @Test("media without a signature, with that of another key, or of another list is refused")
    func refuses() throws {
        try sign(with: nil)
        #expect(refusal()?.contains("its list of files is not signed") == true)
        try sign(with: other)
        #expect(refusal()?.contains("is not signed by this key") == true)
        try sign(with: key)
        let path = folder.path.pushing(FilePath(MediaManifest.path))
        try AtomicFile.write(try SmallFile.read(path) + [0x20], to: path)
        #expect(refusal()?.contains("is another one than that which was signed") == true)
        try Folder.removeFile(path)
        #expect(refusal()?.contains("has no list") == true)
    }

    @Test(
        "what is read before content is held against the signed list",
        arguments: [
            MediaDataFile.bootstrap, MediaDataFile.policy, MediaDataFile.variables,
        ])
    func changedFile(name: String) throws {
        let path = folder.path.pushing(FilePath(name))
        try AtomicFile.write(try SmallFile.read(path) + [0x20], to: path)
        #expect(refusal()?.contains("\(name) is not as its signed list has it") == true)
    }

    @Test("a key that cannot be read is no reason to take media", arguments: ["", "AAAA", "?"])
    func badKey(text: String) throws {
        #expect(refusal(text)?.contains("the key in its variables cannot be read") == true)
    }

    @Test("a volume of a set that is not signed by the key is told as that, and not taken")
    func volumes() throws {
        let wanted = try ManifestKey(try variables(Base64.encode(key.verificationKey.der)))
        try sign(with: key, volume: 2, of: 2)
        let manifest = try #require(try StartedMedia(root: folder.path).manifest)
        #expect(VolumeVerdict(of: folder.path, wanted: 2, of: manifest, key: wanted) == .wanted(manifest))
        for signer in [nil, other] {
            try sign(with: signer, volume: 2, of: 2)
            guard case .untrusted(let problem) = VolumeVerdict(of: folder.path, wanted: 2, of: manifest, key: wanted)
            else {
                Issue.record("it was taken")
                continue
            }
            #expect(problem.contains("is not signed"))
            #expect(VolumeVerdict(of: folder.path, wanted: 2, of: manifest) == .wanted(manifest))
        }
    }
}
