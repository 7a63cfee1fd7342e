// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A folder of sysfs, whose files may be missing or refuse to be read.
struct SysfsFolder {
    /// Where it is.
    let path: FilePath

    /// A page: no attribute is longer (Documentation/filesystems/sysfs.rst of Linux).
    private static let largestAttribute = 4096

    /// The text of the attribute `name` without the space around it; nil when it cannot be read.
    func text(_ name: String) -> String? {
        guard let bytes = bytes(name) else { return nil }
        return Self.text(bytes)
    }

    /// The text of the attribute `name`; nil when it cannot be read or is empty.
    func nonEmptyText(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// The bytes of the attribute `name`; nil when it cannot be read.
    func bytes(_ name: String) -> [UInt8]? {
        guard let descriptor = try? FileDescriptor.open(path.appending(name), .readOnly, options: [.closeOnExec]) else {
            return nil
        }
        defer { try? descriptor.close() }
        // One read gets all of it.
        return try? [UInt8](unsafeUninitializedCapacity: Self.largestAttribute) { buffer, count in
            count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// The number in the attribute `name`.
    func number(_ name: String) -> UInt64? { text(name).flatMap { UInt64($0) } }

    /// What the attribute `name` says, which is 0 or 1.
    func flag(_ name: String) -> Bool? { number(name).map { $0 != 0 } }

    /// The names in the folder `name`; nil when it cannot be read.
    func names(in name: String) -> [String]? {
        try? FolderEntry.entries(of: path.appending(name)).compactMap(\.name)
    }

    /// True when there is something called `name`.
    func has(_ name: String) -> Bool { (try? Stat(path.appending(name))) != nil }

    /// Text of the kernel or of a drive, without the padding that drives put around it.
    static func text(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        String(decoding: Array(bytes.trimming { $0 <= 0x20 }), as: UTF8.self)
    }
}
