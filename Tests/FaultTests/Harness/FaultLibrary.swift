// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// The library that stands before the C library of the program (fixtures/faults/faults.c), compiled once for a run.
enum FaultLibrary {
    private static let made = Result {
        let library = try RunFolders.make().appending("faults.so")
        // The compiler that comes with Swift.
        try Program.succeed(
            "clang",
            ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library.string]
                + [Repository.file("fixtures/faults/faults.c").string])
        return library
    }

    /// Where it is.
    static var path: FilePath { get throws { try made.get() } }
}

/// How many calls a run made, by what they do to files.
struct CallCounts: Sendable, Equatable {
    /// Of the classes of the fault, in the order in which faults.c counts them.
    var counted: Int
    /// How often the fault happened.
    var happened: Int
    /// How often it asked for the time.
    var questionsOfTime: Int
    /// By class.
    var ofClass: [CallClass: Int]

    /// What a run left in `file`: eight numbers of 64 bits.
    init(_ file: FilePath) throws {
        let numbers = try SmallFile.read(file, limit: 4_096).withUnsafeBytes { bytes in
            (0..<8).map { Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
        ofClass = Dictionary(uniqueKeysWithValues: zip(CallClass.allCases, numbers))
        (counted, happened, questionsOfTime) = (numbers[5], numbers[6], numbers[7])
    }
}

/// What calls do to files; the order is that of faults.c.
enum CallClass: String, CaseIterable, Sendable {
    /// Reads bytes, or opens something for that.
    case read = "r"
    /// Writes bytes, or says how many there are.
    case write = "w"
    /// Waits until bytes or names are on the disk.
    case flush = "s"
    /// Makes, changes or removes a name.
    case name = "n"
    /// Changes modes and times.
    case facts = "m"

    /// All by which something is changed.
    static let changes: [CallClass] = [.write, .flush, .name, .facts]
}
