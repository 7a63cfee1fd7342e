// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("A pending output")
struct PendingOutputTests {
    let place: TestFolder
    let file: FilePath
    init() throws {
        place = try TestFolder()
        file = place.appending("disc.iso")
    }

    private func names() throws -> [String] { try FolderEntry.entries(of: place.path).compactMap(\.name) }

    private func publish(_ text: String, at path: FilePath? = nil, replacing: Bool = false) throws {
        let output = try PendingOutput(path ?? file, kind: .file, replacesExisting: replacing)
        try output.descriptor.writeAll(text.utf8)
        try output.publish()
    }

    // MARK: Whole or not at all

    @Test("a file has its name only once it is published, and nothing else is left")
    func appearsWhole() throws {
        do {
            let output = try PendingOutput(file, kind: .file, replacesExisting: false)
            try output.descriptor.writeAll("half".utf8)
            #expect(try names().count == 1)
            #expect(try names().first?.hasPrefix(".") == true)
            #expect(access(file.string, F_OK) != 0)
            try output.publish()
        }
        #expect(try names() == ["disc.iso"])
        #expect(try SmallFile.read(file) == Array("half".utf8))
    }

    @Test(
        "what is not published is gone, and the old output is untouched", arguments: [PendingOutput.Kind.file, .folder])
    func abandoned(kind: PendingOutput.Kind) throws {
        try place.write("old".utf8, to: kind == .file ? "disc.iso" : "disc.iso/old")
        do {
            let output = try PendingOutput(file, kind: kind, replacesExisting: true)
            if kind == .folder { try TestFolder.write([1], to: output.temporaryPath.appending("a/b")) }
        }
        #expect(try names() == ["disc.iso"])
        #expect(try SmallFile.read(kind == .file ? file : file.appending("old")) == Array("old".utf8))
    }

    @Test("several outputs appear together, or none does and what they replaced is there again")
    func publishTogether() throws {
        let paths = (1...3).map { place.appending("disc\($0).iso") }
        func begin(replacing: Bool) throws -> [PendingOutput] {
            try paths.map { path in
                let output = try PendingOutput(path, kind: .file, replacesExisting: replacing)
                try output.descriptor.writeAll("new \(path.lastComponent?.string ?? "")".utf8)
                return output
            }
        }
        do {
            let outputs = try begin(replacing: false)
            try place.write("taken meanwhile".utf8, to: "disc3.iso")
            #expect(throws: OutputError.self) { try PendingOutput.publish(outputs) }
        }
        #expect(try names() == ["disc3.iso"])
        try place.write("old".utf8, to: "disc1.iso")
        do {
            let outputs = try begin(replacing: true)
            try Program.succeed("rm", [paths[2].string])
            // A folder is not replaced by a file.
            try place.write([1], to: "disc3.iso/file")
            let error = #expect(throws: OutputError.self) { try PendingOutput.publish(outputs) }
            #expect(error?.code == .unsafe)
        }
        #expect(try names().sorted() == ["disc1.iso", "disc3.iso"])
        #expect(try SmallFile.read(paths[0]) == Array("old".utf8))
        try Program.succeed("rm", ["-r", paths[2].string])
        try PendingOutput.publish(try begin(replacing: true))
        #expect(try names().sorted() == ["disc1.iso", "disc2.iso", "disc3.iso"])
        #expect(try SmallFile.read(paths[0]) == Array("new disc1.iso".utf8))
    }

    @Test("a folder replaces another in one step, contents and all")
    func folderExchange() throws {
        try place.write([1], to: "disc.iso/old/file")
        let output = try PendingOutput(file, kind: .folder, replacesExisting: true)
        try TestFolder.write([2], to: output.temporaryPath.appending("new/file"))
        try output.publish()
        #expect(try names() == ["disc.iso"])
        #expect(try FolderEntry.entries(of: file).compactMap(\.name) == ["new"])
    }

    // MARK: Killed writers

    @Test("a living writer's file is left alone, and of two writers the first to publish wins")
    func twoWriters() throws {
        let first = try PendingOutput(file, kind: .file, replacesExisting: false)
        let second = try PendingOutput(file, kind: .file, replacesExisting: false)
        try first.descriptor.writeAll("first".utf8)
        try second.descriptor.writeAll("second".utf8)
        try second.publish()
        let error = #expect(throws: OutputError.self) { try first.publish() }
        #expect(error?.code == .exists)
        #expect(try SmallFile.read(file) == Array("second".utf8))
    }

