// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// Says in a file which run of the program something belongs to.
///
/// Together with a lock on the file, which the kernel drops when its holder dies, it tells what a killed run left from
/// what a living one works on and from what is not ours at all. A lock counts only where it can be seen: on file systems
/// that other computers may reach too, such as NFS and SMB, only a mark of this computer since it was started is believed.
struct OwnerMark: Equatable {
    /// A part of the name of what is marked: a copy under another name, which somebody may have made to keep, is not ours.
    var name: String
    /// The computer's name.
    var computer: String
    /// What Linux draws by lot whenever it starts (random(4), boot_id); empty when it cannot be read.
    var start: String
    /// The process.
    var process: Int32

    private static let header = "tsmedia owner 1"
    private static let byteLimit = 4096
    /// The header, the four facts, and what is behind the last line's end.
    private static let lineCount = 6

    /// The mark of this process.
    init(name: String) {
        self.name = name
        computer = Self.computerName
        start = Self.thisStart
        process = getpid()
    }

    /// Whose it is, for a message.
    var owner: String { "tsmedia on \(computer) (process \(process))" }

    // MARK: The file

    /// The mark in an open file; nil when there is none, or none that is whole.
    init?(in file: FileDescriptor) {
        guard let bytes = Self.bytes(in: file), let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == Self.lineCount, lines[0] == Self.header, lines[5].isEmpty, let process = Int32(lines[4])
        else {
            return nil
        }
        (name, computer, start) = (lines[1], lines[2], lines[3])
        self.process = process
    }

    /// Whether `file` has the beginning of a mark of `name`, or nothing yet: whoever was to write it did not come to its end.
    static func isBegun(in file: FileDescriptor, name: String) -> Bool {
        guard let bytes = bytes(in: file) else { return false }
        let start = Array("\(header)\n\(name)\n".utf8)
        guard bytes.count > start.count else { return start.starts(with: bytes) }
        return bytes.starts(with: start) && bytes.count { $0 == UInt8(ascii: "\n") } < lineCount - 1
    }

    private static func bytes(in file: FileDescriptor) -> ArraySlice<UInt8>? {
        var buffer = [UInt8](repeating: 0, count: byteLimit)
        let count = try? buffer.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
        return count.map { buffer[..<$0] }
    }

    /// Writes the mark to an empty file.
    func write(to file: FileDescriptor) throws {
        let text = [Self.header, name, computer, start, String(process), ""].joined(separator: "\n")
        try file.writeAll(toAbsoluteOffset: 0, text.utf8)
    }

    /// True when a free lock on `file`, which holds this mark, proves that the owner is gone.
    func isProvenGone(byLockOn file: FileDescriptor) -> Bool {
        tsm_is_local_file_system(file.rawValue) || (!start.isEmpty && start == Self.thisStart)
    }

    // MARK: This computer

    private static let thisStart: String = {
        let bytes = (try? SmallFile.read("/proc/sys/kernel/random/boot_id", limit: 100)) ?? []
        return String(decoding: bytes, as: UTF8.self).trimmingTrailing(\.isWhitespace)
    }()

    private static var computerName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "another computer" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).onOneLine
    }
}
