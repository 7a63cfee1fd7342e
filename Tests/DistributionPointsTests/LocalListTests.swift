// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentLibrary
@testable import DistributionPoints

@Suite("Long lists of a library on a path", .serialized)
struct LocalListTests {
    private static let id = "ABC00001"
    private let folder: TestFolder
    private let library: FilePath
    private let content: ContentID

    /// A library of enough files that have been there long enough.
    init() throws {
        folder = try TestFolder()
        library = folder.appending("library")
        for number in 0..<LocalDistributionPoint.longListCount {
            try folder.write("\(number)".utf8, to: "source/Sub\(number % 3)/f\(number).txt")
        }
        try ContentLibraryWriter(path: library).add(
            source: folder.appending("source"), packageID: try #require(PackageID(Self.id)))
        content = try #require(ContentID("\(Self.id).1"))
        Settling.wait()
    }

    private func store(rehash: Bool = false) -> ContentStore {
        ContentStore(folder: folder.appending("store"), rehash: rehash)
    }

    private func read(rehash: Bool = false) throws -> Content {
        try LocalDistributionPoint(drives: [library], location: "here", store: store(rehash: rehash))
            .content(content, interruption: Interruption(), progress: SilentProgress())
    }

    private var lists: RememberedLists { RememberedLists(named: "path \(library)", in: store()) }

    @Test("a list is used again as long as no INI and no folder of it has changed, and read again when one has")
    func remembered() throws {
        let first = try read()
        let known = try #require(lists.remembered(content))
        #expect(known.content == first)
        // What is remembered is what is used: one of the store's own making shows that.
        let doctored = Content(
            id: content, contentHash: first.contentHash, files: first.files.dropLast(), folders: first.folders)
        lists.remember(doctored, witness: try ContentLibrary(drives: [library]).witness(of: doctored)?.digest)
        #expect(try read().files.count == first.files.count - 1)
        #expect(try read(rehash: true) == first)
        lists.remember(doctored, witness: try ContentLibrary(drives: [library]).witness(of: doctored)?.digest)
        let tree = library.appending("DataLib/\(Self.id).1")
        let changes: [(String, () throws -> Void)] = [
            // The same bytes and the same times: only the kernel knows.
            (
                "an INI written again",
                {
                    let path = tree.appending("Sub1/f1.txt.INI")
                    let before = try Stat(path)
                    try TestFolder.write(try SmallFile.read(path), to: path)
                    let times = [before.st_atim, before.st_mtim]
                    #expect(utimensat(AT_FDCWD, path.string, times, 0) == 0)
                }
            ),
            (
                "a file more",
                {
                    let ini = try SmallFile.read(tree.appending("Sub1/f1.txt.INI"))
                    try TestFolder.write(ini, to: tree.appending("Sub2/new.txt.INI"))
                }
            ),
            ("a file less", { try Program.succeed("rm", [tree.appending("Sub2/new.txt.INI").string]) }),
            ("a folder more", { try TestFolder.makeFolder(tree.appending("Sub0/Inner")) }),
            (
                "another content hash",
                {
                    let path = library.appending("DataLib/\(Self.id).1.INI")
                    try TestFolder.write(try SmallFile.read(path), to: path)
                }
            ),
        ]
        for (name, change) in changes {
            let witness = try ContentLibrary(drives: [library]).witness(of: doctored)
            try #require(witness != nil)
            lists.remember(doctored, witness: witness?.digest)
            try change()
            #expect(try read().files.count >= first.files.count, "\(name)")
        }
        // What changed just now is not remembered.
        #expect(lists.remembered(content)?.content == doctored)
    }

    @Test("the kind of the file system is that of the innermost mount, the last of several at one place")
    func mounts() {
        let mounts = """
            21 1 8:1 / / rw - ext4 /dev/sda1 rw
            30 21 0:5 / /srv rw,nosuid shared:1 - nfs4 host:/x rw
            31 21 0:6 / /srv rw - xfs /dev/sdb rw
            32 31 0:7 / /srv/lib rw - cifs //host/x rw
            33 21 0:8 / /odd\\040name rw - ext4 /dev/sdc rw

            """
        let cases: [(FilePath, String?)] = [
            ("/home/x", "ext4"), ("/srv/x", "xfs"), ("/srv/lib", "cifs"), ("/srv/lib/y", "cifs"),
            ("/srv/library", "xfs"),
            ("/odd name/x", nil),
        ]
        for (path, kind) in cases { #expect(ContentLibrary.kind(of: path, in: mounts) == kind, "\(path)") }
        #expect(ContentLibrary.kind(of: "/x", in: "") == nil)
    }
}
