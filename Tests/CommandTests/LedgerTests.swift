// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What was made, as the ledger tells it.
@Suite("The ledger")
struct LedgerTests {
    private let session: CommandSession
    private let file: FilePath

    init() throws {
        session = try CommandSession()
        file = FilePath(session.store.string + ".ledger")
    }

    private func entries(_ more: [String] = []) throws -> [JSONValue] {
        let list = try session.succeed(["ledger", "list", "--json", "--store", session.store.string] + more)
        return try JSONValue(parsing: list.output).entries.elements
    }

    @Test("media is noted with what is on it and when it expires, without a secret, and forgotten when that is asked")
    func notes() throws {
        let password = try session.work.write("S3cretPhrase".utf8, to: "password").string
        let options = [
            "--password-file", password, "--variable", "Room=S3cretRoom", "--self-signed-certificate",
            "--certificate-expire", "2098-06-01",
        ]
        try session.create(.bootable, "boot.iso", options)
        try session.create(.standalone, "set.iso", ["--media-size", "9500000"])
        try session.create(.capture, "c.iso", ["--no-ledger"])
        _ = try session.plan(.capture)
        let all = try entries()
        #expect(all.map { $0.media.mediaType.text } == ["BootMedia", "FullMedia"])
        #expect(all[0].media.expiresAt.text == "2098-06-01T23:59:59Z" && all[0].media.siteCode.text == "ABC")
        let thumbprint = try session.inspect("boot.iso", ["--password-file", password]).certificate.thumbprint.text
        #expect(thumbprint != nil && all[0].media.certificateThumbprint.text == thumbprint)
        #expect(all[1].media.outputs.elements.compactMap(\.text).first == session.folder.appending("set1.iso").string)
        #expect(all[1].media.taskSequence.name.text == DemoSite.taskSequenceName)
        #expect(all[1].media.contents.elements.contains { $0["id"].text == DemoSite.toolsPackage })
        let text = String(decoding: try SmallFile.read(file), as: UTF8.self)
        #expect(!text.contains("S3cret") && text.split(separator: "\n").count == 2)
        #expect(try Stat(file).permissions.isDisjoint(with: [.groupRead, .otherRead]))
        #expect(try session.outputs().allSatisfy { !$0.contains("ledger") })
        // Made again at the same place.
        try session.create(.bootable, "boot.iso", ["--force"])
        #expect(try entries().map { $0.media.mediaType.text } == ["FullMedia", "BootMedia"])
        let guid = try #require(all[1].media.mediaGuid.text)
        let shown = try session.succeed(["ledger", "show", guid.lowercased(), "--store", session.store.string])
        #expect(shown.output.contains("task sequence  \(DemoSite.taskSequenceName)"), "\(shown.output)")
        // As inspect shows it among the variables.
        let bare = String(guid.dropFirst().dropLast())
        #expect(
            try session.succeed(["ledger", "show", bare, "--store", session.store.string]).output == shown.output)
        try session.succeed(["ledger", "forget", guid, "--store", session.store.string])
        let gone = try session.run(["ledger", "show", guid, "--store", session.store.string])
        #expect(gone.status == 66 && gone.failure.contains("is not in the ledger"), "\(gone.errorText)")
        #expect(try entries().count == 1)
    }

    @Test("what expires and what is outdated is found, by a distribution point and by the site")
    func questions() throws {
        try session.create(.standalone, "a.iso", ["--media-expiration-date", "2097-01-01"])
        try session.create(.capture, "c.iso")
        #expect(try entries(["--expiring", "30"]).isEmpty)
        #expect(try entries(["--expiring", "36500"]).map { $0.media.mediaType.text } == ["FullMedia"])
        let against = ["--outdated", "--against", session.library.string]
        #expect(try entries(against).isEmpty)
        // The site has a newer client package than was distributed.
        let site = try AdminServiceServer(["--newer", DemoSite.clientPackage], in: session.work)
        let outdated = try entries(["--outdated"] + site.options)
        #expect(outdated.count == 1)
        #expect(outdated.first?.outdated.elements.compactMap { $0["id"].text } == [DemoSite.clientPackage])
        let table = try session.succeed(
            ["ledger", "list", "--outdated", "--store", session.store.string] + site.options)
        let row = try #require(table.output.split(separator: "\n").last)
        #expect(row.contains(DemoSite.clientPackage) && row.contains("a.iso"), "\(table.output)")
        let nowhere = try session.succeed(["ledger", "list", "--store", session.folder.appending("none").string])
        #expect(nowhere.errorText.contains("there is no ledger"), "\(nowhere.errorText)")
        let usage = try session.run(["ledger", "list", "--outdated"])
        #expect(usage.status == 64)
    }

    @Test("an operating system image whose files prestaged media holds is among its contents, and outdated as they are")
    func extractedImage() throws {
        try session.succeed(session.extracted())
        let contents = try entries().first?.media.contents.elements ?? []
        #expect(contents.contains { $0["id"].text == DemoSite.operatingSystemImage }, "\(contents)")
        let site = try AdminServiceServer(["--newer", DemoSite.operatingSystemImage], in: session.work)
        let outdated = try entries(["--outdated"] + site.options)
        #expect(
            outdated.first?.outdated.elements.compactMap { $0["id"].text } == [DemoSite.operatingSystemImage],
            "\(outdated)")
    }

    @Test("an update takes the place of what the ledger said, and a newer boot image makes media outdated")
    func updates() throws {
        try session.create(.standalone, "drive.img", ["--media-size", "100000000"])
        let before = try entries()
        #expect(before.count == 1 && before[0].media.bootImage.id.text == DemoSite.bootImage)
        let update = [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ]
        try session.succeed(update)
        try session.succeed(update + ["--label", "Dry", "--dry-run"])
        try session.succeed(update + ["--label", "Unseen", "--no-ledger"])
        #expect(try entries().map { $0.media.label.text } == before.map { $0.media.label.text })
        // Nothing is left to write, and the ledger says something else of it.
        try session.succeed(update + ["--label", "Unseen"])
        #expect(try entries().map { $0.media.label.text } == ["Unseen"])
        try session.succeed(update + ["--label", "Renewed"])
        let after = try entries()
        #expect(after.map { $0.media.label.text } == ["Renewed"])
        #expect(after[0].media.outputs.elements.compactMap(\.text) == [session.folder.appending("drive.img").string])
        let site = try AdminServiceServer(["--newer", DemoSite.bootImage], in: session.work)
        let outdated = try entries(["--outdated"] + site.options)
        #expect(outdated.first?.outdated.elements.compactMap { $0["id"].text } == [DemoSite.bootImage])
    }

    @Test("lines that are none of ours stay, and media is whole when the ledger cannot be written")
    func damage() throws {
        try session.work.write("not ours\n{\"madeAt\":1}\n".utf8, to: "store.ledger")
        try session.create(.capture, "c.iso")
        let list = try session.succeed(["ledger", "list", "--store", session.store.string])
        #expect(list.errorText.contains("has 2 lines that cannot be read"), "\(list.errorText)")
        #expect(list.output.contains(session.folder.appending("c.iso").string), "\(list.output)")
        #expect(String(decoding: try SmallFile.read(file), as: UTF8.self).hasPrefix("not ours\n{\"madeAt\":1}\n"))
        try Program.succeed("rm", [file.string])
        try TestFolder.makeFolder(file)
        let made = try session.succeed(session.arguments(.capture, "d.iso"))
        #expect(made.errorText.contains("the media is whole, and the ledger does not know it"), "\(made.errorText)")
    }
}
