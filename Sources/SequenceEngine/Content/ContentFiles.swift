// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The files of contents on one volume, as its manifest lists them.
struct ContentFiles {
    /// Where the volume is.
    let root: FilePath
    /// What it says of itself; nil on media that others made, whose files have no hashes.
    let manifest: MediaManifest?

    /// The content `id`; nil where the manifest knows none.
    func content(_ id: String) -> MediaManifest.Content? {
        manifest?.contents.first { $0.id.caseFolded == id.caseFolded }
    }

    /// The files of the content `id` that lie on this volume.
    func files(of id: String) -> [MediaManifest.File] {
        guard let manifest, let content = content(id) else { return [] }
        return manifest.files.filter { content.folder.contains($0.path) }
    }

    /// Where a file or folder of the volume is.
    func location(_ path: MediaPath) -> FilePath { path.components.reduce(root) { $0.appending($1) } }

    /// Makes sure that `file` is what the manifest says, and hands its bytes to `body` meanwhile.
    ///
    /// - Parameter observer: gets the name of a long file, and how much of it is read, from 0 to 1.
    /// - Throws: ``EngineError`` `.content` when it is damaged; `FileError`; `InterruptedError`; what `body` throws.
    func check(
        _ file: MediaManifest.File, interruption: Interruption, observer: ((_ name: String, _ share: Double) -> Void)?,
        _ body: (ArraySlice<UInt8>) throws -> Void = { _ in }
    ) throws {
        let isWhole = try FileCheck(interruption: interruption, observer: observer).holds(
            location(file.path), called: file.path.name, byteCount: file.size, sha256: file.sha256, body)
        guard isWhole else {
            throw EngineError(
                .content, "file \(file.path)", "of the media is damaged",
                nextStep: "verify the media, and make it again")
        }
    }
}
