// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// What Windows Boot Manager makes of the format of a boot image, which it reads itself (docs/boot-files.md).
public enum BootImageFormat: Sendable, Hashable {
    /// Boot images of the Windows ADK and of Configuration Manager look like this.
    case usual
    /// It is not known whether the boot manager reads it; the text says why, as the predicate of a sentence.
    case unproved(String)
    /// No boot manager reads it, as far as is known; the text says why, as the predicate of a sentence.
    case unreadable(String)

    /// How to make one that is read.
    static let nextStep =
        "export it to an ordinary one: wimlib-imagex export SOURCE INDEX TARGET --boot --compress=LZX --chunk-size=32K,"
        + " or dism /Export-Image /Compress:max /Bootable"

    /// The chunks of DISM and ImageX, whatever they compress with (wimlib.h: WIMLIB_COMPRESSION_TYPE_XPRESS and _LZX).
    private static let usualChunkByteCount = 32 << 10

    /// The format that the header of a WIM tells.
    public init(_ header: WindowsImageHeader) {
        self =
            if header.isPipable {
                .unreadable("is a pipable WIM, which only wimlib reads")
            } else if header.partCount > 1 {
                .unreadable("is one part of a split WIM, and the boot manager reads one file")
            } else if header.hasFormatOfESD {
                .unreadable("has the format of .esd files (solid, LZMS), which no boot manager is known to read")
            } else {
                Self.format(header.compression, chunkByteCount: header.chunkByteCount)
            }
    }

    private static func format(
        _ compression: WindowsImageHeader.Compression, chunkByteCount: Int
    ) -> BootImageFormat {
        switch compression {
        case .none: .usual
        case .xpress:
            chunkByteCount == usualChunkByteCount
                ? .usual
                : .unproved(
                    "is compressed with XPRESS in chunks of \(chunkByteCount) bytes, not of \(usualChunkByteCount), which"
                        + " no boot manager is known to read")
        case .lzx:
            chunkByteCount == usualChunkByteCount
                ? .usual
                : .unreadable(
                    "is compressed with LZX in chunks of \(chunkByteCount) bytes, and Microsoft's programs read"
                        + " \(usualChunkByteCount)")
        case .lzms: .unreadable("is compressed with LZMS, which no boot manager is known to read")
        case .unknown: .unreadable("is compressed in a way that is not known")
        }
    }

    /// Throws when the boot manager does not read the image `title`.
    func check(_ title: String) throws(BootMediaError) {
        guard case .unreadable(let problem) = self else { return }
        throw BootMediaError(
            .unreadableFormat, "\(title)", DiagnosticText(problem), nextStep: DiagnosticText(Self.nextStep))
    }

    /// What the user should know about the image `title`; nil when there is nothing.
    public func warning(_ title: String) -> String? {
        switch self {
        case .usual: nil
        case .unproved(let problem): "\(title) \(problem); try the media, or \(Self.nextStep)"
        case .unreadable(let problem): "\(title) \(problem), so that Windows PE does not start; \(Self.nextStep)"
        }
    }
}

extension BootImage {
    /// The size in bytes from which on no boot image is known to start: FAT32 holds less, and a file of an ISO 9660 disc
    /// has several extents from there on (docs/boot-files.md).
    public static let byteCountLimit: Int64 = 4 << 30
    /// What to do with a boot image of ``byteCountLimit`` and more.
    public static let wayToShrink =
        "export it alone with dism /Export-Image /Compress:max, or take packages and drivers out of it"

    /// What the user should know about a boot image `title` of `byteCount` bytes; nil when there is nothing.
    public static func sizeWarning(_ byteCount: Int64, _ title: String) -> String? {
        guard byteCount >= byteCountLimit else { return nil }
        return
            "\(title) has \(byteCount) bytes, and no boot manager is known to start from 4 GiB or more; \(wayToShrink)"
    }
}
