// SPDX-License-Identifier: GPL-3.0-or-later

internal import CZlib
import Support

/// XML that a site has compressed with zlib (RFC 1950): a policy in hexadecimal digits, client settings in Base64
/// (docs/formats/media.md section 2a).
enum CompressedText {
    /// Policies are a few kilobytes; a task sequence is at most 2 MB (docs/formats/task-sequence.md section 4).
    private static let byteCountLimit = 32 << 20

    /// The bytes that `text` stands for; nil when it is neither, damaged, or larger than anything genuine.
    static func expand(_ text: String) -> [UInt8]? {
        let digits = text.filter { !$0.isWhitespace }
        guard let compressed = [UInt8](hexadecimal: digits) ?? Base64.decode(digits) else { return nil }
        return inflate(compressed)
    }

    private static func inflate(_ compressed: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard let count = UInt32(exactly: compressed.count), count > 0, tsm_inflate_init(&stream) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = compressed
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        return input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = count
            while true {
                let result = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    return CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                output += chunk.dropLast(Int(stream.avail_out))
                guard output.count <= byteCountLimit else { return nil }
                if result == Z_STREAM_END { return output }
                // No more input, and no end: cut off.
                guard result == Z_OK, stream.avail_out == 0 || stream.avail_in > 0 else { return nil }
            }
        }
    }
}
