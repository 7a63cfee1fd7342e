// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import JSON
import MediaFormat
import Support
import SystemPackage

/// The media that was made on this computer: a file of a line for each, beside the store (docs/ledger.md).
///
/// What is not ours in it stays and is passed over. Safe beside other processes.
public struct Ledger: Sendable {
    /// The file.
    public let path: FilePath

    /// The file's name behind that of the store.
    private static let ending = ".ledger"

    /// The ledger beside the store `folder`.
    public init(besideStore folder: FilePath) {
        path = FilePath(folder.lexicallyNormalized().string + Self.ending)
    }

    /// What a ledger holds.
    public struct Contents: Sendable {
        /// The media, in the order in which it was made.
        public let entries: [LedgerEntry]
        /// Lines that are none of ours.
        public let damagedLineCount: Int
    }

    /// What is in it; nothing where there is no file.
    ///
    /// - Throws: `FileError`.
    public func contents() throws(FileError) -> Contents {
        let lines = try lines()
        return Contents(
            entries: lines.compactMap(\.entry), damagedLineCount: lines.count { $0.entry == nil })
    }

    /// Takes note of media that was made as `plan` says, on `outcomes` where it was drives; what had its place is forgotten.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    public func record(
        _ plan: MediaPlan, _ outcomes: [DriveOutcome]? = nil, at time: Timestamp, place: ((FilePath) -> String)? = nil
    ) throws {
        let drives = outcomes?.filter { $0.failure == nil }.map {
            LedgerEntry.Drive(path: $0.drive.node.string, model: $0.drive.model, serial: $0.drive.serial)
        }
        // None of the drives was written.
        if let drives, drives.isEmpty { return }
        try record(LedgerEntry(plan, drives: drives ?? [], at: time, place: place))
    }

    /// Takes note of media that was brought up to date with `plan`, on its drive or in its image.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    public func record(update plan: MediaPlan, at time: Timestamp) throws {
        try record(Self.entry(update: plan, at: time))
    }

    /// Takes note of media that holds all of `plan` already, when what is noted of its place is something else.
    ///
    /// A run that was killed brought it up to date and did not come to that. Media that is not noted stays so.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    public func settle(upToDate plan: MediaPlan, at time: Timestamp) throws {
        PendingOutput.removeAbandoned(of: path)
        let entry = Self.entry(update: plan, at: time)
        let noted = try lines().compactMap(\.entry).filter { $0.hasSamePlace(as: entry) }
        guard let last = noted.last, try !last.saysTheSame(as: entry) else { return }
        try record(entry)
    }

    private static func entry(update plan: MediaPlan, at time: Timestamp) -> LedgerEntry {
        let drives = plan.drives.map {
            LedgerEntry.Drive(path: $0.node.string, model: $0.model, serial: $0.serial)
        }
        return LedgerEntry(plan, drives: drives, at: time)
    }

    private func record(_ entry: LedgerEntry) throws {
        try change { lines in
            lines.removeAll { $0.entry?.hasSamePlace(as: entry) == true }
            lines.append(Line(bytes: try JSON.bytes(of: entry, .line), entry: entry))
        }
    }

    /// Forgets the media `guid`.
    ///
    /// - Returns: how many entries were forgotten.
    /// - Throws: `FileError`; `InterruptedError`.
    public func forget(_ guid: String) throws -> Int {
        guard access(path.string, F_OK) == 0 else { return 0 }
        var count = 0
        try change { lines in
            let before = lines.count
            lines.removeAll { $0.entry?.isMedia(guid) ?? false }
            count = before - lines.count
        }
        return count
    }

    // MARK: Lines

    private struct Line {
        let bytes: [UInt8]
        let entry: LedgerEntry?
    }

    private func lines() throws(FileError) -> [Line] {
        guard access(path.string, F_OK) == 0 else { return [] }
        return try SmallFile.read(path).split(separator: UInt8(ascii: "\n")).map {
            Line(bytes: Array($0), entry: LedgerEntry(line: $0))
        }
    }

    private func change(_ body: (inout [Line]) throws -> Void) throws {
        try Folder.create(AtomicFile.parent(of: path))
        try FileLock.withLock(at: path, permissions: FilePermissions(rawValue: 0o600)) {
            var lines = try lines()
            try body(&lines)
            try AtomicFile.write(lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] }, to: path, isSecret: true)
        }
    }
}
