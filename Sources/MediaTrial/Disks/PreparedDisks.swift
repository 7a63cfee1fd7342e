// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// The disks of a machine as files, and what becomes of the first of them.
struct PreparedDisks {
    /// In their order.
    let disks: [VirtualMachine.Disk]
    /// The first one, where it is kept; it has its name once it is published.
    let kept: PendingOutput?

    /// SEEK_DATA and SEEK_HOLE of Linux (lseek(2)), which Glibc only tells of to GNU programs.
    private static let (seekData, seekHole): (Int32, Int32) = (3, 4)
    private static let blockByteCount = 64 << 20

    /// Makes them in `folder`, or beside where the first is kept.
    ///
    /// - Parameters:
    ///   - replacesExisting: whether what is there is replaced; a file that is kept where it is always is.
    ///   - outlivesPower: whether what the machine writes is there when it is started a second time.
    init(
        _ asked: [TrialDisk], keep: FilePath?, replacesExisting: Bool, outlivesPower: Bool = false,
        in folder: FilePath, interruption: Interruption
    ) throws {
        for disk in asked { try disk.check() }
        var kept: PendingOutput?
        var disks: [VirtualMachine.Disk] = []
        for (number, disk) in asked.enumerated() {
            if number == 0, let keep {
                let isInPlace = disk.file.map { Self.isSame($0, keep) } ?? false
                // What a sequence leaves on a disk may hold passwords.
                let output = try PendingOutput(
                    keep, kind: .file, replacesExisting: replacesExisting || isInPlace, isSecret: true)
                try Self.fill(output.descriptor, output.path, with: disk, interruption)
                kept = output
                disks.append(.init(file: output.temporaryPath, isThrowAway: false))
            } else if let file = disk.file, !outlivesPower {
                disks.append(.init(file: file, isThrowAway: true))
            } else {
                let path = folder.appending("disk\(number).img")
                let file = try FileError.wrap("created", path) {
                    try FileDescriptor.open(
                        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                        permissions: .ownerReadWrite)
                }
                defer { try? file.close() }
                try Self.fill(file, path, with: disk, interruption)
                disks.append(.init(file: path, isThrowAway: false))
            }
        }
        (self.disks, self.kept) = (disks, kept)
    }

    private static func isSame(_ file: FilePath, _ other: FilePath) -> Bool {
        guard let file = try? Stat(file), let other = try? Stat(other) else { return false }
        let (first, second) = (FileIdentity(file), FileIdentity(other))
        return first.device == second.device && first.inode == second.inode
    }

    /// Gives an empty file the bytes of `disk`; what is empty there stays a hole.
    private static func fill(
        _ target: FileDescriptor, _ path: FilePath, with disk: TrialDisk, _ interruption: Interruption
    ) throws {
        switch disk {
        case .empty(let byteCount): try grow(target, path, to: byteCount)
        case .file(let file):
            let source = try InputFile.open(file)
            defer { try? source.close() }
            let byteCount = try FileError.wrap("read", file) { try source.seek(offset: 0, from: .end) }
            try grow(target, path, to: byteCount)
            var place: Int64 = 0
            while place < byteCount {
                let data = Int64(lseek(source.rawValue, Int(place), seekData))
                if data < 0 {
                    if errno == ENXIO { break }
                    throw FileError("read", file, Errno(rawValue: errno))
                }
                let end = Int64(lseek(source.rawValue, Int(data), seekHole))
                guard end > data else { throw FileError("read", file, Errno(rawValue: errno)) }
                try copy(source, target, data..<end, (file, path), interruption)
                place = end
            }
        }
    }

    private static func grow(_ file: FileDescriptor, _ path: FilePath, to byteCount: Int64) throws(FileError) {
        guard ftruncate(file.rawValue, Int(byteCount)) == 0 else {
            throw FileError("created", path, Errno(rawValue: errno))
        }
    }

    /// By sharing blocks where the file system does that.
    private static func copy(
        _ source: FileDescriptor, _ target: FileDescriptor, _ range: Range<Int64>, _ paths: (FilePath, FilePath),
        _ interruption: Interruption
    ) throws {
        var place = range.lowerBound
        while place < range.upperBound {
            try interruption.check()
            let length = Int(min(Int64(blockByteCount), range.upperBound - place))
            var (from, to) = (place, place)
            let copied = tsm_copy_file_range(source.rawValue, &from, target.rawValue, &to, length)
            if copied > 0 {
                place += Int64(copied)
                continue
            }
            guard copied < 0, [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else {
                if copied < 0, errno == EINTR { continue }
                throw FileError("written", paths.1, copied == 0 ? .ioError : Errno(rawValue: errno))
            }
            let part = min(length, 1 << 20)
            var buffer = [UInt8](repeating: 0, count: part)
            let count = try FileError.wrap("read", paths.0) {
                try buffer.withUnsafeMutableBytes { try source.read(fromAbsoluteOffset: place, into: $0) }
            }
            guard count > 0 else { throw FileError("read", paths.0, .ioError) }
            try FileError.wrap("written", paths.1) {
                _ = try target.writeAll(toAbsoluteOffset: place, buffer[..<count])
            }
            place += Int64(count)
        }
    }
}
