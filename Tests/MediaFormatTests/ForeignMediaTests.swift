// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaFormat

/// Media as another program makes it: no manifest, other letter case, no boot files.
@Suite("Media of others")
struct ForeignMediaTests {
    private func media(_ bootstrap: String = "[mediainfo]\nmediatype=fullmedia\nPASSWORDREQUIRED=false\n") throws
        -> TestFolder
    {
        let folder = try TestFolder()
        try folder.write(Array(bootstrap.utf8), to: "media/sms/DATA/tsmbootstrap.INI")
        try folder.write(Array("LABEL=Our media\r\n".utf8), to: "media/medialabel.txt")
        try folder.write([1, 2, 3], to: "media/sms/pkg/ABC00001/setup.exe")
        try folder.write([4], to: "media/sms/pkg/ABC00001/sub/readme.txt")
        return folder
    }

    private func seal(_ folder: TestFolder, _ password: MediaPassword, guid: String) throws {
        var list = MediaVariableList()
        try list.set("_SMSMediaGuid", to: guid)
        try list.set("DomainJoinPassword", to: "secret")
        try folder.write(
            EncryptedContainer.seal(list.encoded(), password: password, algorithm: .aes128),
            to: "media/sms/data/variables.dat".replacingData)
        let policy = Policy(
            root: try .init(
                taskSequenceID: "ABC00020", taskSequenceName: "Install", sequence: Array("<sequence/>".utf8)))
        try folder.write(
            EncryptedContainer.seal(policy.encoded(), password: .mediaGUID(guid)),
            to: "media/sms/data/policy.xml".replacingData)
    }

    @Test("media without a manifest is told by its files")
    func inspects() throws {
        let folder = try media()
        try seal(folder, .none, guid: "{0}")
        let found = try MediaInspector().inspect(folder.appending("media"))
        #expect(found.mediaType == .standalone)
        #expect(found.label == "Our media")
        #expect(found.mediaGuid == "{0}")
        #expect(found.contents == [.init(id: "ABC00001", files: 2, size: 4, leftOut: [])])
        #expect(found.taskSequence == .init(id: "ABC00020", name: "Install"))
        #expect(found.bootEntries.isEmpty)
        #expect(found.warnings.count == 3)
    }

    @Test("secrets are shown only to those who ask")
    func redacts() throws {
        let folder = try media()
        try seal(folder, .none, guid: "{0}")
        func value(_ inspector: MediaInspector) throws -> String? {
            try inspector.inspect(folder.appending("media")).variables?.first { $0.name == "DomainJoinPassword" }?.value
        }
        #expect(try value(MediaInspector()) == MediaVariableList.redactedValue)
        #expect(try value(MediaInspector(showsSecrets: true)) == "secret")
    }

    @Test("with a password that is not given, everything else is still told")
    func inspectsLockedMedia() throws {
        let folder = try media("[MediaInfo]\r\nMediaType=BootMedia\r\nPasswordRequired=true\r\n")
        try seal(folder, MediaPassword("right"), guid: "{0}")
        let found = try MediaInspector().inspect(folder.appending("media"))
        #expect(found.passwordRequired)
        #expect(found.variables == nil)
        #expect(found.mediaGuid == nil)
        let opened = try MediaInspector(password: MediaPassword("right")).inspect(folder.appending("media"))
        #expect(opened.mediaGuid == "{0}")
        #expect(throws: MediaVariablesError.self) {
            try MediaInspector(password: MediaPassword("wrong")).inspect(folder.appending("media"))
        }
    }

    @Test("media without a manifest cannot be verified, and a folder without TsmBootstrap.ini is no media")
    func refuses() throws {
        let folder = try media()
        let verifier = MediaVerifier(interruption: Interruption(), progress: SilentProgress())
        #expect(throws: MediaFormatError.self) { try verifier.verify(folder.appending("media")) }
        try folder.write([1], to: "other/file.txt")
        let error = #expect(throws: MediaFormatError.self) { try MediaInspector().inspect(folder.appending("other")) }
        #expect(error?.code == .notMedia)
    }

    @Test(
        "a kind of media that nobody knows is refused",
        arguments: ["", "[MediaInfo]\r\n", "[MediaInfo]\r\nMediaType=Tape\r\n"])
    func refusesKinds(text: String) throws {
        let folder = try media(text)
        #expect(throws: (any Error).self) { try MediaInspector().inspect(folder.appending("media")) }
    }
}

extension String {
    /// The name in the folder that the media of these tests has.
    fileprivate var replacingData: String {
        split(separator: "/").map { $0 == "data" ? "DATA" : String($0) }.joined(separator: "/")
    }
}
