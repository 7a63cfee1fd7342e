// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaFormat

/// Names that nobody can type, as messages show them.
@Suite("Paths as messages spell them")
struct ExtractionSpellingTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func extract(_ media: MemoryMedia, _ paths: [String] = [], skipping: [String] = []) throws -> [String] {
        let output = folder.appending("out")
        _ = try MediaExtractor(interruption: Interruption(), progress: SilentProgress()).extract(
            media, named: "media", ExtractionChoice(paths: paths, skipped: skipping), to: output,
            replacesExisting: false)
        defer { try? Folder.removeTree(output) }
        return try FolderEntry.entries(of: output).compactMap(\.name).sorted()
    }

    @Test(
        "what the message says leaves out what it is about: control characters, zeros, marks that turn a line",
        arguments: ["\u{1B}[3m", "zero\0inside", "turned\u{202E}txt", "a\\b\u{7}"], ["", "SMS/PKG"])
    func refused(name: String, parent: String) throws {
        var refused = RefusedNames()
        refused.insert(name, in: parent.isEmpty ? nil : try MediaPath(parent), problem: "cannot be")
        var media = try MemoryMedia([("bootmgr", "1")], hasManifest: false)
        media.refusedNames = refused.errors
        let error = #expect(throws: ExtractionError.self) { try extract(media) }
        let step = try #require(error?.nextStep).text { _, value in value ?? "" }
        // As the console shows it.
        let shown = try #require(refused.errors.first).name.onOneLine
        #expect(step.onOneLine.contains(shown))
        #expect(try extract(media, skipping: [shown]) == ["bootmgr"])
        #expect(throws: ExtractionError.self) { try extract(media, skipping: [shown + "x"]) }
    }

    @Test("a folder that is shown so can be named with what is in it, and no other")
    func folders() throws {
        let media = try MemoryMedia(
            [("left\u{200F}/a", "1"), ("left\u{200F}/b/c", "2"), ("left/a", "3"), ("left\u{200F}x/a", "4")],
            hasManifest: false)
        #expect(try extract(media, [#"left\u{200F}/"#]) == ["left\u{200F}"])
        #expect(try extract(media, skipping: [#"left\u{200F}"#]).count == 2)
        #expect(try extract(media, [#"left\u{200F}/b"#]) == ["left\u{200F}"])
        #expect(throws: ExtractionError.self) { try extract(media, [#"lef\u{200F}"#]) }
    }

    @Test("what is damaged is told as that, and with the file that it is")
    func damaged() throws {
        var refused = RefusedNames()
        refused.insertDamage(try MediaPath("SMS/PKG"), problem: "is damaged: its entry")
        var media = try MemoryMedia([("bootmgr", "1"), ("SMS/PKG/A/x", "2")], hasManifest: false)
        media.refusedNames = refused.errors
        let error = #expect(throws: ExtractionError.self) { try extract(media) }
        #expect(error?.code == .damaged && error?.failureClass == .malformed)
        #expect(error?.problem.contains("it is damaged: its entry") == true)
        #expect(try extract(media, skipping: ["sms/pkg"]) == ["bootmgr"])
        #expect(try extract(media, ["bootmgr"]) == ["bootmgr"])
    }

    @Test("of a folder that is damaged verification tells that, and not that all in it is missing")
    func verification() throws {
        var media = try MemoryMedia([("bootmgr", "1"), ("SMS/PKG/A/x", "2"), ("SMS/PKG/B", "3"), ("SMS/z", "4")])
        media.contents.removeAll { $0.path.description.hasPrefix("SMS/PKG") || $0.path.description == "SMS/z" }
        var refused = RefusedNames()
        refused.insertDamage(try MediaPath("sms/pkg"), problem: "is damaged: its entry")
        media.refusedNames = refused.errors
        let verified = try MediaVerifier(interruption: Interruption(), progress: SilentProgress())
            .check(media, named: "media").verification
        #expect(
            verified.findings.map { "\($0.problem) \($0.path)" } == ["missing SMS/z", "damaged sms/pkg"])
        #expect(verified.findings.map(\.isMendedByUpdate) == [true, false])
    }
}
