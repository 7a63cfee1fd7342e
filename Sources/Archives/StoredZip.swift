// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibarchive
import Support

/// Writes zip files whose members are stored as they are.
public enum StoredZip {
    /// A zip of `members` in their order, all last written at `modified`; the same members give the same bytes.
    public static func bytes(
        _ members: [(name: String, bytes: [UInt8])], modified: Timestamp
    ) throws(ArchiveFault) -> [UInt8] {
        guard let archive = archive_write_new() else { throw ArchiveFault("cannot be written: no memory") }
        defer { archive_write_free(archive) }
        // Room for the members, and for each its name twice with two headers.
        let capacity = members.reduce(1 << 16) { $0 + $1.bytes.count + 2 * $1.name.utf8.count + 512 }
        var output = [UInt8](repeating: 0, count: capacity)
        var used = 0
        let isWritten = UnicodeLocale.run {
            output.withUnsafeMutableBytes { buffer -> Bool in
                guard archive_write_set_format_zip(archive) == ARCHIVE_OK,
                    archive_write_zip_set_compression_store(archive) == ARCHIVE_OK,
                    archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK,
                    archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &used) == ARCHIVE_OK
                else { return false }
                return members.allSatisfy { write($0.name, $0.bytes, modified, to: archive) }
                    && archive_write_close(archive) == ARCHIVE_OK
            }
        }
        guard isWritten else {
            throw ArchiveFault(
                "cannot be written", reason: archive_error_string(archive).map { String(cString: $0) })
        }
        return Array(output.prefix(used))
    }

    private static func write(
        _ name: String, _ bytes: [UInt8], _ modified: Timestamp, to archive: OpaquePointer
    ) -> Bool {
        guard let entry = archive_entry_new() else { return false }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname_utf8(entry, name)
        archive_entry_set_size(entry, Int64(bytes.count))
        archive_entry_set_filetype(entry, 0o100000)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, Int(modified.unixSeconds), 0)
        guard archive_write_header(archive, entry) == ARCHIVE_OK else { return false }
        return bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) } == bytes.count
    }
}
