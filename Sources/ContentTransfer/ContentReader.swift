// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Hands out the bytes of a content in order, and proves at its end that they are what was promised.
///
/// Whatever was made of the bytes counts only when the last of them were handed out. Used by one thread at a time.
public final class ContentReader {
    private let content: TransferContent
    private let didVerify: ContentCopier.DidVerify
    /// Nil for bytes in memory.
    private let source: OpenSource?
    /// Nil when the hash is known already.
    private let hash: SHA256?
    private var offset: Int64 = 0

    /// Opens `content`.
    ///
    /// A stream is refused: whoever reads with this type looks into contents before it reads them, or reads them again.
    ///
    /// - Throws: ``TransferError`` when its size or its identity is not what was promised, and `.readTwice`; `FileError`.
    public init(_ content: TransferContent, didVerify: @escaping ContentCopier.DidVerify = { _, _, _, _ in }) throws {
        self.content = content
        self.didVerify = didVerify
        if case .bytes(let bytes) = content.source { try content.requireSize(of: bytes) }
        if case .stream(let stream) = content.source { throw TransferError.readTwice(content, stream.place) }
        source = try OpenSource(content)
        hash = source?.isToBeHashed == true ? SHA256() : nil
        source?.willReadInOrder()
    }

    deinit { source?.close() }

    /// Fills `buffer` with the next bytes and returns how many they are: all it holds, unless the content ends before.
    ///
    /// The content is proved before its last bytes are handed out.
    ///
    /// - Throws: ``TransferError``; `FileError`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(buffer.count), content.byteCount - offset))
        guard wanted > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count = try sample(into: part, at: offset)
        hash?.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
        offset += Int64(count)
        if let source, count < wanted { throw source.ended(after: offset) }
        if offset == content.byteCount { try prove() }
        return count
    }

    /// Fills `buffer` with the bytes at `offset`, which the hash does not see; returns how many there are.
    ///
    /// - Throws: `FileError`.
    public func sample(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        if case .bytes(let bytes) = content.source {
            let part = bytes.dropFirst(Int(offset)).prefix(buffer.count)
            buffer.copyBytes(from: part)
            return part.count
        }
        guard let source else { return 0 }
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try source.read(at: offset + Int64(done), into: rest)
            if count == 0 { break }
            done += count
        }
        return done
    }

    private func prove() throws {
        guard let source else { return }
        if let found = hash?.finalize() { try source.require(found) }
        try source.requireEnd()
        if hash != nil { source.report(to: didVerify) }
    }
}
