// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// Files that are read at any place and more than once, as images and content are.
public enum InputFile {
    /// Opens the regular file at `path` for reading, or with `allowsDevices` a block device.
    ///
    /// Pipes and character devices are refused at once: opening a pipe could wait for ever, and reading a device might
    /// never end.
    ///
    /// - Throws: ``FileError``; with `.isDirectory` for a folder and `.invalidArgument` for a pipe or another device.
    public static func open(
        _ path: FilePath, allowsDevices: Bool = false, options: FileDescriptor.OpenOptions = []
    ) throws(FileError) -> FileDescriptor {
        let descriptor = try FileError.wrap("opened", path) {
            try FileDescriptor.openPatiently(path, .readOnly, options: options)
        }
        do throws(FileError) {
            let type = try FileError.wrap("opened", path) { try Stat(descriptor).type }
            guard type == .regular || (allowsDevices && type == .blockSpecial) else {
                throw FileError(notAFile: path, type == .directory ? .isDirectory : .invalidArgument)
            }
            return descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }
}
