// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

extension Mount {
    /// True for a file system that shows the folders of others.
    var isOverlay: Bool { ["overlay", "overlayfs", "aufs", "unionfs"].contains(fileSystem) }

    /// The folders that an overlay shows (Documentation/filesystems/overlayfs.rst of Linux); empty for aufs, which does
    /// not tell.
    var layers: [FilePath] {
        options.flatMap { option -> [FilePath] in
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2,
                ["lowerdir", "lowerdir+", "datadir+", "upperdir", "workdir"].contains(parts[0])
            else { return [] }
            let value = KernelText.bytes(parts[1].utf8)
            return parts[0] == "lowerdir" ? Self.paths(value) : [Self.path(value[...])]
        }
    }

    /// The paths of a list with colons between them; a backslash takes a colon's meaning away.
    private static func paths(_ list: [UInt8]) -> [FilePath] {
        var (paths, current, isEscaped) = ([FilePath](), [UInt8](), false)
        for byte in list + [UInt8(ascii: ":")] {
            if isEscaped {
                current.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ":") {
                // Two colons separate layers that hold only data.
                if !current.isEmpty { paths.append(path(current[...])) }
                current = []
            } else {
                current.append(byte)
            }
        }
        return paths
    }

    private static func path(_ bytes: ArraySlice<UInt8>) -> FilePath {
        KernelText.path(unescaped: Array(bytes))
    }
}
