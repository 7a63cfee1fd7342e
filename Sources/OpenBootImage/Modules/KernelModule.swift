// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import Support

/// What a kernel module says of itself in its section `.modinfo` (Documentation/kbuild/modules.rst; modinfo(8)).
struct KernelModule: Sendable, Equatable {
    /// The path below `lib/modules/VERSION`, without the ending of compression: `kernel/drivers/ata/ahci.ko`.
    let path: String
    /// The name, with `_` for `-`: `ata_piix`.
    let name: String
    /// The names of the modules that it needs at once.
    let dependencies: [String]
    /// The patterns of the devices and file systems that it serves.
    let aliases: [String]
    /// The firmware files that it may load.
    let firmware: [String]

    static let byteCountLimit = 64 << 20
    private static let extensions = ["xz", "gz", "zst"]

    /// Reads the module whose file has the path `path` below `lib/modules/VERSION` and the bytes `bytes`, not compressed.
    init?(path: String, bytes: [UInt8]) {
        guard let information = ELFFile(bytes)?.section(".modinfo"), let path = Self.plainPath(path) else { return nil }
        self.path = path
        name = Self.name(ofPath: path)
        var (dependencies, aliases, firmware): ([String], [String], [String]) = ([], [], [])
        for line in information.split(separator: 0) {
            let text = String(decoding: line, as: UTF8.self)
            guard let equals = text.firstIndex(of: "=") else { continue }
            let value = String(text[text.index(after: equals)...])
            guard !value.contains(where: \.isNewline) else { continue }
            switch text[..<equals] {
            case "depends": dependencies = value.split(separator: ",").map { Self.normalized(String($0)) }
            case "alias": aliases.append(value)
            case "firmware": firmware.append(value)
            default: break
            }
        }
        (self.dependencies, self.aliases, self.firmware) = (dependencies, aliases, firmware)
    }

    /// `path` without the ending of compression; nil when it is no module.
    static func plainPath(_ path: String) -> String? {
        var path = path[...]
        if let end = path.lastIndex(of: "."), extensions.contains(String(path[path.index(after: end)...])) {
            path = path[..<end]
        }
        return path.hasSuffix(".ko") ? String(path) : nil
    }

    /// The bytes of a module's file without compression.
    static func plainBytes(_ bytes: [UInt8], path: String) throws(ArchiveFault) -> [UInt8] {
        guard !path.hasSuffix(".ko") else { return bytes }
        let reader = try ArchiveReader(MemorySource(bytes), format: .compressedStream)
        guard try reader.next() != nil else { return [] }
        return try reader.contents(limit: byteCountLimit) ?? []
    }

    /// The name of the module at `path`.
    static func name(ofPath path: String) -> String {
        normalized(String(path.split(separator: "/").last?.dropLast(".ko".count) ?? ""))
    }

    /// A name as the kernel compares it.
    static func normalized(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
