// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsSetup

@testable import SequenceEngine

/// States for tests.
enum StateSample {
    static let identity = RunState.Identity(
        media: "{11111111-2222-3333-4444-555555555555}", sequence: String(repeating: "ab", count: 32),
        name: "Größe \"1\"")

    /// A state that has as many steps as `done`.
    static func state(_ done: Int, begun: Bool = false) -> RunState {
        var state = RunState(identity: identity, stepCount: 20)
        state.done = done
        state.begun = begun ? RunState.Begun(number: done + 1, name: "Apply") : nil
        state.steps = (0..<done).map { index in
            RunState.Step(
                number: index + 1,
                changes: [
                    RunState.Change(name: "Variable\(index)", value: .text("value \(index)")),
                    RunState.Change(name: "Secret", value: .secret), RunState.Change(name: "Gone", value: .removed),
                ])
        }
        state.volumes = [
            RunState.Volume(
                device: .gpt(
                    disk: GUID(Array(repeating: 1, count: 16)), partition: GUID(Array(repeating: 2, count: 16))),
                disk: 0, partition: 3, letter: "C", fileSystem: .ntfs, label: "Windows", isDivided: true),
            RunState.Volume(
                device: .mbr(diskSignature: 0xFFFF_FFFF, offset: 1 << 40), disk: 1, partition: 1, letter: nil,
                fileSystem: nil, label: "", isDivided: false),
        ]
        state.windows = RunState.Windows(
            device: .mbr(diskSignature: 1, offset: 2), architecture: .x64, language: "de-DE")
        state.written = Timestamp(unixSeconds: 1_750_000_000)
        return state
    }
}

@Suite("how far a run has come, as it is kept")
struct StateStoreTests {
    @Test("a state is read as it was written", arguments: [0, 1, 20])
    func roundTrip(done: Int) throws {
        var state = StateSample.state(done, begun: done < 20)
        #expect(try RunState(decoding: try state.encoded()) == state)
        state.windows = nil
        state.volumes = []
        #expect(try RunState(decoding: try state.encoded()) == state)
    }

    @Test("a state that cannot be is none: numbers, orders, letters, names, versions")
    func hostile() throws {
        let text = String(decoding: try StateSample.state(3, begun: true).encoded(), as: UTF8.self)
        for (part, other) in [
            ("\"schemaVersion\":1", "\"schemaVersion\":2"), ("\"done\":3", "\"done\":2"), ("\"done\":3", "\"done\":99"),
            ("\"done\":3", "\"done\":-1"), ("\"done\":3", "\"done\":1e3"), ("\"stepCount\":20", "\"stepCount\":2"),
            ("\"number\":1,", "\"number\":3,"), ("\"number\":4,", "\"number\":3,"),
            ("\"letter\":\"C\"", "\"letter\":\"CC\""),
            ("\"letter\":\"C\"", "\"letter\":\"/\""), ("\"name\":\"Variable0\"", "\"name\":\"\""),
            ("\"diskSignature\":4294967295", "\"diskSignature\":4294967296"), ("\"disk\":0", "\"disk\":9999999999"),
            ("\"isRestarting\":false", "\"isRestarting\":0"), ("\"architecture\":\"x64\"", "\"architecture\":\"z80\""),
            ("\"written\":1750000000", "\"written\":9223372036854775807"), ("\"steps\":[", "\"steps\":[["),
        ] {
            let changed = try #require(text.replacingFirst(part, with: other), "\(part) in \(text)")
            #expect(throws: (any Error).self, "\(other)") { try RunState(decoding: Array(changed.utf8)) }
        }
        #expect(throws: (any Error).self) { try RunState(decoding: []) }
    }

    @Test("a file of which any byte is another, or the end lacks, is none")
    func damaged() throws {
        let file = StateFile(number: 7, state: try StateSample.state(2).encoded())
        let bytes = file.bytes
        #expect(StateFile(bytes) == file && bytes.count.isMultiple(of: 4096))
        let used = 56 + file.state.count
        for index in 0..<used {
            var changed = bytes
            changed[index] ^= 1
            #expect(StateFile(changed) == nil, "byte \(index)")
            #expect(StateFile(Array(bytes[..<index])) == nil, "\(index) bytes")
        }
        #expect(StateFile([UInt8](repeating: 0, count: 1 << 16)) == nil)
    }