    @Test("many writers of one output at once leave one whole output and nothing else")
    func manyWriters() throws {
        let path = file
        WorkerThreads.run(count: 8) { number in
            for _ in 0..<10 {
                guard let output = try? PendingOutput(path, kind: .file, replacesExisting: true) else { continue }
                _ = try? output.descriptor.writeAll([UInt8](repeating: UInt8(number), count: 50_000))
                try? output.publish()
            }
        }
        #expect(try names() == ["disc.iso"])
        let bytes = try SmallFile.read(file)
        #expect(bytes.count == 50_000)
        #expect(Set(bytes).count == 1)
    }

    // MARK: Names

    @Test("an existing output is refused without replacing, and replaced with it")
    func replacing() throws {
        try publish("old")
        let error = #expect(throws: OutputError.self) { try publish("new") }
        #expect(error?.failureClass == .cannotCreate)
        #expect(error?.text.names(.force) == true)
        #expect(try SmallFile.read(file) == Array("old".utf8))
        try publish("new", replacing: true)
        #expect(try SmallFile.read(file) == Array("new".utf8))
    }

    @Test("a link to an output stays a link, and what it points to is replaced")
    func link() throws {
        try place.write("old".utf8, to: "real/target.iso")
        #expect(symlink("real/target.iso", file.string) == 0)
        try publish("new", replacing: true)
        #expect(try Stat(file, followTargetSymlink: false).type == .symbolicLink)
        #expect(try SmallFile.read(place.appending("real/target.iso")) == Array("new".utf8))
        #expect(try FolderEntry.entries(of: place.appending("real")).count == 1)
    }

    @Test("names up to the 255 bytes of a file system work, in any script", arguments: ["n", "ü", "日", "😀"])
    func longNames(unit: String) throws {
        let name = String(repeating: unit, count: 255 / unit.utf8.count)
        try publish("new", at: place.appending(name))
        #expect(try names() == [name])
        // Cut inside a character, the temporary name is still found again.
        let output = try PendingOutput(place.appending(name), kind: .file, replacesExisting: true)
        let leftover = output.temporaryPath.string
        #expect(leftover.utf8.count - place.path.string.utf8.count <= 256)
    }

    @Test(
        "what cannot become an output is refused with the reason",
        arguments: [
            ("fifo", PendingOutput.Kind.file, FailureClass.refused), ("folder", .file, .cannotCreate),
            ("plain", .folder, .cannotCreate), ("absent/x.iso", .file, .cannotCreate),
            ("plain/x.iso", .file, .cannotCreate),
            ("broken", .file, .refused), ("/dev/null", .file, .refused), ("..", .file, .refused),
            ("/", .folder, .refused),
            ("", .file, .refused), (".", .folder, .refused),
        ])
    func refused(name: String, kind: PendingOutput.Kind, failureClass: FailureClass) throws {
        try place.write([1], to: "plain")
        try place.write([1], to: "folder/inside")
        #expect(mkfifo(place.appending("fifo").string, 0o600) == 0)
        #expect(symlink("nowhere", place.appending("broken").string) == 0)
        let path = name.hasPrefix("/") || name.isEmpty || name.hasPrefix(".") ? FilePath(name) : place.appending(name)
        let before = try names()
        let error = #expect(throws: OutputError.self) { try PendingOutput(path, kind: kind, replacesExisting: true) }
        #expect(error?.failureClass == failureClass)
        #expect(try names() == before)
    }

    @Test(
        "a file system that cannot be written is an error that names the output's folder", .enabled(if: geteuid() == 0))
    func readOnly() throws {
        try place.makeFolder(place.appending("mount"))
        let mount = place.appending("mount").string
        try Program.succeed("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", mount])
        defer { _ = try? Program.run("umount", [mount]) }
        let error = #expect(throws: FileError.self) { try publish("x", at: FilePath("\(mount)/disc.iso")) }
        #expect(error?.errno == .readOnlyFileSystem)
        #expect(error?.failureClass == .cannotCreate)
    }

    @Test("a name that the file system does not hold is told before anything is written")
    func longName() throws {
        // ext4, btrfs, xfs and tmpfs hold 255 bytes.
        let longest = place.appending(String(repeating: "x", count: 251) + ".iso")
        try publish("x", at: longest)
        let path = place.appending(String(repeating: "x", count: 252) + ".iso")
        let error = #expect(throws: OutputError.self) {
            _ = try PendingOutput.check(path, kind: .file, replacesExisting: false)
        }
        #expect(error?.code == .longName)
        #expect(error?.failureClass == .cannotCreate)
    }

    @Test("room is asked for before anything is written")
    func room() throws {
        try PendingOutput.requireSpace(1, for: file)
        let error = #expect(throws: OutputError.self) { try PendingOutput.requireSpace(.max, for: file) }
        #expect(error?.code == .noSpace)
        #expect(error?.failureClass == .cannotCreate)
    }
}
