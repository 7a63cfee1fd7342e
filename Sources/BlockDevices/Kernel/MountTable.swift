// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A line of mountinfo: a file system, or a part of one, and where it is mounted.
struct Mount: Hashable {
    /// The number of the mount.
    let number: UInt64
    /// The device number of the file system.
    let device: DeviceNumber
    /// Where it is mounted.
    let mountPoint: FilePath
    /// The type of the file system.
    let fileSystem: String
    /// What was mounted: a node, a pool, or any text.
    let source: String
    /// The options of the file system, still escaped.
    let options: [Substring]
}

/// What is mounted, in the order in which it was (proc(5), /proc/PID/mountinfo).
struct MountTable {
    let mounts: [Mount]

    /// The table that `bytes` hold; nil when a line cannot be understood.
    init?(_ bytes: [UInt8]) {
        var mounts: [Mount] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let mount = Mount(line) else { return nil }
            mounts.append(mount)
        }
        self.mounts = mounts
    }
}

extension Mount {
    /// The mount that a line of mountinfo describes: number, parent, device, root, mount point, options, any number of
    /// further fields, `-`, type, source, options of the file system.
    init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count >= 10, let end = fields[6...].firstIndex(where: { $0.elementsEqual("-".utf8) }),
            end + 3 < fields.count, let number = UInt64(String(decoding: fields[0], as: UTF8.self)),
            let device = DeviceNumber(String(decoding: fields[2], as: UTF8.self))
        else { return nil }
        self.number = number
        self.device = device
        mountPoint = KernelText.path(fields[4])
        fileSystem = KernelText.text(fields[end + 1])
        source = KernelText.text(fields[end + 2])
        options = String(decoding: fields[end + 3], as: UTF8.self).split(separator: ",")
    }
}

/// Text as procfs writes it: space, tab, line feed and backslash as a backslash and three octal digits.
enum KernelText {
    /// The bytes that `escaped` stands for.
    static func bytes(_ escaped: some Collection<UInt8>) -> [UInt8] {
        let source = Array(escaped)
        var (bytes, index) = ([UInt8](), 0)
        while index < source.count {
            let digits = source[(index + 1)...].prefix(3)
            if source[index] == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                index += 4
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return bytes
    }

    /// The text that `escaped` stands for.
    static func text(_ escaped: some Collection<UInt8>) -> String { String(decoding: bytes(escaped), as: UTF8.self) }

    /// The path that `escaped` stands for, byte for byte.
    static func path(_ escaped: some Collection<UInt8>) -> FilePath { path(unescaped: bytes(escaped)) }

    /// The path of these bytes, whether or not they are UTF-8.
    static func path(unescaped bytes: [UInt8]) -> FilePath {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return FilePath() }
                return FilePath(platformString: start)
            }
        }
    }
}
