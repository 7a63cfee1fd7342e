// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Tells whether media that lies where media is to be made is the same already.
enum PresentMedia {
    /// The volumes at `output` if they are all of the media `key`, and none is cut short; nil otherwise.
    ///
    /// Content is not read: what a disk lost is what `verify` is for.
    static func volumes(at output: FilePath, of key: SHA256Digest) -> [FilePath]? {
        if isVolume(1, of: 1, at: output, key) { return [output] }
        // The name of a volume of a set does not tell how many there are.
        let first = SetOutput.path(output, volume: 1, of: 2)
        guard let count = manifest(of: first, key)?.volumeCount, count > 1 else { return nil }
        let paths = (1...count).map { SetOutput.path(output, volume: $0, of: count) }
        for (index, path) in paths.enumerated() {
            guard isVolume(index + 1, of: count, at: path, key) else { return nil }
        }
        return paths
    }

    private static func isVolume(_ number: Int, of count: Int, at path: FilePath, _ key: SHA256Digest) -> Bool {
        guard let manifest = manifest(of: path, key) else { return false }
        return manifest.volume == number && manifest.volumeCount == count
    }

    /// The manifest of media with `key` at `path`, whose files have their sizes and lie inside it.
    private static func manifest(of path: FilePath, _ key: SHA256Digest) -> MediaManifest? {
        // Whatever cannot be read is not the same.
        guard (try? Stat(path)) != nil, let media = try? MediaOpening.open(path),
            let file = media.file(MediaManifest.path),
            let bytes = try? media.contents(of: file, limit: MediaManifest.byteLimit),
            let manifest = try? MediaManifest(decoding: bytes, of: path.string), manifest.buildKey == key
        else { return nil }
        return isWhole(media, manifest, at: path) ? manifest : nil
    }

    private static func isWhole(_ media: any OpenedMedia, _ manifest: MediaManifest, at path: FilePath) -> Bool {
        guard let status = try? Stat(path) else { return false }
        let end = status.type == .regular ? status.size : Int64.max
        return manifest.files.allSatisfy { file in
            guard let entry = media.file(file.path.description), entry.byteCount == file.size else { return false }
            guard end != .max else { return true }
            var isInside = true
            let isStored = try? media.withStoredBytes(of: entry) { stored in
                isInside = stored.runs.allSatisfy { run in
                    guard let offset = run.offset else { return true }
                    let (last, overflow) = offset.addingReportingOverflow(run.byteCount)
                    return !overflow && last <= end
                }
            }
            return isStored != nil && isInside
        }
    }
}
