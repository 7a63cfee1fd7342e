// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// What the kernel swaps to (proc(5), /proc/swaps).
struct SwapTable {
    /// A swap file or partition.
    struct Entry: Hashable {
        /// Its path when swapping began.
        let path: FilePath
        /// True for a file on a file system.
        let isFile: Bool
    }

    let entries: [Entry]

    /// The table that `bytes` hold, below its line of headings; nil when a line cannot be understood.
    init?(_ bytes: [UInt8]) {
        var entries: [Entry] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard fields.count >= 5 else { return nil }
            entries.append(Entry(path: KernelText.path(fields[0]), isFile: fields[1].elementsEqual("file".utf8)))
        }
        self.entries = entries
    }
}
