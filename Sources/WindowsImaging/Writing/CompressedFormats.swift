// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import ContentTransfer
import Support

/// Tells content that is compressed already, which is stored as it is.
///
/// First by what formats begin with; then, for large content of any kind, by compressing samples of it, because
/// installers carry their archives behind a program.
final class CompressedFormats {
    /// What compressed formats begin with, from their specifications; of WIMs all are taken, ESD among them.
    private static let signatures: [[UInt8]] = [
        Array("MSWIM\0\0\0".utf8), Array("WLPWM\0\0\0".utf8),  // WIM, pipable WIM
        Array("MSCF\0\0\0\0".utf8),  // cabinet, MSU
        [0x50, 0x4B, 0x03, 0x04],  // ZIP and what is one: APPX, MSIX, DOCX
        [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C],  // 7z
        [0x1F, 0x8B, 0x08], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
        Array("Rar!\u{1A}\u{7}".utf8), [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], [0xFF, 0xD8, 0xFF],
    ]
    /// A compound file (MS-CFB 2.2): Windows Installer packages, whose cabinets are inside, and others.
    private static let compoundFile: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    private static let installerExtensions = [".msi", ".msp", ".mst"]

    private static let sampleCount = 16
    private static let sampleByteCount = 32 << 10
    /// Smaller content is compressed as a whole, and stored as it is where that is no gain.
    static let smallestSampledByteCount: Int64 = 1 << 20
    /// Samples that keep more than this share of their size are not worth compressing.
    private static let keptShare = 0.97

    private let compressor: Compressor
    private let sample = UnsafeMutableRawBufferPointer.allocate(byteCount: sampleByteCount, alignment: 4096)
    private let result = UnsafeMutableRawBufferPointer.allocate(byteCount: sampleByteCount, alignment: 4096)

    init() throws(WindowsImagingError) {
        // The fastest one: what it cannot shorten, the others hardly can.
        compressor = try Compressor(WIMLIB_COMPRESSION_TYPE_XPRESS, chunkByteCount: Self.sampleByteCount)
    }

    deinit {
        sample.deallocate()
        result.deallocate()
    }

    /// True when content of the file `name` that begins with `start` is worth compressing.
    func isCompressible(
        _ reader: ContentReader, byteCount: Int64, name: String, start: UnsafeRawBufferPointer
    ) throws -> Bool {
        if Self.signatures.contains(where: { start.starts(with: $0) }) { return false }
        if start.starts(with: Self.compoundFile), Self.installerExtensions.contains(where: name.lowercased().hasSuffix)
        {
            return false
        }
        guard byteCount >= Self.smallestSampledByteCount else { return true }
        var kept = 0
        var seen = 0
        for index in 0..<Self.sampleCount {
            let offset = (byteCount - Int64(Self.sampleByteCount)) / Int64(Self.sampleCount) * Int64(index)
            let count = try reader.sample(into: sample, at: offset)
            guard count > 0 else { break }
            let compressed = compressor.compress(UnsafeRawBufferPointer(rebasing: sample[..<count]), to: result)
            seen += count
            kept += compressed == 0 ? count : compressed
        }
        return Double(kept) < Double(seen) * Self.keptShare
    }
}
