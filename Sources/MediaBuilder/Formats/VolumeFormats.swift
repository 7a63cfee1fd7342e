// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import SystemPackage

/// The formats by the names of outputs: the one list of them.
public struct VolumeFormats: Sendable {
    /// A format that is chosen by the ending of an output's name.
    public struct Entry: Sendable {
        /// The endings, in lower case and without a dot.
        let endings: Set<String>
        /// Makes the format with its usual options.
        let make: @Sendable () -> any VolumeFormat

        /// A format for names that end in one of `endings`.
        public init(_ endings: Set<String>, _ make: @escaping @Sendable () -> any VolumeFormat) {
            self.endings = endings
            self.make = make
        }
    }

    private let entries: [Entry]

    /// The formats of `entries`, and folders for every other name.
    public init(_ entries: [Entry]) { self.entries = entries }

    /// These formats and that of `entry`.
    public func adding(_ entry: Entry) -> VolumeFormats { VolumeFormats(entries + [entry]) }

    /// The formats that there are.
    public static let standard = VolumeFormats([
        Entry(["iso"]) { DiscFormat() }, Entry(["img", ImagePackaging.compressedEnding]) { DriveFormat() },
        Entry(["img", ImagePackaging.compressedEnding]) { ComputerDiskFormat() },
        Entry(["wim", "swm"]) { ArchiveFormat() },
    ])

    /// The format of what is called `output`: of several with one ending that which serves a factory, or does not.
    public func format(of output: FilePath, isForFactory: Bool) -> any VolumeFormat {
        let ending = Self.ending(of: output).lowercased()
        let formats = entries.lazy.filter { $0.endings.contains(ending) }.map { $0.make() }
        return formats.first { $0.isForFactory == isForFactory } ?? formats.first ?? FolderFormat()
    }

    /// What stands behind the last dot; a name that is nothing but an ending has that one.
    private static func ending(of output: FilePath) -> String {
        let name = output.lastComponent?.string ?? ""
        if ImagePackaging.isCompressed(output) { return ImagePackaging.compressedEnding }
        return output.extension ?? (name.hasPrefix(".") ? String(name.dropFirst()) : "")
    }

    /// The format of media on `drives`.
    public func format(ofDrives drives: [BlockDevice], isForFactory: Bool) -> any VolumeFormat {
        isForFactory ? ComputerDiskFormat(drives) : DriveFormat(drives)
    }
}
