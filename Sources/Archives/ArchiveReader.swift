// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibarchive
import Support
import SystemPackage

/// Reads an archive from front to back through libarchive.
///
/// Names and sizes are what the archive says: whoever uses them checks them.
public final class ArchiveReader {
    /// What is read.
    public enum Format: Sendable {
        /// A zip file.
        case zip
        /// A tar archive, plain or compressed with gzip, xz or Zstandard.
        case tar
        /// One compressed stream (gzip, xz, Zstandard), as an archive of one member.
        case compressedStream
    }

    private static let blockByteCount = 1 << 16

    private let archive: OpaquePointer
    /// What libarchive reads from through callbacks; nil when it opened a file by itself.
    private let input: ArchiveInput?

    /// Opens the zip file at `path`.
    public init(zip path: FilePath) throws(ArchiveFault) {
        archive = try Self.make(.zip)
        input = nil
        guard archive_read_open_filename(archive, path.string, Self.blockByteCount) == ARCHIVE_OK else {
            // The archive is let go of by deinit, which runs though this throws.
            throw Self.fault(archive, "is not a readable zip")
        }
    }

    /// Reads the archive that the bytes of `source` are; `range` is the part of them that it is, all when nil.
    public init(_ source: some ByteSource, range: Range<Int64>? = nil, format: Format) throws(ArchiveFault) {
        archive = try Self.make(format)
        let input = ArchiveInput(source, range: range ?? 0..<source.byteCount)
        self.input = input
        let result = archive_read_open(
            archive, Unmanaged.passUnretained(input).toOpaque(), nil,
            { _, client, block in
                guard let client, let block else { return -1 }
                return Unmanaged<ArchiveInput>.fromOpaque(client).takeUnretainedValue().next(block)
            }, nil)
        guard result == ARCHIVE_OK else {
            throw Self.fault(archive, "is not a readable archive")
        }
    }

    deinit { archive_read_free(archive) }

    /// The next member; nil behind the last.
    ///
    /// - Throws: ``ArchiveFault`` when the archive is damaged or cannot be read, or a member has no name.
    public func next() throws(ArchiveFault) -> ArchiveMember? {
        try UnicodeLocale.run { () throws(ArchiveFault) in
            var entry: OpaquePointer?
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN: break
            case ARCHIVE_EOF: return nil
            default: throw fault(ArchiveFault.damage)
            }
            guard let entry else { return nil }
            return try member(entry)
        }
    }

    /// The bytes of the member that ``next()`` told of last, `limit` at most.
    ///
    /// - Throws: ``ArchiveFault``; nil is returned when there are more than `limit`.
    public func contents(limit: Int) throws(ArchiveFault) -> [UInt8]? {
        var bytes: [UInt8] = []
        let isWhole = try read { block in
            guard bytes.count + block.count <= limit else { return false }
            bytes += block
            return true
        }
        return isWhole ? bytes : nil
    }

    /// Hands out the bytes of the member that ``next()`` told of last until `body` returns false.
    ///
    /// - Returns: whether all were handed out.
    public func read(_ body: (UnsafeRawBufferPointer) -> Bool) throws(ArchiveFault) -> Bool {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = archive_read_data(archive, block.baseAddress, block.count)
            guard count >= 0 else { throw fault(ArchiveFault.damage) }
            guard count > 0 else { return true }
            guard body(UnsafeRawBufferPointer(rebasing: block[..<count])) else { return false }
        }
    }

    // MARK: libarchive

    private static func make(_ format: Format) throws(ArchiveFault) -> OpaquePointer {
        guard let archive = archive_read_new() else { throw ArchiveFault("cannot be read: no memory") }
        switch format {
        case .zip: archive_read_support_format_zip(archive)
        case .tar: archive_read_support_format_tar(archive)
        case .compressedStream: archive_read_support_format_raw(archive)
        }
        if format != .zip {
            archive_read_support_filter_gzip(archive)
            archive_read_support_filter_xz(archive)
            archive_read_support_filter_zstd(archive)
        }
        return archive
    }

    private func member(_ entry: OpaquePointer) throws(ArchiveFault) -> ArchiveMember {
        guard let pointer = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else {
            throw ArchiveFault("has a member without a name")
        }
        // A name that does not say it is UTF-8, and is not, is in the code page of MS-DOS (APPNOTE.TXT, appendix D).
        let name = String(validatingCString: pointer) ?? CodePage437.decode(pointer)
        return ArchiveMember(
            name: name, kind: kind(entry), permissions: UInt16(truncatingIfNeeded: archive_entry_perm(entry) & 0o7777),
            isEncrypted: archive_entry_is_encrypted(entry) != 0)
    }

    private func kind(_ entry: OpaquePointer) -> ArchiveMember.Kind {
        func text(_ pointer: UnsafePointer<CChar>?) -> String? {
            pointer.map { String(validatingCString: $0) ?? CodePage437.decode($0) }
        }
        if let target = text(archive_entry_hardlink(entry)) { return .hardLink(target) }
        // The types of a mode: archive_entry(3), AE_IFREG and its like, which are macros with a cast.
        switch archive_entry_filetype(entry) {
        case 0o100000: return .file
        case 0o040000: return .folder
        case 0o120000: return .symbolicLink(text(archive_entry_symlink(entry)) ?? "")
        default: return .other
        }
    }

    private func fault(_ problem: String) -> ArchiveFault {
        if let failure = input?.failure { return ArchiveFault("cannot be read", reason: failure.errno.description) }
        return Self.fault(archive, problem)
    }

    private static func fault(_ archive: OpaquePointer, _ problem: String) -> ArchiveFault {
        ArchiveFault(problem, reason: archive_error_string(archive).map { String(cString: $0) })
    }
}

/// The bytes that libarchive asks for, block by block.
private final class ArchiveInput {
    private static let blockByteCount: Int64 = 1 << 18

    private let source: any ByteSource
    private var rest: Range<Int64>
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(blockByteCount), alignment: 16)
    private(set) var failure: FileError?

    init(_ source: any ByteSource, range: Range<Int64>) {
        self.source = source
        rest = range.clamped(to: 0..<max(0, source.byteCount))
    }

    deinit { block.deallocate() }

    /// Puts the next bytes where `place` then points to; 0 at the end, -1 after a failure.
    func next(_ place: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        let count = Int(min(Int64(rest.count), Self.blockByteCount))
        guard count > 0 else { return 0 }
        do throws(FileError) {
            guard let bytes = try source.bytes(at: rest.lowerBound, length: count) else { return -1 }
            block.copyBytes(from: bytes)
        } catch {
            failure = error
            return -1
        }
        rest = (rest.lowerBound + Int64(count))..<rest.upperBound
        place.pointee = UnsafeRawPointer(block.baseAddress)
        return count
    }
}
