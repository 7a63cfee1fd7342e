// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Files")
struct FilesTests {
    let place: TestFolder
    init() throws { place = try TestFolder() }

    // MARK: Input

    @Test("what is not a file is refused at once instead of waited for", .timeLimit(.minutes(1)))
    func notFiles() throws {
        let pipe = place.appending("pipe")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        for path: FilePath in [pipe, "/dev/zero", "/dev/null", place.path] {
            for allowsDevices in [false, true] {
                let error = #expect(throws: FileError.self) { try InputFile.open(path, allowsDevices: allowsDevices) }
                #expect(error?.failureClass == .malformed, "\(path)")
                #expect(error?.description.contains("name a file") == true)
            }
        }
        let missing = #expect(throws: FileError.self) { try InputFile.open(place.appending("absent")) }
        #expect(missing?.failureClass == .notFound)
        let file = try InputFile.open(try place.write([1], to: "file"))
        try file.close()
    }

    @Test("a small file is read whole, and refused above the limit instead of filling the memory")
    func smallFile() throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let file = try place.write(bytes, to: "file")
        #expect(try SmallFile.read(file) == bytes)
        #expect(try SmallFile.read(file, limit: 200_000) == bytes)
        for (path, limit) in [(file, 199_999), (FilePath("/dev/zero"), 1 << 20)] {
            let error = #expect(throws: FileError.self) { try SmallFile.read(path, limit: limit) }
            #expect(error?.errno == .fileTooLarge)
            #expect(error?.failureClass == .malformed)
        }
    }

    // MARK: Atomic writes

    @Test("an atomic write replaces the file whole and leaves no temporary one")
    func atomicWrite() throws {
        let file = try place.write("old".utf8, to: "file")
        let temporary = try place.write("left by a killed writer, and longer".utf8, to: "temporary")
        try AtomicFile.write("new".utf8, to: file, temporary: temporary)
        #expect(try SmallFile.read(file) == Array("new".utf8))
        #expect(try FolderEntry.entries(of: place.path).compactMap(\.name) == ["file"])
    }

    @Test("a link under the temporary name is not written through")
    func temporaryLink() throws {
        let victim = try place.write("victim".utf8, to: "victim")
        #expect(symlink(victim.string, place.appending("temporary").string) == 0)
        #expect(throws: FileError.self) {
            try AtomicFile.write("new".utf8, to: place.appending("file"), temporary: place.appending("temporary"))
        }
        #expect(try SmallFile.read(victim) == Array("victim".utf8))
    }

    // MARK: Locks

    @Test("a lock lets one in at a time, and goes when its holder fails")
    func lock() throws {
        let path = place.appending("lock")
        let inside = Atomic<Int>(0)
        let total = Atomic<Int>(0)
        WorkerThreads.run(count: 6) { _ in
            for _ in 0..<5 {
                let held: Void? = try? FileLock.withLock(at: path) {
                    if inside.add(1, ordering: .sequentiallyConsistent).newValue == 1 {
                        total.add(1, ordering: .sequentiallyConsistent)
                    }
                    inside.subtract(1, ordering: .sequentiallyConsistent)
                    throw Errno.ioError
                }
                if held != nil { total.store(-1, ordering: .sequentiallyConsistent) }
            }
        }
        #expect(total.load(ordering: .sequentiallyConsistent) == 30)
    }

    @Test("waiting for a lock can be interrupted")
    func interruptedLock() throws {
        let path = place.appending("lock")
        let interruption = Interruption()
        interruption.request()
        try FileLock.withLock(at: path) { () -> Void in
            _ = #expect(throws: InterruptedError.self) {
                try FileLock.withLock(at: path, interruption: interruption) {}
            }
        }
    }

    // MARK: Folders

    @Test("entries are ordered by bytes and told apart by what they are, links not followed")
    func entries() throws {
        try place.write([1], to: "b")
        try place.write([1], to: "a/inside")
        #expect(symlink("a", place.appending("Z").string) == 0)
        #expect(mkfifo(place.appending("c").string, 0o600) == 0)
        let entries = try FolderEntry.entries(of: place.path)
        #expect(entries.map(\.name) == ["Z", "a", "b", "c"])
        #expect(entries.map(\.kind) == [.symbolicLink, .folder, .file, .special])
    }

    @Test("a name that is not UTF-8 is listed as it is, and has no text")
    func entriesWithoutText() throws {
        let name: [CChar] = [97, -1, 98, 0]
        let path = place.path.appending(try #require(FilePath.Component(platformString: name)))
        try TestFolder.write([1], to: path)
        try place.write([1], to: "a")
        let entries = try FolderEntry.entries(of: place.path)
        #expect(entries.map(\.name) == ["a", nil])
        #expect(entries.map { place.path.appending($0.component) } == [place.appending("a"), path])
    }

    @Test("files are read one after another into one buffer, whatever their sizes")
    func readsIntoOneBuffer() throws {
        var buffer: [UInt8] = []
        for size in [0, 1, 70_000, 65_536, 3, 200_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ size) }
            let descriptor = try FileDescriptor.open(try place.write(bytes, to: "file"), .readOnly)
            try descriptor.closeAfter {
                for known in [nil, Int64(size)] {
                    try descriptor.seek(offset: 0, from: .start)
                    let count = try SmallFile.read(descriptor, into: &buffer, byteCount: known)
                    #expect(Array(buffer[..<count]) == bytes)
                }
                try descriptor.seek(offset: 0, from: .start)
                if size > 2 {
                    #expect(throws: Errno.fileTooLarge) {
                        try SmallFile.read(descriptor, into: &buffer, limit: size - 1, byteCount: Int64(size))
                    }
                }
            }
        }
    }

    @Test("an open folder follows no link, neither to itself nor in it")
    func openFolder() throws {
        try place.write([7], to: "real/file")
        #expect(symlink("real", place.appending("link").string) == 0)
        #expect(symlink("file", place.appending("real/link").string) == 0)
        let error = #expect(throws: FileError.self) { _ = try OpenFolder(place.appending("link")) }
        #expect(error?.path == place.appending("link"))
        let folder = try OpenFolder(place.appending("real"))
        let descriptor = try folder.open("file")
        #expect(try descriptor.closeAfter { try SmallFile.read(descriptor) } == [7])
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try folder.open("link") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try folder.open("missing") }
    }

    @Test("removing a tree follows no link and removes what cannot be read as text")
    func removeTree() throws {
        let victim = try TestFolder()
        try victim.write([1], to: "file")
        try place.write([1], to: "tree/deep/file")
        #expect(symlink(victim.path.string, place.appending("tree/link").string) == 0)
        #expect(mkdir(place.appending("tree").string + "/\u{FF}", 0o700) == 0)
        try Folder.removeTree(place.appending("tree"))
        try Folder.removeTree(place.appending("tree"))
        #expect(try FolderEntry.entries(of: place.path).isEmpty)
        #expect(try SmallFile.read(victim.appending("file")) == [1])
    }

    @Test("folders are made with those above them; a file in the way is an error")
    func createFolders() throws {
        try Folder.create(place.appending("a/b/c"))
        try Folder.create(place.appending("a/b/c"))
        try place.write([1], to: "file")
        let error = #expect(throws: FileError.self) { try Folder.create(place.appending("file")) }
        #expect(error?.errno == .fileExists)
        #expect(throws: FileError.self) { try Folder.create(place.appending("file/b")) }
    }
}
