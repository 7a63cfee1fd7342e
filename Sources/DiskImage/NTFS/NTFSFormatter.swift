// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Formats a volume in a file with mkntfs, the formatter of ntfs-3g.
///
/// The same size, place and label give the same bytes: `--zero-time` also fixes what mkntfs draws by lot.
public enum NTFSFormatter {
    private static let program = "mkntfs"
    /// Where distributions have it, whether or not users look for programs there.
    private static let folders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin", "/usr/local/bin"]
    /// Heads and sectors a track: what Windows writes for every drive that is read by sector number.
    private static let geometry = (heads: 255, sectorsPerTrack: 63)
    /// Characters of a label ([MS-FSCC] 2.5.9).
    private static let labelLength = 32
    /// Bytes of what the program says that an error quotes.
    private static let messageLimit = 2000

    /// Makes sure that there is a formatter.
    ///
    /// - Throws: ``DiskImageError`` `.noFormatter`.
    public static func requireProgram() throws(DiskImageError) { _ = try locate() }

    private static func locate() throws(DiskImageError) -> String {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for folder in path.split(separator: ":").map(String.init) + folders where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw DiskImageError(
            .noFormatter, "program \(program)", "is not on this system, and formats the data partition",
            nextStep: "install the package ntfs-3g")
    }

    /// Formats `file`, which has the size of the partition; it stays sparse.
    ///
    /// - Parameters:
    ///   - partitionOffset: where the partition will begin on the drive, in bytes; the boot sector says so.
    ///   - log: a file for what the program says.
    /// - Throws: ``DiskImageError`` `.noFormatter`, `.notFormatted`; `FileError`.
    static func format(_ file: FilePath, partitionOffset: Int64, label: String, log: FilePath) throws {
        let program = try locate()
        let status = try run(
            program,
            [
                "--quick", "--force", "--zero-time", "--quiet", "--sector-size", "\(Sector.byteCount)",
                // A boot sector has 32 bits for it.
                "--partition-start", "\(min(partitionOffset / Int64(Sector.byteCount), Int64(UInt32.max)))",
                "--heads", "\(geometry.heads)", "--sectors-per-track", "\(geometry.sectorsPerTrack)",
                "--label", String(label.prefix(labelLength)), file.string,
            ], log: log)
        guard status == 0 else {
            let message = try? SmallFile.read(log, limit: messageLimit)
            let text = message.map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw DiskImageError(
                .notFormatted, "the data partition",
                "could not be formatted: \(program) ended with \(status) (\(text))",
                nextStep: "check that the staging folder has room and holds files of the partition's size")
        }
    }

    /// Runs a program to its end; returns its exit status, or that of a shell for one that a signal ended.
    private static func run(_ program: String, _ arguments: [String], log: FilePath) throws(FileError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var environment = [strdup("LC_ALL=C.UTF-8"), nil]
        defer { free(environment[0]) }
        var process = pid_t()
        let error = posix_spawn(&process, program, &actions, nil, &words, &environment)
        guard error == 0 else { throw FileError("started", FilePath(program), Errno(rawValue: error)) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw FileError("waited for", FilePath(program), Errno(rawValue: errno)) }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
