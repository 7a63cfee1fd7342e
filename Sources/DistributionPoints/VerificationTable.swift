// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// The file form of the verification index: sorted records of one size, searched where they lie.
///
/// All integers are little-endian.
///
///     0   magic "TSMVIDX" and the version 1 as a byte
///     8   u32 number of records, u32 number of bytes of the names
///     16  records, ordered by device and inode, each 88 bytes:
///         u64 device, u64 inode, i64 size, i64 + u32 mtime, i64 + u32 ctime, 32 bytes SHA-256, u32 name, u32 day
///     ..  names, each u32 length and UTF-8
///     ..  SHA-256 of everything before
///
/// A record's name is `2 * n` when name n is the whole path, `2 * n + 1` when it is a FileLib below which the file has
/// the path that its hash gives: then 100,000 files share one name.
struct VerificationTable {
    static let magic = Array("TSMVIDX".utf8) + [1]
    static let headerByteCount = 16
    static let recordByteCount = 88

    private let bytes: [UInt8]
    /// The number of records.
    let count: Int
    private let names: [String]

    /// A table without records.
    init() {
        bytes = []
        count = 0
        names = []
    }

    /// The table in `bytes`, or nil when it is not whole.
    init?(bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard bytes.starts(with: Self.magic), let count = reader.littleEndian(UInt32.self, at: 8),
            let nameByteCount = reader.littleEndian(UInt32.self, at: 12)
        else { return nil }
        // Both counts have 32 bits, so nothing here can overflow.
        let namesStart = Self.headerByteCount + Int(count) * Self.recordByteCount
        let end = namesStart + Int(nameByteCount)
        guard bytes.count == end + SHA256Digest.byteCount, Self.digest(of: bytes, count: end) == Array(bytes[end...])
        else { return nil }
        var names: [String] = []
        var offset = namesStart
        while offset < end {
            guard let length = reader.littleEndian(UInt32.self, at: offset), Int(length) <= end - offset - 4,
                let name = reader.slice(at: offset + 4, length: Int(length)),
                let text = String(validating: name, as: UTF8.self)
            else { return nil }
            names.append(text)
            offset += 4 + Int(length)
        }
        self.bytes = bytes
        self.count = Int(count)
        self.names = names
    }

    /// The bytes of a table with `files`, each device and inode once.
    static func encode(_ files: [VerifiedFile]) -> [UInt8] {
        var numbers: [ExactText: UInt32] = [:]
        var names: [UInt8] = []
        func number(of name: String) -> UInt32 {
            if let known = numbers[ExactText(name)] { return known }
            let number = UInt32(numbers.count)
            numbers[ExactText(name)] = number
            names.append(littleEndian: UInt32(name.utf8.count))
            names += name.utf8
            return number
        }
        var bytes = magic
        bytes.reserveCapacity(headerByteCount + files.count * recordByteCount + 4096)
        bytes.append(littleEndian: UInt32(files.count))
        bytes.append(littleEndian: UInt32(0))
        for file in files.sorted(by: { $0.key < $1.key }) {
            let identity = file.identity
            bytes.append(littleEndian: identity.device)
            bytes.append(littleEndian: identity.inode)
            bytes.append(littleEndian: identity.byteCount)
            for instant in [identity.modified, identity.changed] {
                bytes.append(littleEndian: instant.seconds)
                bytes.append(littleEndian: instant.nanoseconds)
            }
            bytes += file.sha256.bytes
            let path = file.path.string
            if let fileLib = fileLib(of: path, file.sha256) {
                bytes.append(littleEndian: number(of: fileLib) << 1 | 1)
            } else {
                bytes.append(littleEndian: number(of: path) << 1)
            }
            bytes.append(littleEndian: file.day)
        }
        bytes += names
        bytes.replaceSubrange(12..<16, with: withUnsafeBytes(of: UInt32(names.count).littleEndian) { Array($0) })
        return bytes + digest(of: bytes, count: bytes.count)
    }

    /// The file of device and inode `key`, or nil.
    func file(_ key: VerifiedFile.Key) -> VerifiedFile? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let found = self.key(at: middle)
            if found == key { return file(at: middle) }
            if found < key { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Every file, ordered by device and inode.
    var files: [VerifiedFile] { (0..<count).compactMap { file(at: $0) } }

    private func key(at index: Int) -> VerifiedFile.Key {
        let offset = Self.headerByteCount + index * Self.recordByteCount
        return VerifiedFile.Key(device: load(offset), inode: load(offset + 8))
    }

    private func file(at index: Int) -> VerifiedFile? {
        let offset = Self.headerByteCount + index * Self.recordByteCount
        let identity = FileIdentity(
            device: load(offset), inode: load(offset + 8), byteCount: load(offset + 16),
            modified: .init(seconds: load(offset + 24), nanoseconds: load(offset + 32)),
            changed: .init(seconds: load(offset + 36), nanoseconds: load(offset + 44)))
        let name: UInt32 = load(offset + 80)
        guard let digest = SHA256Digest(bytes: bytes[offset + 48..<offset + 80]), Int(name >> 1) < names.count else {
            return nil
        }
        var path = names[Int(name >> 1)]
        if name & 1 == 1 { path += Self.pathInFileLib(digest) }
        return VerifiedFile(path: FilePath(path), identity: identity, sha256: digest, day: load(offset + 84))
    }

    /// The integer at `offset`, which lies in a record: `init` has checked that all of them are there.
    private func load<Value: FixedWidthInteger>(_ offset: Int) -> Value {
        bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    private static func pathInFileLib(_ digest: SHA256Digest) -> String {
        let name = digest.upperCase
        return "/\(name.prefix(4))/\(name)"
    }

    private static func fileLib(of path: String, _ digest: SHA256Digest) -> String? {
        let end = pathInFileLib(digest)
        return path.hasSuffix(end) ? String(path.dropLast(end.count)) : nil
    }

    private static func digest(of bytes: [UInt8], count: Int) -> [UInt8] {
        let hash = SHA256()
        bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        return hash.finalize().bytes
    }
}
