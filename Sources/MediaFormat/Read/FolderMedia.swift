// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Media in a folder, or on a mounted drive.
package struct FolderMedia: OpenedMedia {
    private let path: FilePath
    package let files: [MediaEntry]
    package let folders: [MediaFolder]
    package let refusedNames: [MediaPathError]
    private let indices: NameIndex

    /// Lists the files below `path`.
    package init(_ path: FilePath) throws {
        self.path = path
        var listing = Listing()
        try listing.add(path, as: nil)
        files = listing.files
        folders = listing.folders
        refusedNames = listing.refused.errors
        indices = NameIndex(files.lazy.map(\.path))
    }

    /// What is below a folder, in the order of the names.
    private struct Listing {
        var files: [MediaEntry] = []
        var folders: [MediaFolder] = []
        var refused = RefusedNames()

        mutating func add(_ folder: FilePath, as path: MediaPath?) throws {
            for entry in try FolderEntry.entries(of: folder) {
                guard let name = entry.name else {
                    refused.insert(String(decoding: entry.component), in: path, problem: "is not UTF-8")
                    continue
                }
                guard let own = refused.path(of: name, in: path) else { continue }
                let location = folder.appending(entry.component)
                switch entry.kind {
                case .file:
                    let identity = try FileIdentity(of: location)
                    files.append(
                        MediaEntry(
                            path: own, byteCount: identity.byteCount, modified: identity.modified.timestamp))
                case .folder:
                    folders.append(
                        MediaFolder(path: own, modified: try FileIdentity(of: location).modified.timestamp))
                    try add(location, as: own)
                case .symbolicLink, .special: refused.insertLink(name, in: path)
                }
            }
        }
    }

    package func file(_ path: String) -> MediaEntry? { indices[path].map { files[$0] } }

    package var label: String? { nil }

    /// True when `folder` holds the file by which the client knows task sequence media.
    package static func isMedia(_ folder: FilePath) -> Bool {
        var place = folder
        for name in ["SMS", "data", "TsmBootstrap.ini"] {
            guard let entries = try? FolderEntry.entries(of: place),
                let match = entries.first(where: { $0.name?.caseFolded == name.caseFolded })
            else { return false }
            place.append(match.component)
        }
        return true
    }

    package func read(_ file: MediaEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        _ = try withStoredBytes(of: file) { try $0.read(body) }
    }

    package func withStoredBytes(of file: MediaEntry, _ body: (StoredBytes) throws -> Void) throws -> Bool {
        let location = path.appending(file.path.components)
        let descriptor = try InputFile.open(location, options: .noFollow)
        try descriptor.closeAfter {
            try body(
                StoredBytes(
                    descriptor: descriptor, path: location, runs: [.init(offset: 0, byteCount: file.byteCount)]))
        }
        return true
    }

    package func location(of file: MediaEntry) -> FilePath? { path.appending(file.path.components) }

    package func firmwareEntries() -> [FirmwareEntry] { looseFirmwareEntries(startsUnderBIOS: true) }
}

extension OpenedMedia {
    /// Firmware knows a drive by its files: bootmgr for BIOS, the removable-media path for UEFI (UEFI 2.10, 3.5.1.1).
    package func looseFirmwareEntries(startsUnderBIOS: Bool) -> [FirmwareEntry] {
        let bios = startsUnderBIOS ? file("bootmgr").map { FirmwareEntry(firmware: "bios", loader: $0.path) } : nil
        let uefi = ["x64", "ia32", "aa64"].compactMap { file("EFI/Boot/boot\($0).efi") }
            .map { FirmwareEntry(firmware: "uefi", loader: $0.path) }
        return (bios.map { [$0] } ?? []) + uefi
    }
}

extension FilePath {
    /// The path of `components` below this one.
    package func appending(_ components: [String]) -> FilePath {
        components.reduce(self) { $0.appending(FilePath.Component(stringLiteral: $1)) }
    }
}
