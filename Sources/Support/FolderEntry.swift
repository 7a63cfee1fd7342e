// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// One name in a folder.
public struct FolderEntry: Sendable, Hashable {
    /// What a name stands for.
    public enum Kind: Sendable, Hashable {
        /// A regular file.
        case file
        /// A folder.
        case folder
        /// A symbolic link, whatever it points to.
        case symbolicLink
        /// A device, pipe or socket.
        case special
    }

    /// The name as the kernel gave it.
    public let component: FilePath.Component
    /// What it stands for; links are not followed.
    public let kind: Kind

    /// The name as text, or nil when it is not valid UTF-8.
    public var name: String? { String(validating: component) }

    /// The entries of `folder` but `.` and `..`, ordered by the bytes of their names.
    public static func entries(of folder: FilePath) throws(FileError) -> [FolderEntry] {
        guard let stream = opendir(folder.string) else { throw FileError("read", folder, Errno(rawValue: errno)) }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        while true {
            errno = 0
            guard let record = readdir(stream) else {
                guard errno == 0 else { throw FileError("read", folder, Errno(rawValue: errno)) }
                break
            }
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { fatalError("dirent has d_name") }
            // The record is as long as its name, not as struct dirent: the name must be read where it is.
            let name = (UnsafeRawPointer(record) + offset).assumingMemoryBound(to: CChar.self)
            guard let component = FilePath.Component(platformString: name), component.kind == .regular else { continue }
            let kind = try kind(ofType: record.pointee.d_type, folder.appending(component))
            entries.append(FolderEntry(component: component, kind: kind))
        }
        return entries.sorted { $0.component.string.utf8.lexicographicallyPrecedes($1.component.string.utf8) }
    }

    private static func kind(ofType type: UInt8, _ path: FilePath) throws(FileError) -> Kind {
        switch Int(type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_LNK): return .symbolicLink
        case Int(DT_UNKNOWN):
            return Kind(try FileError.wrap("read", path) { try Stat(path, followTargetSymlink: false) })
        default: return .special
        }
    }
}

extension FolderEntry.Kind {
    /// The kind of the file that `status` describes.
    public init(_ status: Stat) {
        switch status.type {
        case .regular: self = .file
        case .directory: self = .folder
        case .symbolicLink: self = .symbolicLink
        default: self = .special
        }
    }
}
