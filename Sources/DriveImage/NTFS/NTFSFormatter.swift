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
    /// - Throws: ``DriveImageError`` `.noFormatter`.
    public static func requireProgram() throws(DriveImageError) { _ = try locate() }

    private static func locate() throws(DriveImageError) -> String {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for folder in path.split(separator: ":").map(String.init) + folders where folder.hasPrefix("/") {
            let candidate = "\(folder)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw DriveImageError(
            .noFormatter, "program \(program)", "is not on this system, and formats the data partition",
            nextStep: "install the package ntfs-3g")
    }

    /// Formats `file`, which has the size of the partition; it stays sparse.
    ///
    /// - Parameters:
    ///   - partitionOffset: where the partition will begin on the drive, in bytes; the boot sector says so.
    ///   - log: a file for what the program says.
    /// - Throws: ``DriveImageError`` `.noFormatter`, `.notFormatted`; `FileError`; `InterruptedError`.
    static func format(
        _ file: FilePath, partitionOffset: Int64, label: String, log: FilePath, interruption: Interruption
    ) throws {
        let program = try locate()
        let status = try OtherProgram.run(
            FilePath(program),
            [
                "--quick", "--force", "--zero-time", "--quiet", "--sector-size", "\(Sector.byteCount)",
                // A boot sector has 32 bits for it.
                "--partition-start", "\(min(partitionOffset / Int64(Sector.byteCount), Int64(UInt32.max)))",
                "--heads", "\(geometry.heads)", "--sectors-per-track", "\(geometry.sectorsPerTrack)",
                "--label", String(label.prefix(labelLength)), file.string,
            ], environment: ["LC_ALL=C.UTF-8"], log: log, interruption: interruption)
        guard status == 0 else {
            let message = try? SmallFile.read(log, limit: messageLimit)
            let text = message.map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw DriveImageError(
                .notFormatted, "the data partition",
                "could not be formatted: \(program) ended with \(status) (\(text))",
                nextStep: "check that the staging folder has room and holds files of the partition's size")
        }
    }
}
