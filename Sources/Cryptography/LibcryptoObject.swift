// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// Owns something of libcrypto, and frees it.
final class LibcryptoObject {
    /// What is owned.
    let pointer: OpaquePointer
    private let free: (OpaquePointer) -> Void

    /// Owns `pointer`; nil when libcrypto made nothing.
    init?(_ pointer: OpaquePointer?, _ free: @escaping (OpaquePointer?) -> Void) {
        guard let pointer else { return nil }
        self.pointer = pointer
        self.free = free
    }

    deinit { free(pointer) }
}

/// Conversions that all structures of libcrypto share.
enum Libcrypto {
    /// The DER that `encode`, one of the `i2d_` functions, makes; nil when it fails.
    static func der(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8]? {
        let count = encode(nil)
        guard count > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        let written = bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
            var cursor = buffer.baseAddress
            return encode(&cursor)
        }
        return written == count ? bytes : nil
    }

    /// What `decode`, one of the `d2i_` functions, reads from all of `bytes`; nil when they hold anything else or more.
    static func decode<Pointer>(
        _ bytes: [UInt8], _ free: (Pointer) -> Void,
        _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Pointer?
    ) -> Pointer? {
        bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let pointer = decode(&cursor, buffer.count) else { return nil }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
                free(pointer)
                return nil
            }
            return pointer
        }
    }

    /// Calls `body` with a stream that reads `bytes`.
    static func reading<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            guard let stream = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else {
                fatalError("libcrypto: no memory for a stream")
            }
            defer { BIO_free(stream) }
            return body(stream)
        }
    }

    /// The text that `body` writes to a stream.
    static func written(_ body: (OpaquePointer) -> Void) -> String {
        guard let stream = BIO_new(BIO_s_mem()) else { fatalError("libcrypto: no memory for a stream") }
        defer { BIO_free(stream) }
        body(stream)
        var start: UnsafeMutablePointer<CChar>?
        let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(stream, BIO_CTRL_INFO, 0, $0) }
        guard let start, count > 0 else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
