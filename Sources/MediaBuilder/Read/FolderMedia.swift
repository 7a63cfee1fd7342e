// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Media in a folder, or on a mounted drive.
struct FolderMedia: OpenedMedia {
    private let path: FilePath
    private let locations: [String: FilePath]
    let files: [MediaFile]

    /// Lists the files below `path`.
    init(_ path: FilePath) throws {
        self.path = path
        var files: [MediaFile] = []
        var locations: [String: FilePath] = [:]
        for file in try LocalFolder.files(in: path) {
            let byteCount = try FileIdentity(of: file.location).byteCount
            files.append(MediaFile(path: file.path, byteCount: byteCount))
            locations[file.path.description] = file.location
        }
        self.files = files
        self.locations = locations
    }

    var label: String? { nil }

    /// True when `folder` holds the file by which the client knows task sequence media.
    static func isMedia(_ folder: FilePath) -> Bool {
        var place = folder
        for name in ["SMS", "data", "TsmBootstrap.ini"] {
            guard let entries = try? FolderEntry.entries(of: place),
                let match = entries.first(where: { $0.name?.uppercased() == name.uppercased() })
            else { return false }
            place.append(match.component)
        }
        return true
    }

    func read(_ file: MediaFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let location = locations[file.path.description] else {
            throw FileError("read", path, .noSuchFileOrDirectory)
        }
        let descriptor = try InputFile.open(location, options: .noFollow)
        try descriptor.closeAfter {
            try MediaBuffer.withBuffer { buffer in
                try MediaBuffer.read(descriptor, location, from: 0, byteCount: file.byteCount, buffer: buffer, body)
            }
        }
    }

    /// Firmware knows a drive by its files: bootmgr for BIOS, the removable-media path for UEFI (UEFI 2.10, 3.5.1.1).
    func firmwareEntries() -> [FirmwareEntry] {
        let bios = file("bootmgr").map { FirmwareEntry(firmware: "bios", loader: $0.path) }
        let uefi = ["x64", "ia32", "aa64"].compactMap { file("EFI/Boot/boot\($0).efi") }
            .map { FirmwareEntry(firmware: "uefi", loader: $0.path) }
        return (bios.map { [$0] } ?? []) + uefi
    }
}
