// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Media in a folder, or on a mounted drive.
struct FolderMedia: OpenedMedia {
    private let path: FilePath
    let files: [MediaFile]
    /// Where each file is in ``files``, by path without case.
    private let indices: [String: Int]

    /// Lists the files below `path`.
    init(_ path: FilePath) throws {
        self.path = path
        files = try LocalFolder.files(in: path).map { file in
            MediaFile(path: file.path, byteCount: try FileIdentity(of: file.location).byteCount)
        }
        indices = Dictionary(zip(files.lazy.map(\.path.caseFolded), files.indices)) { first, _ in first }
    }

    func file(_ path: String) -> MediaFile? { indices[path.ordinalUpperCased].map { files[$0] } }

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
        let location = path.appending(file.path.components)
        let descriptor = try InputFile.open(location, options: .noFollow)
        try descriptor.closeAfter {
            try MediaBuffer.withBuffer { buffer in
                try MediaBuffer.read(descriptor, location, from: 0, byteCount: file.byteCount, buffer: buffer, body)
            }
        }
    }

    func firmwareEntries() -> [FirmwareEntry] { looseFirmwareEntries(startsUnderBIOS: true) }
}

extension OpenedMedia {
    /// Firmware knows a drive by its files: bootmgr for BIOS, the removable-media path for UEFI (UEFI 2.10, 3.5.1.1).
    func looseFirmwareEntries(startsUnderBIOS: Bool) -> [FirmwareEntry] {
        let bios = startsUnderBIOS ? file("bootmgr").map { FirmwareEntry(firmware: "bios", loader: $0.path) } : nil
        let uefi = ["x64", "ia32", "aa64"].compactMap { file("EFI/Boot/boot\($0).efi") }
            .map { FirmwareEntry(firmware: "uefi", loader: $0.path) }
        return (bios.map { [$0] } ?? []) + uefi
    }
}
