// SPDX-License-Identifier: GPL-3.0-or-later

import DiscImage
import Support
import SystemPackage

/// Media in an ISO image, or on a disc in a drive.
struct DiscMedia: OpenedMedia {
    private let path: FilePath
    private let reader: DiscReader
    private let entries: [String: DiscEntry]
    let files: [MediaFile]

    /// Reads the directories of the image at `path`.
    init(_ path: FilePath) throws {
        self.path = path
        reader = try DiscReader(path: path)
        let found = reader.entries.filter { !$0.isFolder }
        files = found.map { MediaFile(path: $0.path, byteCount: $0.byteCount) }
        entries = Dictionary(found.map { ($0.path.caseFolded, $0) }) { first, _ in first }
    }

    var label: String? { reader.label }

    func read(_ file: MediaFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let entry = entries[file.path.caseFolded] else { throw FileError("read", path, .noSuchFileOrDirectory) }
        let descriptor = try InputFile.open(path, allowsDevices: true)
        try descriptor.closeAfter {
            try MediaBuffer.withBuffer { buffer in
                for extent in entry.extents {
                    try MediaBuffer.read(
                        descriptor, path, from: extent.offset, byteCount: extent.byteCount, buffer: buffer, body)
                }
            }
        }
    }

    func firmwareEntries() -> [FirmwareEntry] {
        reader.bootRecords.filter(\.isBootable).compactMap { record in
            guard let firmware = record.firmware else { return nil }
            let image = reader.entries.first { $0.extents.first?.offset == record.offset }
            return FirmwareEntry(firmware: firmware.rawValue, loader: image?.path)
        }
    }
}
