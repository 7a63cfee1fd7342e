// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import TSMediaTestSupport
import Testing

@testable import MediaFormat

/// What verification promises, on media in memory that fails where it is told to.
@Suite("Verifying media")
struct MediaVerifierTests {
    private static let files = [("a", "first"), ("b/c", "second"), ("b/D.txt", "third")]

    private func findings(_ media: MemoryMedia, jobs: Int = 2) throws -> [String] {
        let verifier = MediaVerifier(workerCount: jobs, interruption: Interruption(), progress: SilentProgress())
        return try verifier.check(media, named: "media").verification.findings.map { "\($0.problem) \($0.path)" }
    }

    private static func refused(_ name: String, in folder: String) throws -> [MediaPathError] {
        var refused = RefusedNames()
        #expect(refused.path(of: name, in: try MediaPath(folder)) == nil)
        return refused.errors
    }

    @Test("media that is as its manifest says has no findings")
    func intact() throws { #expect(try findings(try MemoryMedia(Self.files)) == []) }

    @Test("an interrupted verification ends with that, and never with a verdict", arguments: [1, 3])
    func interrupted(jobs: Int) throws {
        let before = Interruption()
        before.request()
        let verifier = MediaVerifier(workerCount: jobs, interruption: before, progress: SilentProgress())
        #expect(throws: InterruptedError.self) { try verifier.check(try MemoryMedia(Self.files), named: "media") }
        // In the middle of the last file, when nothing else is left to be read.
        let during = Interruption()
        var media = try MemoryMedia([("only", "content")])
        media.whenReading = ("only", { during.request() })
        let second = MediaVerifier(workerCount: jobs, interruption: during, progress: SilentProgress())
        #expect(throws: InterruptedError.self) { try second.check(media, named: "media") }
    }

    @Test("a file that cannot be read is unreadable, and the others are verified")
    func readError() throws {
        var media = try MemoryMedia(Self.files)
        media.failure = ("b/c", { FileError("read", "media", .ioError) })
        #expect(try findings(media) == ["unreadable b/c"])
        media.contents[0].bytes[0] ^= 1
        #expect(try findings(media) == ["damaged a", "unreadable b/c"])
    }

    @Test("a file that has fewer bytes than its folder says is damaged")
    func shortRead() throws {
        struct Short: OpenedMedia {
            let media: MemoryMedia
            var label: String? { nil }
            var files: [MediaEntry] { media.files }
            var refusedNames: [MediaPathError] { [] }
            func file(_ path: String) -> MediaEntry? { media.file(path) }
            func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
                guard file.path.description == "a" else { return try media.read(file, body) }
            }
            func firmwareEntries() -> [FirmwareEntry] { [] }
        }
        let verifier = MediaVerifier(workerCount: 1, interruption: Interruption(), progress: SilentProgress())
        let found = try verifier.check(Short(media: try MemoryMedia(Self.files)), named: "media").verification.findings
        #expect(found.map(\.problem) == [.damaged])
    }

    @Test("a second file whose name differs in case alone is foreign, whichever comes first", arguments: [0, 3])
    func twin(place: Int) throws {
        var media = try MemoryMedia(Self.files)
        media.contents.insert((try MediaPath("B/d.TXT"), Array("other".utf8)), at: place)
        #expect(try findings(media) == ["foreign B/d.TXT"])
    }

    @Test("a file whose name differs in case alone stands for the one of the manifest, once")
    func otherCase() throws {
        var media = try MemoryMedia(Self.files)
        media.contents[2].path = try MediaPath("B/d.TXT")
        #expect(try findings(media) == [])
        // A manifest with two names that are one is not satisfied by one file.
        var twins = try MemoryMedia([("a", "same"), ("A", "same")])
        twins.contents.remove(at: 1)
        #expect(try findings(twins) == ["missing A"])
    }

    @Test("a file that was renamed to an equivalent spelling is missing, and foreign", arguments: [true, false])
    func equivalent(isComposed: Bool) throws {
        let (old, new) = isComposed ? ("caf\u{E9}", "cafe\u{301}") : ("cafe\u{301}", "caf\u{E9}")
        var media = try MemoryMedia([(old, "x")])
        media.contents[0].path = try MediaPath(new)
        #expect(try findings(media).sorted() == ["foreign \(new)", "missing \(old)"].sorted())
    }

    @Test("what Windows puts on every drive is not foreign, and what is only called like it is")
    func ofWindows() throws {
        var media = try MemoryMedia(Self.files)
        for name in ["$RECYCLE.BIN/S-1-5/desktop.ini", "$recycle.bin/x", "System Volume Information/WPSettings.dat"] {
            media.contents.append((try MediaPath(name), [1]))
        }
        media.refusedNames = try Self.refused("COM1", in: "$Recycle.Bin")
        #expect(try findings(media) == [])
        for name in ["b/$RECYCLE.BIN", "$RECYCLE.BIN2/x", "System Volume Information.txt"] {
            media.contents.append((try MediaPath(name), [1]))
        }
        #expect(
            try findings(media)
                == ["foreign $RECYCLE.BIN2/x", "foreign System Volume Information.txt", "foreign b/$RECYCLE.BIN"])
    }

    @Test("a name that no path can have is foreign, and the finding says why")
    func refusedName() throws {
        var media = try MemoryMedia(Self.files)
        media.refusedNames = try Self.refused("COM1.txt", in: "b")
        let verifier = MediaVerifier(workerCount: 1, interruption: Interruption(), progress: SilentProgress())
        let found = try verifier.check(media, named: "media").verification.findings
        #expect(found.map(\.reason) == ["is a reserved device name"])
        #expect(found.map(\.path) == ["b/COM1.txt"] && found.map(\.problem) == [.foreign])
    }
}
