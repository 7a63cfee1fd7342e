// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A part of a drive that was read again and compared.
public enum DiskPart: Sendable, Equatable, CustomStringConvertible {
    /// The master boot record, and the GUID partition table where there is one.
    case partitionTable
    /// The copy of a GUID partition table at the end of the drive.
    case backupPartitionTable
    /// The reserved sectors of a FAT32 volume: boot record, FSInfo, and the copies of both.
    case bootSectors
    /// A file allocation table, the first of which has number 1.
    case fileAllocationTable(Int)
    /// The directory of a folder; nil for the root.
    case folder(MediaPath?)
    /// The content of a file.
    case file(MediaPath)
    /// The structures of an NTFS volume.
    case dataVolume
    /// Bytes that hold nothing and must be zero.
    case unusedSpace

    /// The part as it is called in messages.
    public var description: String {
        switch self {
        case .partitionTable: "the partition table"
        case .backupPartitionTable: "the copy of the partition table"
        case .bootSectors: "the boot sectors of the volume"
        case .fileAllocationTable(let number): "file allocation table \(number)"
        case .folder(let path): path.map { "the directory of folder \($0)" } ?? "the root directory"
        case .file(let path): "file \(path)"
        case .dataVolume: "the structures of an NTFS volume"
        case .unusedSpace: "space that must be empty"
        }
    }
}

/// A part of a drive that does not hold what was written there.
public struct DiskMismatch: DiagnosticError, Equatable {
    /// The part.
    public let part: DiskPart
    /// Where the first wrong byte lies on the drive, or for a file where its content begins.
    public let offset: Int64

    /// Malformed: verification failed.
    public var failureClass: FailureClass { .malformed }
    /// The part.
    public var object: DiagnosticText { "\(part)" }
    /// What is wrong, and where.
    public var problem: DiagnosticText { "is not what was written, at byte \(offset) of the drive" }
    /// A drive that forgets or shrinks cannot be mended.
    public var nextStep: DiagnosticText? { "use another drive: this one fails, or has less room than it says" }
}

/// What a drive holds, compared with what was planned.
public struct DiskVerification: Sendable {
    /// Every part that is not what was planned, in the order of reading.
    public internal(set) var mismatches: [DiskMismatch] = []
    /// Why the drive could not be read to its end; nil when it could.
    public internal(set) var failure: (any Error)?

    /// True when everything was read and is what was planned.
    public var isSound: Bool { mismatches.isEmpty && failure == nil }
}
