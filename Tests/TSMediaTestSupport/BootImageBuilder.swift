// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// A small WIM, captured by wimlib-imagex from files that a test names.
public struct BootImageBuilder {
    /// The files: path with `/`, content.
    public var files: [String: [UInt8]]
    /// Links: path, target.
    public var links: [String: String] = [:]
    /// `WINDOWS/ARCH`; nil leaves the property out.
    public var architecture: Int?
    /// The image's name.
    public var name = "Test boot image"
    /// Further options of `wimlib-imagex capture`.
    public var options = ["--compress=none", "--boot"]

    /// Describes a WIM with `files`, for x64 unless told otherwise.
    public init(files: [String: [UInt8]], architecture: Int? = 9) {
        self.files = files
        self.architecture = architecture
    }

    /// Captures the WIM as `fileName` in `folder`.
    @discardableResult
    public func build(in folder: TestFolder, as fileName: String = "boot.wim") throws -> FilePath {
        let source = try TestFolder()
        for (path, contents) in files { try source.write(contents, to: path) }
        for (path, target) in links {
            let link = source.appending(path)
            try source.makeFolder(link.removingLastComponent())
            guard symlink(target, link.string) == 0 else { throw Errno(rawValue: errno) }
        }
        let output = folder.appending(fileName)
        var arguments = ["capture", source.path.string, output.string, name, "made by a test"] + options
        if let architecture { arguments.append("--image-property=WINDOWS/ARCH=\(architecture)") }
        try Program.succeed("wimlib-imagex", arguments)
        return output
    }
}
