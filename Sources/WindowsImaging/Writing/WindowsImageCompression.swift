// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// How the resources of a new archive are compressed.
public enum WindowsImageCompression: String, Sendable, Codable, CaseIterable {
    /// Not at all.
    case none
    /// XPRESS.
    case fast
    /// LZX.
    case maximum
    /// LZMS, many files in one resource.
    case solid

    /// The number of libwim, nil for none.
    var type: wimlib_compression_type? {
        switch self {
        case .none: nil
        case .fast: WIMLIB_COMPRESSION_TYPE_XPRESS
        case .maximum: WIMLIB_COMPRESSION_TYPE_LZX
        case .solid: WIMLIB_COMPRESSION_TYPE_LZMS
        }
    }

    /// The bytes that are compressed as one in a resource of one file, as libwim and Windows have them.
    var chunkByteCount: Int {
        switch self {
        case .none: 0
        case .fast, .maximum: 32 << 10
        case .solid: 128 << 10
        }
    }

    /// The bytes that are compressed as one in a resource of many files.
    ///
    /// libwim takes 64 MiB, for which each thread needs 576 MiB; 16 MiB need 144 MiB.
    static let solidChunkByteCount = 16 << 20

    /// The bytes that a compressing thread needs besides its buffers (wimlib_get_compressor_needed_memory).
    public var compressorByteCount: Int {
        guard let type else { return 0 }
        let chunk = self == .solid ? Self.solidChunkByteCount : chunkByteCount
        return Int(clamping: wimlib_get_compressor_needed_memory(type, chunk, 0))
    }
}

/// Compresses chunks through libwim; used by one thread at a time.
final class Compressor {
    private let handle: OpaquePointer

    init(_ type: wimlib_compression_type, chunkByteCount: Int) throws(WindowsImagingError) {
        var opened: OpaquePointer?
        try Libwim.check(wimlib_create_compressor(type, chunkByteCount, 0, &opened), "compression", "was not begun")
        guard let opened else { fatalError("libwim sets the handle whenever it returns 0") }
        handle = opened
    }

    deinit { wimlib_free_compressor(handle) }

    /// Compresses `bytes` to the start of `target`; 0 when the result would not be smaller.
    func compress(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) -> Int {
        guard bytes.count > 1 else { return 0 }
        return wimlib_compress(
            bytes.baseAddress, bytes.count, target.baseAddress, min(target.count, bytes.count - 1), handle)
    }
}
