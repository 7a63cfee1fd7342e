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

    /// What it stands for; links are not followed.
    public let kind: Kind
    private let storage: Storage

    /// Text is much quicker to make, to compare and to copy than a component.
    private enum Storage: Hashable {
        case text(String)
        case other(FilePath.Component)
    }

    /// The name as the kernel gave it.
    public var component: FilePath.Component {
        switch storage {
        case .text(let text):
            guard let component = FilePath.Component(text) else { fatalError("checked when the entry was made") }
            return component
        case .other(let component): return component
        }
    }

    /// The name as text, or nil when it is not valid UTF-8.
    public var name: String? {
        guard case .text(let text) = storage else { return nil }
        return text
    }

    /// The bytes by which entries are ordered.
    private var key: String {
        switch storage {
        case .text(let text): text
        case .other(let component): component.string
        }
    }

    /// The entries of `folder` but `.` and `..`, ordered by the bytes of their names.
    public static func entries(of folder: FilePath) throws(FileError) -> [FolderEntry] {
        guard let stream = opendir(folder.string) else { throw FileError("read", folder, Errno(rawValue: errno)) }
        defer { closedir(stream) }
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { fatalError("dirent has d_name") }
        var entries: [FolderEntry] = []
        while true {
            errno = 0
            guard let record = readdir(stream) else {
                guard errno == 0 else { throw FileError("read", folder, Errno(rawValue: errno)) }
                break
            }
            // The record is as long as its name, not as struct dirent: the name must be read where it is.
            let name = (UnsafeRawPointer(record) + offset).assumingMemoryBound(to: CChar.self)
            guard let storage = storage(name) else { continue }
            var kind = kind(ofType: record.pointee.d_type)
            if kind == nil, let component = FilePath.Component(platformString: name) {
                let path = folder.appending(component)
                kind = Kind(try FileError.wrap("read", path) { try Stat(path, followTargetSymlink: false) })
            }
            entries.append(FolderEntry(kind: kind ?? .special, storage: storage))
        }
        return entries.sorted { $0.key.precedesByBytes($1.key) }
    }

    /// The name at `name`, or nil for `.`, `..` and what can be no name.
    private static func storage(_ name: UnsafePointer<CChar>) -> Storage? {
        guard let text = String(validatingCString: name) else {
            return FilePath.Component(platformString: name).map { .other($0) }
        }
        guard !text.isEmpty, text != ".", text != "..", !text.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return .text(text)
    }

    /// What a record's type says; nil when the file system does not know.
    private static func kind(ofType type: UInt8) -> Kind? {
        switch Int(type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK): .symbolicLink
        case Int(DT_UNKNOWN): nil
        default: .special
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
