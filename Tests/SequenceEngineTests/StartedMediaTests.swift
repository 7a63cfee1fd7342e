// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

@Suite("media that the engine was started from")
struct StartedMediaTests {
    /// Media in a folder, as a mount shows it.
    private static func media(password: String?, _ variables: [(String, String)] = []) throws -> TestFolder {
        let folder = try TestFolder()
        try Folder.create(folder.path.appending("SMS").appending("data"))
        let bootstrap =
            "[MediaInfo]\r\nMediaType=FullMedia\r\nPasswordRequired=\(password != nil)\r\nUnattended=true\r\n"
        try folder.write(Array(bootstrap.utf8), to: "SMS/data/TsmBootstrap.ini")
        var list = MediaVariableList()
        let guid = "{11112222-3333-4444-5555-666677778888}"
        try list.set("_SMSMediaGuid", to: guid)
        for (name, value) in variables { try list.set(name, to: value) }
        let key = password.map { MediaPassword($0) }
        try folder.write(
            EncryptedContainer.seal(list.encoded(), password: key ?? .none, algorithm: .aes256),
            to: "SMS/data/Variables.dat")
        let instance = try Policy.Instance(
            taskSequenceID: "ABC00001", taskSequenceName: "Windows 11",
            sequence: Array("<sequence version=\"3.10\"/>".utf8))
        try folder.write(
            EncryptedContainer.seal(
                Policy(root: instance).encoded(), password: key ?? .mediaGUID(guid), algorithm: .aes256),
            to: "SMS/data/Policy.xml")
        return folder
    }

    @Test("media without a password is opened by what stands for none", arguments: [nil, "Köln-2026"])
    func opens(_ password: String?) throws {
        let folder = try Self.media(password: password, [("OSDComputerName", "PC-1")])
        let media = try StartedMedia(root: folder.path)
        #expect(media.bootstrap.passwordRequired == (password != nil) && media.bootstrap.unattended)
        let key = password.map { MediaPassword($0) }
        let list = try media.variables(key)
        #expect(list["OSDComputerName"] == "PC-1")
        let policies = try #require(try media.policies(key, list))
        #expect(try Policy(policies).root.taskSequenceName == "Windows 11")
        withExtendedLifetime(folder) {}
    }

    @Test("a wrong password is told as one")
    func wrongPassword() throws {
        let folder = try Self.media(password: "right")
        let media = try StartedMedia(root: folder.path)
        let error = #expect(throws: MediaVariablesError.self) { try media.variables(MediaPassword("wrong")) }
        #expect(error?.code == .wrongPassword)
        withExtendedLifetime(folder) {}
    }

    @Test("media is valid between its dates and on them")
    func validity() throws {
        var list = MediaVariableList()
        let (start, end) = (Timestamp(unixSeconds: 1_000_000), Timestamp(unixSeconds: 2_000_000))
        try list.setStart(start)
        try list.setExpiration(end)
        for time in [start, Timestamp(unixSeconds: 1_500_000), end] { try StartedMedia.checkValidity(list, now: time) }
        let early = #expect(throws: EngineError.self) {
            try StartedMedia.checkValidity(list, now: Timestamp(unixSeconds: 999_999))
        }
        #expect(early?.description.contains("is valid from") == true)
        let late = #expect(throws: EngineError.self) {
            try StartedMedia.checkValidity(list, now: Timestamp(unixSeconds: 2_000_001))
        }
        #expect(late?.description.contains("expired at") == true)
    }
}
