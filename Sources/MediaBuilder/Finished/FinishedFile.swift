// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import MediaFormat
import Support
import SystemPackage

/// A file of media that is finished.
///
/// One object a file, as small as it can be: media has very many.
public final class FinishedFile: Sendable, Equatable {
    private let media: any OpenedMedia
    private let entry: MediaEntry
    /// The media, as it was named.
    private let name: String

    init(_ entry: MediaEntry, of media: any OpenedMedia, named name: String) {
        self.entry = entry
        self.media = media
        self.name = name
    }

    /// Equal when both are one object.
    public static func == (left: FinishedFile, right: FinishedFile) -> Bool { left === right }

    /// Where its bytes come from: they are hashed whenever they are read.
    var source: TransferSource {
        if let location = media.location(of: entry) { return .file(location) }
        return .stream(StreamedContent(place: name) { [media, entry] in try media.stream(entry) })
    }

    /// The file by itself, as images are opened; beside others it is written to `staging`.
    ///
    /// - Throws: errors of reading; `OutputError` when there is no room; `InterruptedError`.
    func fetch(to staging: StagingArea, _ interruption: Interruption) throws -> FilePath {
        if let location = media.location(of: entry) { return location }
        let path = try staging.newFolder(for: entry.byteCount).appending("file")
        let output = try FileError.wrap("created", path) {
            try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerRead, .ownerWrite])
        }
        try output.closeAfter {
            try media.read(entry) { bytes in
                try interruption.check()
                _ = try FileError.wrap("written", path) { try output.writeAll(bytes) }
            }
        }
        return path
    }
}
