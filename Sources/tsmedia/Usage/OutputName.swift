// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import Support
import SystemPackage

/// What the name of an output says that is written: an image by its ending, and a folder else.
enum OutputName {
    private static let imageEndings = ["iso", "img"]
    /// Endings of images and archives that are not written.
    private static let otherEndings = [
        "bin", "dd", "esd", "ima", "qcow2", "raw", "udf", "vdi", "vhd", "vhdx", "vmdk", "zip", "zst",
    ]

    /// Why somebody who wrote `name` hardly wants a folder; nil when nothing speaks against one.
    ///
    /// A name that ends with a slash is a folder's in any case.
    static func doubt(_ name: String) -> String? {
        guard !name.hasSuffix("/"), let ending = FilePath(name).extension?.lowercased(),
            VolumeFormats.standard.format(of: FilePath(name), isForFactory: false) is FolderFormat
        else { return nil }
        let meant = imageEndings.first {
            Suggestion.distance(Array($0.unicodeScalars), Array(ending.unicodeScalars)) < 2
        }
        guard meant != nil || otherEndings.contains(ending) else { return nil }
        let remedy = meant.map { "end it with .\($0)" } ?? "end it with .iso for a disc or with .img for a drive"
        return "--output \(name) would become a folder; \(remedy), or with / for a folder"
    }
}
