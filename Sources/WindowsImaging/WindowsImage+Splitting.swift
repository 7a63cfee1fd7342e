// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support
import SystemPackage

extension WindowsImage {
    /// The file of an archive that takes the most room in it.
    public struct LargestFile: Sendable, Equatable {
        /// The first file with this content, and its image: "\Windows\big.cab in image 1"; "metadata" for an image's own.
        public let description: String
        /// Its bytes as they are stored, compressed or not.
        public let storedByteCount: Int64
    }

    /// Where the GUID lies in the header of a WIM, and how long it is (Windows Imaging File Format, 2007: WIMHEADER_V1).
    private static let guidOffset: Int64 = 24
    static let guidByteCount = 16

    /// Splits the archive into parts (.swm) inside `folder` and returns their paths in order.
    ///
    /// A resource is never cut, so a part with a single large one can exceed `partByteCount`: look at ``largestFile()``
    /// before, and at the sizes of the parts after. The same archive, size and GUID give the same bytes.
    ///
    /// - Parameters:
    ///   - folder: empty; the parts are called "000.swm", "001.swm" and so on.
    ///   - partByteCount: bytes a part may have, where its resources allow.
    ///   - guid: the 16 bytes that tell which parts belong together; libwim would take random ones.
    /// - Throws: ``WindowsImagingError``: `.unsupported` for an archive with solid resources, `.noSpace`, `.damaged`,
    ///   `.interrupted`.
    public func split(
        into folder: FilePath, partByteCount: Int64, guid: [UInt8], interruption: Interruption? = nil,
        progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) -> [FilePath] {
        precondition(guid.count == Self.guidByteCount && partByteCount > 0, "a GUID has 16 bytes, a part some")
        let first = folder.appending("part.swm")
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        try observation.whileObserving(handle) { () throws(WindowsImagingError) in
            let result = wimlib_split(handle, first.string, UInt64(partByteCount), 0)
            if result == Int32(WIMLIB_ERR_UNSUPPORTED.rawValue) {
                throw WindowsImagingError(
                    .unsupported, "\(path)", "has solid resources, which cannot be split",
                    nextStep: "export it without them first: wimlib-imagex export SOURCE all TARGET --compress=LZX")
            }
            try Libwim.check(result, path.string, "could not be split")
        }
        var parts: [FilePath] = []
        do {
            // libwim calls them part.swm, part2.swm, part3.swm ...
            var source = first
            while (try? Stat(source)) != nil {
                let digits = String(parts.count)
                let name = String(repeating: "0", count: max(0, 3 - digits.count)) + digits + ".swm"
                let target = folder.appending(name)
                try setGUID(guid, of: source)
                try AtomicFile.rename(source, to: target)
                parts.append(target)
                source = folder.appending("part\(parts.count + 1).swm")
            }
        } catch {
            throw WindowsImagingError(error as? FileError ?? FileError("written", folder, .ioError))
        }
        return parts
    }

    func setGUID(_ guid: [UInt8], of part: FilePath) throws {
        try FileError.wrap("written", part) {
            let descriptor = try FileDescriptor.open(part, .writeOnly, options: .closeOnExec)
            _ = try descriptor.closeAfter {
                try guid.withUnsafeBytes { try descriptor.writeAll(toAbsoluteOffset: Self.guidOffset, $0) }
            }
        }
    }

    /// Whether the archive has solid resources, in which many files are compressed as one: it cannot be split then.
    ///
    /// - Throws: ``WindowsImagingError`` `.damaged` when its tables are not sound.
    public func hasSolidResources() throws(WindowsImagingError) -> Bool {
        var isSolid = false
        let result = withUnsafeMutablePointer(to: &isSolid) { pointer in
            wimlib_iterate_lookup_table(
                handle, 0,
                { resource, context in
                    if resource?.pointee.packed == 1 { context?.assumingMemoryBound(to: Bool.self).pointee = true }
                    return 0
                }, pointer)
        }
        try Libwim.check(result, path.string, "could not be listed")
        return isSolid
    }

    // MARK: The largest file

    /// The file whose content takes the most bytes in the archive; nil for an archive without any.
    ///
    /// - Throws: ``WindowsImagingError`` `.damaged` when its tables are not sound.
    public func largestFile() throws(WindowsImagingError) -> LargestFile? {
        var largest = Resource()
        let result = withUnsafeMutablePointer(to: &largest) { pointer in
            wimlib_iterate_lookup_table(
                handle, 0,
                { resource, context in
                    guard let resource = resource?.pointee,
                        let largest = context?.assumingMemoryBound(to: Resource.self)
                    else { return 0 }
                    let stored = resource.is_compressed != 0 ? resource.compressed_size : resource.uncompressed_size
                    if stored > largest.pointee.storedByteCount {
                        largest.pointee = Resource(
                            hash: resource.sha1_hash, storedByteCount: stored, isMetadata: resource.is_metadata != 0)
                    }
                    return 0
                }, pointer)
        }
        try Libwim.check(result, path.string, "could not be listed")
        guard largest.storedByteCount > 0 else { return nil }
        return LargestFile(
            description: largest.isMetadata ? "the list of its files" : try name(of: largest) ?? "a file of no name",
            storedByteCount: Int64(clamping: largest.storedByteCount))
    }

    /// A resource of the archive.
    private struct Resource {
        var hash: SHA1 = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        var storedByteCount: UInt64 = 0
        var isMetadata = false
    }

    /// A SHA-1 as C has it.
    private typealias SHA1 = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8,
        UInt8, UInt8, UInt8, UInt8
    )

    /// What looks for a resource among the files of an image.
    private final class Search {
        let hash: [UInt8]
        var found: String?
        init(hash: [UInt8]) { self.hash = hash }
    }

    private func name(of resource: Resource) throws(WindowsImagingError) -> String? {
        let search = Search(hash: withUnsafeBytes(of: resource.hash) { Array($0) })
        for index in 1...max(1, imageCount) {
            let result = withExtendedLifetime(search) {
                wimlib_iterate_dir_tree(
                    handle, Int32(index), "/", WIMLIB_ITERATE_DIR_TREE_FLAG_RECURSIVE,
                    { entry, context in
                        guard let entry, let context else { return 0 }
                        let search = Unmanaged<Search>.fromOpaque(context).takeUnretainedValue()
                        let hash = withUnsafeBytes(of: tsm_unnamed_stream(entry).pointee.resource.sha1_hash) {
                            Array($0)
                        }
                        guard search.found == nil, hash == search.hash, let path = entry.pointee.full_path else {
                            return 0
                        }
                        search.found = String(cString: path)
                        return 0
                    }, Unmanaged.passUnretained(search).toOpaque())
            }
            try Libwim.check(result, describe(index), "could not be listed")
            if let found = search.found { return "\(found) in image \(index)".onOneLine }
        }
        return nil
    }
}
