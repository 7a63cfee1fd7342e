// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// The tree of an image in another archive, below files of ours.
@Suite("Trees of images", .enabled(if: WindowsTree.isPossible, Comment(rawValue: WindowsTree.reason)))
struct ImageTreeTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let text = Array(String(repeating: "ours, and not theirs\r\n", count: 4_000).utf8)
    private static let files: [(path: String, bytes: [UInt8])] = [
        ("sources/boot.wim", text), ("BOOTMGR", Array("ours".utf8)), ("SMS/data/list.txt", Array("a list".utf8)),
        ("boot/BCD", Array("store".utf8)), ("again.txt", Array("a note".utf8)), ("empty.txt", []),
    ]

    /// Captures the tree, and opens it.
    private func tree(_ options: [String] = ["--compress=LZX"]) throws -> (file: FilePath, tree: WindowsImageTree) {
        let file = folder.appending("install.wim")
        try WindowsTree.capture(to: file, options)
        return (file, try WindowsImageTree(WindowsImage(path: file), index: 1))
    }

    private func overlay(_ tree: WindowsImageTree, _ files: [String] = files.map(\.path)) throws -> WindowsImageOverlay
    {
        try WindowsImageOverlay(
            tree, files: try files.map { try MediaPath($0) }, folders: [try MediaPath("SMS/empty")])
    }

    /// Writes the files over `overlay` to "out.wim".
    @discardableResult
    private func write(
        _ overlay: WindowsImageOverlay, _ file: FilePath, _ compression: WindowsImageCompression, threads: Int = 2,
        isVerified: Bool = false, sha256: SHA256Digest? = nil
    ) throws -> FilePath {
        let files = try Self.files.map {
            MediaFile(
                path: try MediaPath($0.path), byteCount: Int64($0.bytes.count), sha256: SHA256.digest(of: $0.bytes),
                modified: Timestamp(unixSeconds: 1_600_000_000))
        }
        let layout = WindowsImageLayout(
            WindowsImageDescription(
                name: "Both", properties: [], compression: compression, hasIntegrityTable: true, guid: Array(1...16),
                created: Timestamp(unixSeconds: 1_700_000_000)),
            files: files, folders: [try MediaPath("SMS/empty")], over: overlay)
        let bytes = layout.contentFiles.map { Self.files[$0].bytes }
        let identity = try FileIdentity(of: file)
        let archive = TransferContent(
            name: "install.wim", source: isVerified ? .verifiedFile(file, identity) : .file(file),
            byteCount: identity.byteCount,
            sha256: try sha256 ?? SHA256.digest(of: SmallFile.read(file, limit: 1 << 24)))
        let output = folder.appending("out.wim")
        let sizes = try WindowsImageWriter(layout, threadCount: threads, interruption: Interruption()).write(
            { number in
                TransferContent(
                    name: "ours", source: .bytes(bytes[number]), byteCount: Int64(bytes[number].count),
                    sha256: SHA256.digest(of: bytes[number]))
            }, tree: layout.copiesStreams ? archive : nil,
            progress: ProgressMeter(phase: "writing", totalByteCount: nil, observer: SilentProgress())
        ) { _ in
            (
                output,
                try FileDescriptor.open(
                    output, .readWrite, options: [.create, .truncate], permissions: [.ownerReadWrite])
            )
        }
        #expect(try Stat(output).size == sizes[0])
        #expect(sizes[0] <= layout.byteCount)
        return output
    }

    // MARK: Writing

    /// From every compression, and to every one; all pairs of them with TSMEDIA_TEST_ALL.
    private static let compressions: [(WindowsImageCompression, String)] = {
        let sources = ["none", "XPRESS", "LZX", "LZX:64K", "LZMS", "solid"]
        guard Rounds.of(2) == 1 else {
            return WindowsImageCompression.allCases.flatMap { to in sources.map { (to, $0) } }
        }
        return Array(
            zip(WindowsImageCompression.allCases + [.fast, .maximum, .none, .solid], sources + ["LZX:64K", "LZX"]))
    }()

    @Test(
        "wimlib and 7-Zip read it, and every file of the image is in it as it was, whatever the compressions",
        arguments: compressions)
    func keepsEverything(compression: WindowsImageCompression, source: String) throws {
        let parts = source.split(separator: ":")
        let options =
            source == "solid"
            ? ["--solid"] : ["--compress=\(parts[0])"] + parts.dropFirst().map { "--chunk-size=\($0)" }
        let (file, tree) = try tree(options)
        let output = try write(try overlay(tree), file, compression)
        try Program.succeed("wimlib-imagex", ["verify", output.string])
        if source != "LZX:64K" { try Program.succeed("7z", ["t", output.string]) }
        let (theirs, found) = (try ImageListing(file), try ImageListing(output))
        #expect(theirs.differences(from: found) == [#""/bootmgr""#])
        let ours = found.entries.keys.filter { theirs.entries[$0] == nil }.sorted()
        #expect(
            ours
                == [
                    "/BOOTMGR", "/Boot/BCD", "/SMS", "/SMS/data", "/SMS/data/list.txt", "/SMS/empty",
                    "/Sources/boot.wim", "/again.txt", "/empty.txt",
                ].map { "\"\($0)\"" })
    }

    @Test(
        "applied to NTFS it is what the image is when it is applied, descriptors and streams too")
    func applies() throws {
        let (file, tree) = try tree()
        let output = try write(try overlay(tree), file, .maximum)
        let differences = try WindowsTree.applied(file).differences(from: WindowsTree.applied(output))
        #expect(differences == [#""/bootmgr""#])
    }

    @Test(
        "its streams are copied as they are where the compression is the same, and only there")
    func copies() throws {
        for (source, compression, isCopied) in [
            ("LZX", WindowsImageCompression.maximum, true), ("XPRESS", .fast, true), ("none", .none, true),
            ("LZX", .fast, false), ("none", .fast, false), ("LZX", .none, false), ("LZMS", .solid, false),
        ] {
            let (_, tree) = try tree(["--compress=\(source)"])
            let layout = WindowsImageLayout(
                WindowsImageDescription(
                    name: "x", properties: [], compression: compression, hasIntegrityTable: false,
                    guid: Array(1...16), created: Timestamp(unixSeconds: 0)),
                files: [], folders: [], over: try overlay(tree, []))
            #expect(layout.copiesStreams == isCopied, "\(source) in \(compression)")
        }
    }

    @Test(
        "threads, and whether its archive was verified before, change no byte",
        arguments: [WindowsImageCompression.maximum, .fast])
    func reproducible(compression: WindowsImageCompression) throws {
        let (file, tree) = try tree()
        let overlay = try overlay(tree)
        let first = try SmallFile.read(try write(overlay, file, compression), limit: 1 << 24)
        for (threads, isVerified) in [(1, false), (5, false), (2, true)] {
            let output = try write(overlay, file, compression, threads: threads, isVerified: isVerified)
            #expect(try SmallFile.read(output, limit: 1 << 24) == first)
        }
    }

    @Test(
        "an archive with other bytes than were promised is an error, wherever the difference is")
    func wrongArchive() throws {
        let (file, tree) = try tree()
        let other = SHA256.digest(of: [1])
        #expect(throws: TransferError.self) { try write(try overlay(tree), file, .maximum, sha256: other) }
    }

    @Test(
        "a stream with other bytes than its SHA-1 says is an error when it is compressed anew")
    func wrongStream() throws {
        let (file, _) = try tree(["--compress=none"])
        var bytes = try SmallFile.read(file, limit: 1 << 24)
        let place = try #require(bytes.firstRange(of: Array("kernel kernel".utf8)))
        bytes[place.lowerBound + 70_000] ^= 1
        try folder.write(bytes, to: "install.wim")
        let tree = try WindowsImageTree(WindowsImage(path: file), index: 1)
        let error = #expect(throws: WindowsImagingError.self) { try write(try overlay(tree), file, .fast) }
        #expect(error?.code == .damaged)
    }

    @Test("bytes that a file and the image both have are in the archive once")
    func sharesStreams() throws {
        let (file, tree) = try tree()
        for compression in [WindowsImageCompression.maximum, .fast, .solid] {
            let output = try write(try overlay(tree), file, compression)
            // "a note" is that of again.txt, and of Users/Public/note.txt.
            let listing = try Program.succeed(
                "wimlib-imagex", ["dir", output.string, "--detailed", "--one-file-only", "--path=/again.txt"]
            ).output
            #expect(listing.contains("Reference Count   = 2"), "\(compression): \(listing)")
        }
    }

    // MARK: Names that both have

    @Test(
        "folders become one, and what is ours takes the place of what the image has, without case")
    func sharedNames() throws {
        let (_, tree) = try tree()
        let both = try overlay(tree, ["sources/boot.wim", "BootMgr", "BOOT/bcd", "users/public/NOTE.TXT", "SMS/a"])
        #expect(both.sharedFolders.map(\.description).sorted() == ["BOOT", "sources", "users", "users/public"])
        #expect(both.replacedNames.sorted() == ["bootmgr", "users\\public\\note.txt"].sorted())
        // That of a content holds nothing else.
        let content = try WindowsImageOverlay(
            tree, files: [try MediaPath("users/public/a.txt")], folders: [try MediaPath("USERS/Public")])
        #expect(content.sharedFolders.map(\.description) == ["users"])
        #expect(content.replacedNames == ["users\\Public"])
        // A folder of ours in place of a file and of a junction, and a file in place of a folder.
        let replaced = try overlay(tree, ["bootmgr/a", "Documents and Settings/b", "windows"])
        #expect(replaced.sharedFolders == [])
        #expect(replaced.replacedNames.sorted() == ["Documents and Settings", "Windows", "bootmgr"])
        #expect(replaced.summary.fileCount == 5)
    }

    // MARK: The digest

    @Test(
        "the digest is that of the tree, however another program writes it, and says of every change")
    func digest() throws {
        let (file, tree) = try tree()
        let digest = try overlay(tree, []).summary.sha256
        func exported(_ options: [String]) throws -> SHA256Digest {
            let other = folder.appending("other.wim")
            try Program.succeed("sh", ["-c", "rm -f \"$1\"", "sh", other.string])
            try Program.succeed("wimlib-imagex", ["export", file.string, "1", other.string] + options)
            return try overlay(WindowsImageTree(WindowsImage(path: other), index: 1), []).summary.sha256
        }
        #expect(try exported([]) == digest)
        #expect(try exported(["--compress=XPRESS"]) == digest)
        #expect(try exported(["--solid"]) == digest)
        for command in [
            "delete '/Users/Public/empty.txt'", "rename '/Users/Empty folder' '/Users/Empty'",
            "add '\(file)' '/Users/added'",
        ] {
            let changed = folder.appending("changed.wim")
            try Program.succeed("cp", [file.string, changed.string])
            try Program.succeed("wimlib-imagex", ["update", changed.string, "1", "--command", command])
            let found = try overlay(WindowsImageTree(WindowsImage(path: changed), index: 1), []).summary.sha256
            #expect(found != digest, "\(command)")
        }
    }

    @Test(
        "a changed attribute, time, descriptor, short name, link or stream is another tree")
    func changedFields() throws {
        let (file, tree) = try tree(["--compress=none"])
        let digest = try overlay(tree, []).summary.sha256
        let original = try HostileImage(file)
        func found(_ change: (inout HostileImage) throws -> Void) throws -> SHA256Digest {
            var changed = original
            try change(&changed)
            try folder.write(changed.bytes, to: "changed.wim")
            return try overlay(WindowsImageTree(WindowsImage(path: folder.appending("changed.wim")), index: 1), [])
                .summary.sha256
        }
        // Of an entry: attributes, security descriptor, the three times, what marks a link.
        for (name, field) in [
            ("note.txt", 9), ("note.txt", 12), ("note.txt", 40), ("note.txt", 48), ("note.txt", 56),
            ("third name.dll", 88), ("Documents and Settings", 88),
        ] {
            #expect(try found { try $0.change(name) { $0[field] ^= 2 } } != digest, "\(name) \(field)")
        }
        #expect(try found { try $0.replace("PROGRA~1", by: "PROGRA~2") } != digest)
        #expect(try found { try $0.replace("Zone.Identifier", by: "Zone.Identifies") } != digest)
        #expect(try found { try $0.changeDescriptor() } != digest)
        #expect(try found { _ in } == digest)
    }
}
