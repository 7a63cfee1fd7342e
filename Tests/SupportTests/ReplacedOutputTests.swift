// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("What an output leaves and replaces")
struct ReplacedOutputTests {
    let place: TestFolder
    let file: FilePath
    init() throws {
        place = try TestFolder()
        file = place.appending("disc.iso")
    }

    private func names(_ folder: FilePath? = nil) throws -> [String] {
        try FolderEntry.entries(of: folder ?? place.path).compactMap(\.name)
    }

    private func publish(
        _ text: String, at path: FilePath? = nil, replacing: Bool = false, isSecret: Bool = false
    ) throws {
        let output = try PendingOutput(path ?? file, kind: .file, replacesExisting: replacing, isSecret: isSecret)
        try output.descriptor.writeAll(text.utf8)
        try output.publish()
    }

    // MARK: Killed writers

    @Test("what a killed writer left is removed by the next writer of the same output, and by no other")
    func leftover() throws {
        let left = [
            try Leftover.of(file, .file), try Leftover.of(file, .folder),
            try Leftover.of(place.appending("disc"), .file), try Leftover.of(place.appending("other.iso"), .file),
        ]
        #expect(try names() == left.sorted())
        try publish("new", at: place.appending("disc"))
        #expect(try names() == (left.filter { $0 != left[2] } + ["disc"]).sorted())
        try publish("new")
        #expect(try names() == [left[3], "disc", "disc.iso"])
    }

    @Test("names that begin alike for 200 bytes are different outputs")
    func longNames() throws {
        let names = ["a", "b"].map { String(repeating: "n", count: 240) + $0 }
        let left = try Leftover.of(place.appending(names[0]), .file)
        try publish("new", at: place.appending(names[1]))
        #expect(try self.names() == [left, names[1]])
        try publish("new", at: place.appending(names[0]))
        #expect(try self.names() == names)
    }

    @Test(
        "what only has such a name stays: a user's file, a folder without our mark, a pipe, a link",
        .timeLimit(.minutes(1)))
    func foreign() throws {
        let names = (0..<5).map { ".disc.iso.\($0)123456789abc.tsmedia-partial" }
        try place.write([1], to: names[0])
        try place.write([1], to: "\(names[1])/content/file")
        #expect(mkfifo(place.appending(names[2]).string, 0o600) == 0)
        let victim = try TestFolder()
        try victim.write([1], to: "file")
        #expect(symlink(victim.path.string, place.appending(names[3]).string) == 0)
        let copy = try Leftover.of(file, .file)
        try Program.succeed("mv", [copy, names[4]], in: place.path)
        try publish("new")
        #expect(try self.names() == names + ["disc.iso"])
        #expect(try SmallFile.read(place.appending(names[0])) == [1])
        #expect(try SmallFile.read(victim.appending("file")) == [1])
    }

    @Test("what another user's writer left stays", .enabled(if: geteuid() == 0, "changing owners needs root"))
    func anotherUser() throws {
        let left = [try Leftover.of(file, .file), try Leftover.of(file, .folder)]
        try Program.succeed("chown", ["65534", left[0]], in: place.path)
        try Program.succeed("chown", ["65534", "\(left[1])/tsmedia-owner"], in: place.path)
        try publish("new")
        #expect(try names() == left.sorted() + ["disc.iso"])
    }

    // MARK: File systems that cannot swap

