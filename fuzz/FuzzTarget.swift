// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// Where seeds are made.
typealias SeedFolder = Fixtures.TemporaryFolder

/// A reader, what it is fed, and what it begins with.
struct FuzzTarget: Sendable {
    /// Its name, as `FUZZ_TARGETS` has it.
    let name: String
    /// What it begins with; made in a folder that is thrown away afterwards.
    let seeds: @Sendable (_ folder: SeedFolder) throws -> [[UInt8]]
    /// Texts that mean something in what it reads.
    let words: [String]
    /// Reads an input and does with what is read what the program does.
    ///
    /// An error is a right answer to any input; a trap, an error of memory, five seconds, or 512 MiB are not.
    let read: @Sendable (_ input: [UInt8]) throws -> Void

    init(
        _ name: String, words: [String] = [],
        seeds: @escaping @Sendable (_ folder: SeedFolder) throws -> [[UInt8]],
        read: @escaping @Sendable (_ input: [UInt8]) throws -> Void
    ) {
        (self.name, self.words, self.seeds, self.read) = (name, words, seeds, read)
    }

    /// A reader of text that begins with `texts`.
    init(
        _ name: String, words: [String] = [], texts: String...,
        read: @escaping @Sendable (_ input: [UInt8]) throws -> Void
    ) {
        self.init(name, words: words, seeds: { _ in texts.map { Array($0.utf8) } }, read: read)
    }

    /// Feeds `input`.
    func run(_ input: UnsafeRawBufferPointer) { try? read(Array(input)) }

    /// Writes the seeds, a file each, and a dictionary beside the folder when there are words.
    func writeSeeds(to folder: FilePath) throws {
        let work = try SeedFolder()
        try work.makeFolder(folder)
        for (number, seed) in try seeds(work).enumerated() {
            try SeedFolder.write(seed, to: folder.appending("seed-\(number)"))
        }
        guard !words.isEmpty else { return }
        let lines = words.map { "\"\(Self.escaped($0))\"\n" }
        try SeedFolder.write(Array(lines.joined().utf8), to: FilePath(folder.string + ".dict"))
    }

    /// A word as a dictionary has it: what is not printed, quotes and backslashes as two digits.
    private static func escaped(_ word: String) -> String {
        word.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), ..<0x20, 0x7F...:
                "\\x" + [byte].hexadecimal()
            default: String(UnicodeScalar(byte))
            }
        }.joined()
    }
}

extension FuzzTarget {
    /// Every target.
    static let all: [FuzzTarget] =
        documents + servers + sequences + variables + content + manifests + engine + programs + packages + images
        + discs + drives + media + provenance
}
