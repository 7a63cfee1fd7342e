// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// What is worth knowing of a volume that was listed to be captured.
public struct CapturedFacts: Sendable, Equatable {
    /// Files of a kind, and one of them.
    public struct Kind: Sendable, Equatable {
        /// How many there are.
        public fileprivate(set) var count = 0
        /// The path of the first, names joined by `\`; nil when there is none.
        public fileprivate(set) var first: String?

        fileprivate mutating func add(_ path: @autoclosure () -> String) {
            if count == 0 { first = path() }
            count += 1
        }
    }

    /// IO_REPARSE_TAG_WOF (MS-FSCC 2.1.2.1).
    private static let wofTag: UInt32 = 0x8000_0017

    /// The bytes of all streams, those of hard links once.
    public internal(set) var byteCount: Int64 = 0
    /// Files, and folders.
    public private(set) var entryCount = 0
    /// Files that Windows has compressed with WOF: they are captured as they lie on the volume.
    public private(set) var compressedFiles = Kind()
    /// Folders with further streams.
    public private(set) var foldersWithStreams = Kind()
    /// Files that are left out because libwim cannot capture them, encrypted ones of EFS above all; some of them.
    public internal(set) var unsupportedPaths: [String] = []
    /// How many these are.
    public internal(set) var unsupportedCount = 0

    /// Nothing.
    init() {}

    /// What is found on a volume with such files.
    public init(byteCount: Int64) { self.byteCount = byteCount }

    /// Counts the files of `image`.
    mutating func look(into handle: OpaquePointer, image: Int, volume: String) throws(WindowsImagingError) {
        let counting = Counting(self)
        let result = withExtendedLifetime(counting) {
            wimlib_iterate_dir_tree(
                handle, Int32(image), "/", WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE,
                { entry, context in
                    guard let entry, let context else { return 0 }
                    Unmanaged<Counting>.fromOpaque(context).takeUnretainedValue().take(entry)
                    return 0
                }, Unmanaged.passUnretained(counting).toOpaque())
        }
        try Libwim.check(result, volume, "could not be listed")
        self = counting.facts
    }

    /// Counts while libwim tells of one file after the other.
    private final class Counting {
        var facts: CapturedFacts
        /// Hard links that were counted.
        private var groups: Set<UInt64> = []

        init(_ facts: CapturedFacts) { self.facts = facts }

        func take(_ entry: UnsafePointer<wimlib_dir_entry>) {
            func path() -> String { entry.pointee.full_path.map { String(cString: $0) } ?? "" }
            facts.entryCount += 1
            if entry.pointee.num_named_streams > 0,
                entry.pointee.attributes & UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY) != 0
            {
                facts.foldersWithStreams.add(path())
            }
            if entry.pointee.attributes & UInt32(WIMLIB_FILE_ATTRIBUTE_REPARSE_POINT) != 0,
                entry.pointee.reparse_tag == CapturedFacts.wofTag
            {
                facts.compressedFiles.add(path())
            }
            if entry.pointee.num_links > 1, !groups.insert(entry.pointee.hard_link_group_id).inserted { return }
            for index in 0...Int(entry.pointee.num_named_streams) {
                let size = tsm_stream_byte_count(entry, UInt32(index))
                facts.byteCount = facts.byteCount.addingReportingOverflow(Int64(clamping: size)).partialValue
            }
        }
    }
}
