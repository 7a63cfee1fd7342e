// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibarchive
import Support
import SystemPackage

/// Reads chosen members of an export zip into memory through libarchive, within limits.
struct ExportArchive {
    /// Members an archive may have; the largest real export has some hundreds.
    static let maximumMemberCount = 20_000
    /// Bytes that the chosen members may expand to together.
    static let maximumByteCount = 64 << 20
    /// How many times larger than the archive they may be, once they pass ``freeByteCount``.
    static let maximumRatio = 200
    private static let freeByteCount = 4 << 20
    private static let blockByteCount = 1 << 16

    private let archive: OpaquePointer
    private let source: String

    /// The members whose names `isWanted` accepts, by name.
    ///
    /// Every name is checked, wanted or not: an archive with a name that leaves its folder is refused as a whole.
    static func read(
        _ path: FilePath, isWanted: (MediaPath) -> Bool
    ) throws(TaskSequenceError) -> [MediaPath: [UInt8]] {
        try UnicodeLocale.run { () throws(TaskSequenceError) in try readMembers(path, isWanted: isWanted) }
    }

    private static func readMembers(
        _ path: FilePath, isWanted: (MediaPath) -> Bool
    ) throws(TaskSequenceError) -> [MediaPath: [UInt8]] {
        let archiveByteCount = try byteCount(of: path)
        guard let handle = archive_read_new() else {
            throw .archive(DiagnosticText(path.string), "cannot be read: no memory")
        }
        defer { archive_read_free(handle) }
        let reader = ExportArchive(archive: handle, source: path.string)
        archive_read_support_format_zip(handle)
        guard archive_read_open_filename(handle, path.string, blockByteCount) == ARCHIVE_OK else {
            throw reader.error("is not a readable zip")
        }
        var members: [MediaPath: [UInt8]] = [:]
        var names: Set<CaseFoldedName> = []
        var total = 0
        while let entry = try reader.nextEntry() {
            guard names.count < maximumMemberCount else {
                throw .archive(DiagnosticText(path.string), "has more than \(maximumMemberCount) members")
            }
            let (name, isFolder) = try reader.name(of: entry)
            guard names.insert(name.caseFolded).inserted else {
                throw .archive(DiagnosticText(path.string), "has two members called '\(name)'")
            }
            guard !isFolder, isWanted(name) else { continue }
            let limit = min(maximumByteCount, max(freeByteCount, archiveByteCount * maximumRatio)) - total
            let bytes = try reader.data(of: name, limit: limit)
            total += bytes.count
            members[name] = bytes
        }
        return members
    }

    private func nextEntry() throws(TaskSequenceError) -> OpaquePointer? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK, ARCHIVE_WARN: return entry
        case ARCHIVE_EOF: return nil
        default: throw error("is damaged")
        }
    }

    private func name(of entry: OpaquePointer) throws(TaskSequenceError) -> (MediaPath, isFolder: Bool) {
        guard let pointer = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else {
            throw .archive(DiagnosticText(source), "has a member without a name")
        }
        // A name that does not say it is UTF-8, and is not, is in the code page of MS-DOS (APPNOTE.TXT, appendix D).
        var text = String(validatingCString: pointer) ?? CodePage437.decode(pointer)
        let isFolder = text.hasSuffix("/") || text.hasSuffix("\\")
        if isFolder { text.removeLast() }
        guard archive_entry_is_encrypted(entry) == 0 else {
            throw .archive(DiagnosticText(source), "is encrypted (member '\(text)')")
        }
        do throws(MediaPathError) {
            return (try MediaPath(text), isFolder)
        } catch {
            throw TaskSequenceError(
                .archive, object: "\(source)", problem: "has a member whose \(error.object) \(error.problem)",
                nextStep: "do not use this file; export the task sequence again", underlying: error)
        }
    }

    private func data(of name: MediaPath, limit: Int) throws(TaskSequenceError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let block = [UInt8](unsafeUninitializedCapacity: Self.blockByteCount) { buffer, initialized in
                count = archive_read_data(archive, buffer.baseAddress, Self.blockByteCount)
                initialized = max(0, count)
            }
            guard count >= 0 else { throw error("is damaged in '\(name)'") }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else {
                throw .archive(DiagnosticText(source), "expands to more than is plausible (in '\(name)')")
            }
            bytes += block
        }
    }

    private func error(_ problem: DiagnosticText) -> TaskSequenceError {
        let reason = archive_error_string(archive).map { ": \(String(cString: $0))" } ?? ""
        return .archive(DiagnosticText(source), "\(problem)\(reason)")
    }

    private static func byteCount(of path: FilePath) throws(TaskSequenceError) -> Int {
        do throws(FileError) {
            return try FileError.wrap("read", path) {
                let descriptor = try InputFile.open(path)
                return try descriptor.closeAfter { Int(try descriptor.seek(offset: 0, from: .end)) }
            }
        } catch {
            throw .file(error)
        }
    }
}
