// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

@testable import MediaBuilder

/// The arithmetic of names that have numbers at their ends.
@Suite("Names that a run will write")
struct RunFilesNameTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Whether outputs of these names and numbers of parts go together.
    private func fits(_ outputs: [(String, Int)]) -> Bool {
        var files = RunFiles.ofMedia
        for (name, partLimit) in outputs {
            files.write(partsOf: folder.appending(name), limit: partLimit, for: "model \(name)")
        }
        return (try? files.check()) != nil
    }

    @Test(
        "two files go together as long as no part of one is called as the other or a part of it",
        arguments: [
            ("A.swm", 2, "A2.swm", 1, false), ("A.swm", 1, "A2.swm", 1, true), ("A.swm", 2, "A3.swm", 1, true),
            ("A.swm", 9, "A9.swm", 1, false), ("A.swm", 9, "A10.swm", 1, true), ("A.swm", 10, "A10.swm", 1, false),
            // A1 is no part of A, whose parts count from 2; but A12 is part 12 of one and part 2 of the other.
            ("A.swm", 11, "A1.swm", 5, true), ("A.swm", 12, "A1.swm", 5, false), ("A.swm", 12, "A1.swm", 1, true),
            // Numbers have no zeros in front.
            ("A.swm", 99, "A02.swm", 99, true), ("A0.swm", 99, "A02.swm", 1, false),
            ("A.swm", 99, "A2.wim", 1, true), ("a.swm", 2, "A2.SWM", 1, false), ("A.swm", 2, "B2.swm", 1, true),
            ("A.swm", 1, "A.swm", 1, false), ("2.swm", 9, "22.swm", 1, false),
            ("A.swm", 99, "A99999999999999999999.swm", 2, true),
        ])
    func pairs(first: String, parts: Int, second: String, otherParts: Int, fit: Bool) {
        #expect(fits([(first, parts), (second, otherParts)]) == fit)
        #expect(fits([(second, otherParts), (first, parts)]) == fit)
    }

    @Test("names in two folders are two names, by whatever path the folder is named")
    func folders() throws {
        try TestFolder.makeFolder(folder.appending("one"))
        try TestFolder.makeFolder(folder.appending("two"))
        try Program.succeed("ln", ["-s", "one", folder.appending("link").string])
        #expect(fits([("one/A.wim", 1), ("two/A.wim", 1)]))
        #expect(!fits([("one/A.wim", 1), ("link/A.wim", 1)]))
        #expect(!fits([("one/A.wim", 1), ("two/../one/./A.wim", 1)]))
        #expect(!fits([("one/A.swm", 2), ("link/A2.swm", 1)]))
    }

    @Test("a plan's parts are no more than were reserved, however small they are")
    func partLimit() throws {
        // Each just too large for two to share a part: the most parts for their bytes.
        let files = try (0..<40).map { number in
            PlannedFile(
                generated: [UInt8](repeating: UInt8(number), count: 530_000), at: try MediaPath("f\(number)"),
                modified: Timestamp(unixSeconds: 0))
        }
        let layout = WindowsImageLayout(
            WindowsImageDescription(
                name: "x", properties: [], compression: .none, hasIntegrityTable: false,
                guid: [UInt8](repeating: 0, count: 16), created: Timestamp(unixSeconds: 0)),
            files: files.map {
                MediaFile(
                    path: $0.path, byteCount: $0.byteCount, sha256: $0.sha256, modified: $0.modified)
            }, folders: [])
        #expect(ArchiveVolume(archive: layout, partByteCount: 1 << 20, bases: []).partLimit >= 40)
        #expect(ArchiveVolume(archive: layout, partByteCount: nil, bases: []).partLimit == 1)
    }
}
