// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Support

/// The file system that the kernel unpacks into memory: a cpio archive of the form newc
/// (Documentation/driver-api/early-userspace/buffer-format.rst).
///
/// Everything belongs to root and was last written at the beginning of time; entries stand in the order of their paths, each
/// folder before what is in it: the same files give the same bytes.
struct InitialFileSystem {
    /// What a path is.
    enum Node {
        case folder
        case file([UInt8], permissions: UInt16)
        case link(String)
        /// A character device.
        case device(major: UInt32, minor: UInt32)
    }

    private(set) var nodes: [String: Node] = [:]

    private static let magic = "070701"
    private static let endName = "TRAILER!!!"
    private static let (folderMode, fileMode, linkMode, deviceMode): (UInt32, UInt32, UInt32, UInt32) = (
        0o040755, 0o100000, 0o120777, 0o020600
    )
    private static let blockByteCount = 512

    /// Whether something is at `path`.
    func contains(_ path: String) -> Bool { nodes[path] != nil }

    /// Puts `node` at `path`, with the folders above it.
    mutating func add(_ path: String, _ node: Node) {
        var folder = path[...]
        while let end = folder.lastIndex(of: "/") {
            folder = folder[..<end]
            if nodes[String(folder)] == nil { nodes[String(folder)] = .folder }
        }
        nodes[path] = node
    }

    /// The archive.
    var archive: [UInt8] {
        var bytes: [UInt8] = []
        let paths = nodes.keys.sorted { $0.precedesByBytes($1) }
        for (index, path) in paths.enumerated() {
            guard let node = nodes[path] else { continue }
            let number = UInt32(index + 1)
            switch node {
            case .folder: Self.append(path, number, Self.folderMode, [], to: &bytes)
            case .file(let content, let permissions):
                Self.append(path, number, Self.fileMode | UInt32(permissions), content, to: &bytes)
            case .link(let target): Self.append(path, number, Self.linkMode, Array(target.utf8), to: &bytes)
            case .device(let major, let minor):
                Self.append(path, number, Self.deviceMode, [], device: (major, minor), to: &bytes)
            }
        }
        Self.append(Self.endName, 0, 0, [], to: &bytes)
        Self.pad(&bytes, to: Self.blockByteCount)
        return bytes
    }

    /// The archive as one Zstandard stream, which kernels since 5.9 unpack.
    func compressed(level: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        // One thread: jobs of several would be cut at other places on other machines.
        let writer = try ZstandardWriter(workerCount: 0, level: level) { bytes += $0 }
        try archive.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return bytes
    }

    private static func append(
        _ path: String, _ number: UInt32, _ mode: UInt32, _ content: [UInt8],
        device: (major: UInt32, minor: UInt32) = (0, 0), to bytes: inout [UInt8]
    ) {
        let links: UInt32 = mode & 0o170000 == 0o040000 ? 2 : 1
        bytes += magic.utf8
        for field in [
            number, mode, 0, 0, links, 0, UInt32(content.count), 0, 0, device.major, device.minor,
            UInt32(path.utf8.count + 1), 0,
        ] {
            let digits = String(field, radix: 16, uppercase: true)
            bytes += (String(repeating: "0", count: 8 - digits.count) + digits).utf8
        }
        bytes += path.utf8
        bytes.append(0)
        pad(&bytes, to: 4)
        bytes += content
        pad(&bytes, to: 4)
    }

    private static func pad(_ bytes: inout [UInt8], to multiple: Int) {
        bytes += [UInt8](repeating: 0, count: (multiple - bytes.count % multiple) % multiple)
    }
}