    @Test(
        "after a power cut, what lies where others could be at work stays, but for whoever writes there alone",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)), arguments: [false, true])
    func afterPowerCut(isMarkWritten: Bool) throws {
        let mount = try NTFSMount()
        let path = mount.root.appending("ref.wim")
        let left = try Leftover.of(path, .file)
        let mark = mount.root.appending(left).appending("tsmedia-owner")
        // That of a computer that was started another time; or not on the disk yet when the power went.
        let text = String(decoding: try SmallFile.read(mark), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try TestFolder.write(
            (isMarkWritten ? ([lines[0], lines[1], "other", "other"] + lines[4...]).joined(separator: "\n") : "").utf8,
            to: mark)
        try publish("new", at: path, replacing: true)
        #expect(try names(mount.root) == [left, "ref.wim"])
        let output = try PendingOutput(path, kind: .file, replacesExisting: true, isAlone: true)
        try output.descriptor.writeAll("newer".utf8)
        try output.publish()
        #expect(try names(mount.root) == ["ref.wim"])
        #expect(try SmallFile.read(path) == Array("newer".utf8))
    }

    @Test(
        "where names cannot be swapped, files and folders are replaced whole, alone and together",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)))
    func withoutExchange() throws {
        let mount = try NTFSMount()
        let paths = ["a", "b", "c"].map { mount.root.appending($0) }
        func begin() throws -> [PendingOutput] {
            try paths.enumerated().map { number, path in
                let output = try PendingOutput(path, kind: number == 1 ? .folder : .file, replacesExisting: true)
                if number == 1 {
                    try TestFolder.write("new".utf8, to: output.temporaryPath.appending("new"))
                } else {
                    try output.descriptor.writeAll("new".utf8)
                }
                return output
            }
        }
        for path in [paths[0], paths[1].appending("old"), paths[2]] { try TestFolder.write("old".utf8, to: path) }
        do {
            let outputs = try begin()
            // The last of them cannot have its name.
            try Program.succeed("rm", [paths[2].string])
            try TestFolder.write("old".utf8, to: paths[2].appending("file"))
            #expect(throws: OutputError.self) { try PendingOutput.publish(outputs) }
        }
        #expect(try names(mount.root) == ["a", "b", "c"])
        #expect(try SmallFile.read(paths[0]) == Array("old".utf8))
        #expect(try names(paths[1]) == ["old"])
        try Program.succeed("rm", ["-r", paths[2].string])
        do { try PendingOutput.publish(try begin()) }
        // FUSE may keep a hidden folder of ours a little longer, which the next writer removes.
        #expect(try names(mount.root).filter { !$0.hasPrefix(".") } == ["a", "b", "c"])
        #expect(try SmallFile.read(paths[0]) == Array("new".utf8))
        #expect(try names(paths[1]) == ["new"])
        try publish("newer", at: paths[0], replacing: true)
        #expect(try SmallFile.read(paths[0]) == Array("newer".utf8))
        #expect(try names(mount.root).filter { !$0.hasPrefix(".") } == ["a", "b", "c"])
    }

    @Test("an old output that a killed writer had put aside comes back, and never takes the place of another")
    func putAside() throws {
        let left = try Leftover.of(file, .file)
        try place.write("old".utf8, to: "\(left)/replaced")
        let error = #expect(throws: OutputError.self) { try publish("new") }
        #expect(error?.code == .exists)
        #expect(try names() == ["disc.iso"])
        #expect(try SmallFile.read(file) == Array("old".utf8))
        let again = try Leftover.of(file, .file)
        try place.write("older".utf8, to: "\(again)/replaced")
        #expect(throws: OutputError.self) { try publish("new") }
        #expect(try SmallFile.read(file) == Array("old".utf8))
    }

    @Test("a folder that came to the output's name while a file was written is not removed")
    func replacedMeanwhile() throws {
        try place.write("old".utf8, to: "disc.iso")
        do {
            let output = try PendingOutput(file, kind: .file, replacesExisting: true)
            try Program.succeed("rm", [file.string])
            try place.write([1], to: "disc.iso/file")
            let error = #expect(throws: OutputError.self) { try output.publish() }
            #expect(error?.code == .unsafe)
        }
        #expect(try names() == ["disc.iso"])
        #expect(try SmallFile.read(file.appending("file")) == [1])
    }

    // MARK: Modes

    @Test(
        "a replaced file keeps its mode; one with secrets is for its owner, unless others could not read it before",
        arguments: [(0o600, 0o600, 0o600), (0o640, 0o640, 0o640), (0o644, 0o644, 0o600), (0o755, 0o755, 0o600)])
    func replacedMode(old: UInt32, plain: UInt32, secret: UInt32) throws {
        for (isSecret, expected) in [(false, plain), (true, secret)] {
            try place.write("old".utf8, to: "disc.iso")
            #expect(chmod(file.string, old) == 0)
            try publish("new", replacing: true, isSecret: isSecret)
            #expect(try Stat(file).permissions.rawValue == expected)
            try AtomicFile.write("newer".utf8, to: file, temporary: place.appending("temporary"))
            #expect(try Stat(file).permissions.rawValue == expected)
        }
    }

    @Test("a new file is for everyone, one with secrets for its owner, and a replaced folder keeps its mode")
    func newMode() throws {
        try publish("new")
        #expect(try Stat(file).permissions.rawValue == 0o644)
        try publish("new", at: place.appending("secret"), isSecret: true)
        #expect(try Stat(place.appending("secret")).permissions.rawValue == 0o600)
        let folder = place.appending("folder")
        try place.makeFolder(folder)
        #expect(chmod(folder.string, 0o2750) == 0)
        try PendingOutput(folder, kind: .folder, replacesExisting: true).publish()
        #expect(try Stat(folder).permissions.rawValue == 0o2750)
    }

    @Test(
        "a replaced file keeps its owner and group when root writes",
        .enabled(if: geteuid() == 0, "changing owners needs root"))
    func owner() throws {
        try publish("old")
        #expect(chown(file.string, 1_234, 5_678) == 0)
        try publish("new", replacing: true)
        let status = try Stat(file)
        #expect(status.userID.rawValue == 1_234 && status.groupID.rawValue == 5_678)
    }
}