    @Test("the second file is written in turn, and a cut at any byte of it leaves the state before, or the new one")
    func torn() throws {
        let folder = try TestFolder()
        let store = StateStore(folder.path, on: nil)
        #expect(try store.read() == .nothing)
        try Folder.create(folder.path.appending(StateStore.folder))
        for number in 0..<5 {
            try store.write(StateSample.state(number))
            #expect(try store.read() == .state(StateSample.state(number)))
        }
        let files = StateStore.names.map { folder.path.appending(StateStore.folder).appending($0) }
        for number in 5..<8 {
            let before = try files.map { try SmallFile.read($0) }
            try store.write(StateSample.state(number))
            let after = try files.map { try SmallFile.read($0) }
            let changed = try #require((0..<2).filter { before[$0] != after[$0] }.first)
            #expect(before[1 - changed] == after[1 - changed])
            #expect(before[changed].count == after[changed].count)
            for count in stride(from: 0, to: 4096, by: 61) {
                for torn in [
                    after[changed][..<count] + before[changed][count...],
                    before[changed][..<count] + after[changed][count...],
                ] {
                    try AtomicFile.create(torn, at: files[changed])
                    let read = try store.read()
                    let allowed = [StateSample.state(number - 1), StateSample.state(number)]
                    #expect(allowed.contains { read == .state($0) }, "\(count) bytes of \(number): \(read)")
                }
            }
            try AtomicFile.create(after[changed], at: files[changed])
        }
        try store.remove()
        #expect(try store.read() == .nothing)
        #expect(!Folder.exists(folder.path.appending(StateStore.folder)))
    }

    @Test("two files that are not whole are told as such")
    func nothingWhole() throws {
        let folder = try TestFolder()
        let place = folder.path.appending(StateStore.folder)
        try Folder.create(place)
        for name in StateStore.names {
            try AtomicFile.create([UInt8](repeating: 0, count: 100), at: place.appending(name))
        }
        #expect(try StateStore(folder.path, on: nil).read() == .damaged("was not written to its end"))
        let file = StateFile(number: 3, state: Array("{\"schemaVersion\":9}".utf8))
        try AtomicFile.create(file.bytes, at: place.appending(StateStore.names[0]))
        #expect(try StateStore(folder.path, on: nil).read() == .damaged("has another version"))
    }

    /// Blocks of which a drive writes all or nothing.
    private static let sector = 512

    @Test(
        "on a volume of NTFS: whichever of its sectors a cut leaves out, the volume has the state before, or the new one",
        .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
    func sectors() throws {
        let drive = try LoopDevice(mebibytes: 16) { image in
            try Program.succeed("mkntfs", ["--force", "--quick", "--quiet", image.string])
        }
        let volume = DiskVolume(
            disk: 0, partition: 1, node: drive.node, range: 0..<(16 << 20), fileSystem: .ntfs, label: "",
            bootDevice: .mbr(diskSignature: 0, offset: 0), isStarted: false, isForData: true)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        let store = StateStore(mounted.folder.root, on: drive.node)
        var images: [[UInt8]] = []
        for number in 1...6 {
            try store.write(StateSample.state(number, begun: true))
            // What the file holds now is what is left when the power goes: nobody has unmounted anything.
            images.append(try SmallFile.read(drive.image))
        }
        try mounted.unmount()
        func read(_ image: [UInt8]) throws -> StateStore.Content {
            let copy = try TestFolder()
            let path = copy.appending("cut.img")
            try AtomicFile.create(image, at: path)
            let point = copy.appending("mount")
            try Folder.create(point)
            try Program.succeed("ntfs-3g", ["-o", "ro", path.string, point.string])
            defer { _ = try? Program.run("umount", [point.string]) }
            return try StateStore(point, on: nil).read()
        }
        for number in 1...6 {
            #expect(try read(images[number - 1]) == .state(StateSample.state(number, begun: true)), "state \(number)")
        }
        for number in 4...6 {
            let (before, after) = (images[number - 2], images[number - 1])
            let starts = stride(from: 0, to: before.count, by: Self.sector).filter {
                before[$0..<($0 + Self.sector)] != after[$0..<($0 + Self.sector)]
            }
            // The state: nothing else of the volume.
            #expect((1...8).contains(starts.count), "\(starts)")
            for start in starts {
                let range = start..<(start + Self.sector)
                var (only, without) = (before, after)
                only.replaceSubrange(range, with: after[range])
                without.replaceSubrange(range, with: before[range])
                for image in [only, without] {
                    let found = try read(image)
                    #expect(
                        [number - 1, number].contains { found == .state(StateSample.state($0, begun: true)) },
                        "sector \(start / Self.sector) of state \(number): \(found)")
                }
            }
        }
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String? {
        guard let range = firstRange(of: part) else { return nil }
        return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
    }
}
