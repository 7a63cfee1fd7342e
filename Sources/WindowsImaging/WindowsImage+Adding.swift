// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support
import SystemPackage

extension WindowsImage {
    /// A file or a folder with all that is in it, and where it goes in an image.
    public struct Addition: Sendable, Equatable {
        /// Where it is.
        public let source: FilePath
        /// Where it goes; what is there is replaced.
        public let target: MediaPath

        /// `source`, which goes to `target`.
        public init(_ source: FilePath, to target: MediaPath) {
            self.source = source
            self.target = target
        }
    }

    /// Writes a copy of the archive at `path` in which image `index` has `additions` besides.
    ///
    /// What it had is taken over as it is compressed. The archive that is open has the additions too from then on.
    /// Names, times and bytes of the additions are those of their sources, so that the same sources give the same bytes; the
    /// folder above each target must be in the image.
    ///
    /// - Parameters:
    ///   - guid: the 16 bytes by which the copy is told from others; libwim would take random ones.
    ///   - modified: when the image was changed, as its XML will say.
    /// - Throws: ``WindowsImagingError``: `.noSpace`, `.damaged`, `.interrupted`, `.io`.
    public func copy(
        to path: FilePath, adding additions: [Addition], toImage index: Int, guid: [UInt8], modified: Timestamp,
        interruption: Interruption? = nil, progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        precondition(guid.count == Self.guidByteCount, "a GUID has 16 bytes")
        try checkIndex(index)
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        try observation.whileObserving(handle) { () throws(WindowsImagingError) in
            for addition in additions { try add(addition, toImage: index) }
            let flags = WIMLIB_WRITE_FLAG_RETAIN_GUID | (hasIntegrityTable ? WIMLIB_WRITE_FLAG_CHECK_INTEGRITY : 0)
            // One thread: what is added is small, and so is the memory.
            try Libwim.check(
                wimlib_write(handle, path.string, WIMLIB_ALL_IMAGES, flags, 1), path.string, "could not be written")
        }
        do {
            try setGUID(guid, of: path)
            try Self.date(imageAt: index, modified, of: path)
        } catch let error as WindowsImagingError {
            throw error
        } catch {
            throw WindowsImagingError(error as? FileError ?? FileError("written", path, .ioError))
        }
    }

    private func add(_ addition: Addition, toImage index: Int) throws(WindowsImagingError) {
        let target = "/\(addition.target)"
        if try entry(addition.target, inImage: index) != nil {
            try Libwim.check(
                wimlib_delete_path(handle, Int32(index), target, WIMLIB_DELETE_FLAG_RECURSIVE), describe(index),
                "could not be changed")
        }
        try Libwim.check(
            wimlib_add_tree(handle, Int32(index), addition.source.string, target, 0), addition.source.string,
            "could not be added to \(describe(index))")
    }

    /// Sets when image `index` of the archive at `path` was changed, where libwim has written the time of day.
    ///
    /// The place is in the XML, which is UTF-16 and covered by no hash; the new text is as long as the old one.
    private static func date(imageAt index: Int, _ time: Timestamp, of path: FilePath) throws {
        let header = try header(of: path)
        try FileError.wrap("written", path) {
            let descriptor = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
            try descriptor.closeAfter {
                // The header was checked: the XML is in the file, and no more than 4 MiB.
                var bytes = [UInt8](repeating: 0, count: Int(header.xml.storedByteCount))
                _ = try bytes.withUnsafeMutableBytes {
                    try descriptor.read(fromAbsoluteOffset: header.xml.offset, into: $0)
                }
                var position = place(of: "<IMAGE INDEX=\"\(index)\">", in: bytes, from: 0)
                position = position.flatMap { place(of: "<LASTMODIFICATIONTIME>", in: bytes, from: $0) }
                let ticks = time.fileTime
                for (name, half) in [("HIGHPART", ticks >> 32), ("LOWPART", ticks & 0xFFFF_FFFF)] {
                    guard let start = position.flatMap({ place(of: "<\(name)>", in: bytes, from: $0) }) else { return }
                    position = start
                    let digits = Text.encodeUTF16LittleEndian(hexadecimal(half))
                    _ = try digits.withUnsafeBytes {
                        try descriptor.writeAll(toAbsoluteOffset: header.xml.offset + Int64(start), $0)
                    }
                }
            }
        }
    }

    /// Where `text` ends in UTF-16LE `bytes`, from `start` on; nil when it is not there.
    private static func place(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
        bytes[start...].firstRange(of: Text.encodeUTF16LittleEndian(text))?.upperBound
    }

    /// Half of a FILETIME as libwim spells it in XML: ten characters.
    private static func hexadecimal(_ half: UInt64) -> String {
        let digits = String(half, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
