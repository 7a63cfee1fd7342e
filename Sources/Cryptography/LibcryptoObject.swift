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

/// A list of libcrypto that owns its elements.
final class LibcryptoStack {
    /// The list.
    let pointer: OpaquePointer
    private let free: (OpaquePointer?) -> Void

    /// A list, empty at first, of elements that `free` frees.
    init(_ free: @escaping (OpaquePointer?) -> Void) {
        guard let pointer = OPENSSL_sk_new_null() else { fatalError("libcrypto: no memory for a list") }
        self.pointer = pointer
        self.free = free
    }

    /// Takes over a list; nil when libcrypto made none.
    init?(_ pointer: OpaquePointer?, _ free: @escaping (OpaquePointer?) -> Void) {
        guard let pointer else { return nil }
        self.pointer = pointer
        self.free = free
    }

    deinit {
        for element in elements { free(element) }
        OPENSSL_sk_free(pointer)
    }

    /// Adds an element, which belongs to the list then; false when there is none.
    func append(_ element: OpaquePointer?) -> Bool {
        guard let element else { return false }
        return OPENSSL_sk_push(pointer, UnsafeRawPointer(element)) > 0
    }

    /// The elements, which belong to the list.
    var elements: [OpaquePointer] { LibcryptoStack.elements(pointer) }

    /// The elements of a list that somebody else owns.
    static func elements(_ list: OpaquePointer?) -> [OpaquePointer] {
        (0..<max(0, OPENSSL_sk_num(list))).compactMap { index in
            OPENSSL_sk_value(list, index).map { OpaquePointer($0) }
        }
    }
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

    /// The name of what an object identifier stands for, or its numbers; nil for none.
    static func text(of identifier: OpaquePointer?) -> String? {
        var buffer = [CChar](repeating: 0, count: 128)
        guard OBJ_obj2txt(&buffer, Int32(buffer.count), identifier, 0) > 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
