// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

@Suite("Content of a set of volumes")
struct SetContentTests {
    private static func script(_ word: String) -> [(name: String, bytes: [UInt8])] {
        [("say.sh", Array("echo \(word)\n".utf8))]
    }

    private static let contents: [SetVolumes.Content] = [
        .init(id: "ABC00001", files: [1: script("one")]), .init(id: "ABC00002", files: [2: script("two")]),
        .init(id: "ABC00003", files: [3: script("three")]), .init(id: "ABC00004", files: [3: script("four")]),
    ]

    private static func command(_ number: Int, _ id: String) -> String {
        R.step(
            "Step \(number)", "RunCommandLine",
            [("CommandLine", "sh say.sh"), ("PackageID", id), ("OutputVariableName", "Said\(number)")])
    }

    /// A run of commands that use contents of the set, with a drive in which there is `then` after the first volume.
    private func run(
        _ ids: [String], _ set: SetVolumes, then: [FilePath]
    ) throws -> (run: RunningSequence, drives: ScriptedDrives) {
        let interruption = Interruption()
        let drives = ScriptedDrives(set.root(1), then: then, interruption: interruption)
        let run = try RunningSequence(
            ids.enumerated().map { Self.command($0.offset + 1, $0.element) }.joined(),
            mediaDrives: [ScriptedDrives.drive], interruption: interruption
        ) { _ in
            SetContent(root: set.root(1), manifest: set.manifests[0]) { _ in drives }
        }
        return (run, drives)
    }

    private func said(_ run: RunningSequence, _ number: Int) -> String? { run.session.variables["Said\(number)"] }

    @Test("each volume is asked for when a content of it is used, once")
    func order() throws {
        let set = try SetVolumes(3, Self.contents)
        let (run, drives) = try run(
            ["ABC00001", "abc00002", "ABC00003", "ABC00004"], set, then: [set.root(2), set.root(3)])
        #expect(try run.findings() == [])
        #expect(drives.opened == [])
        #expect(try run.run() == false)
        #expect((1...4).map { said(run, $0) } == ["one", "two", "three", "four"])
        #expect(drives.opened == ["1", "2", "2", "3"])
        #expect(try run.trace().filter { $0.contains("is asked for") }.count == 2)
    }

    @Test("another volume, another set, foreign media and no media are told apart, and the volume is asked for again")
    func wrong() throws {
        let set = try SetVolumes(3, Self.contents)
        let other = try SetVolumes(3, Self.contents, guid: "{99999999-2222-3333-4444-555555555555}", label: "Büro")
        let changed = try SetVolumes(3, Array(Self.contents.dropLast()), label: "Old")
        let none = try TestFolder()
        let foreign = try TestFolder()
        try TestFolder.write([], to: foreign.path.appending("SMS/data/TsmBootstrap.ini"))
        let torn = try TestFolder()
        try TestFolder.write("{\"schemaVersion\": 1".utf8, to: torn.path.appending(MediaManifest.path))
        let (run, _) = try run(
            ["ABC00002"], set,
            then: [
                set.root(3), other.root(2), changed.root(2), foreign.path, none.path, torn.path, "/nowhere",
                set.root(2),
            ])
        #expect(try run.findings() == [])
        #expect(try run.run() == false)
        #expect(said(run, 1) == "two")
        let told = try run.trace().filter { $0.hasPrefix("media #2 was asked for: ") }
        let expected = [
            "is media #3 of the set", "is of other media, labelled 'Büro #2': it has media GUID {9",
            "labelled 'Old #2': it is of another build", "that others made", "is no task sequence media",
            "cannot be read", "cannot be read",
        ]
        #expect(told.count == expected.count, "\(told)")
        for (text, part) in zip(told, expected) { #expect(text.contains(part)) }
    }

    @Test(
        "a damaged volume is told with its file, and asked for again before a step uses it",
        arguments: ["echo TWO\n", "echo two, longer\n", "", nil])
    func damaged(content: String?) throws {
        let set = try SetVolumes(3, Self.contents)
        let damaged = try SetVolumes(3, Self.contents)
        let file = damaged.root(2).appending("SMS/PKG/ABC00002/say.sh")
        if let content { try TestFolder.write(content.utf8, to: file) } else { try Folder.removeFile(file) }
        let (run, _) = try run(["ABC00002"], set, then: [damaged.root(2), set.root(2)])
        #expect(try run.run() == false)
        #expect(said(run, 1) == "two")
        let told = try run.trace().filter { $0.hasPrefix("media #2 is damaged") }
        #expect(told.count == 1 && told[0].contains("say.sh"), "\(told)")
    }

    @Test("what of the first volume is damaged, and content that no volume has, speak against the run before it")
    func preflight() throws {
        let set = try SetVolumes(3, Self.contents)
        try TestFolder.write("echo ONE\n".utf8, to: set.root(1).appending("SMS/PKG/ABC00001/say.sh"))
        let (run, drives) = try run(["ABC00001", "ABC00002", "ABC00009", "../../etc"], set, then: [])
        let findings = try run.findings()
        #expect(findings.map(\.step) == ["Step 1", "Step 3", "Step 4"])
        #expect(findings[0].problem.description.contains("say.sh"))
        #expect(findings[1].problem.description.contains("is on no volume of this set"))
        #expect(drives.opened == [])
    }

    @Test("a volume that nobody puts in is no end without a word")
    func nobody() throws {
        let set = try SetVolumes(3, Self.contents)
        let (run, _) = try run(["ABC00002"], set, then: [])
        #expect(throws: InterruptedError.self) { try run.run() }
    }

    @Test("volumes that are in other drives are found without asking")
    func present() throws {
        let set = try SetVolumes(3, Self.contents)
        let drives = AllDrives(set)
        let run = try RunningSequence(
            Self.command(1, "ABC00003") + Self.command(2, "ABC00002"), mediaDrives: ["/dev/sda"]
        ) { _ in SetContent(root: set.root(1), manifest: set.manifests[0]) { _ in drives } }
        #expect(try run.run() == false)
        #expect([said(run, 1), said(run, 2)] == ["three", "two"])
        #expect(try run.trace().filter { $0.contains("asked for") }.isEmpty)
    }

    /// Sticks that are all in.
    private final class AllDrives: VolumeDrives {
        private let set: SetVolumes

        init(_ set: SetVolumes) { self.set = set }

        func present() -> [PresentMedium] {
            (1...3).map {
                PresentMedium(drive: FilePath("/dev/sd\($0)"), isDisc: false, devices: [set.root($0)], key: "\($0)")
            }
        }

        func open(_ device: FilePath) -> FilePath? { device }
        func close() {}
        func eject(_ drive: FilePath) {}
    }
}
