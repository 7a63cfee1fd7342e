// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The image of a disc that is to be burnt, looked at as far as that is quick: what leads to its files, not their bytes.
struct BurnImage {
    let path: FilePath
    let byteCount: Int64
    let identity: FileIdentity
    /// Whether others may not read it: what is made of it is not for them either.
    let isSecret: Bool
    /// What it says of itself; nil for an image of somebody else's.
    let manifest: MediaManifest?

    /// Looks at the image at `path`.
    ///
    /// - Throws: `MediaFormatError` `.notMedia` for what is no image of a disc, `.verificationFailed` for one that is
    ///   damaged; `DiscImageError`; `FileError`.
    init(_ path: FilePath) throws {
        let descriptor = try InputFile.open(path)
        let status = try descriptor.closeAfter { try FileError.wrap("read", path) { try Stat(descriptor) } }
        guard let media = try MediaOpening.open(path) as? DiscMedia else {
            throw MediaFormatError(
                .notMedia, "\(path)", "is no image of a disc", nextStep: "name .iso files; write drives with \(.usb)")
        }
        let (manifest, findings) = try MediaVerifier.quickFindings(media, named: path.string)
        if let first = findings.first {
            throw MediaFormatError(
                .verificationFailed, "\(path)",
                "is damaged, and is not burnt: \(first.path) \(first.reason ?? "is \(first.problem.rawValue)")",
                nextStep: "verify it, and copy it again or build it again")
        }
        self.path = path
        identity = FileIdentity(status)
        isSecret = !status.permissions.contains(.otherRead)
        byteCount = identity.byteCount
        self.manifest = manifest
    }

    /// The images in the order in which they are burnt: the volumes of a set by their numbers, others as they were named.
    static func ordered(_ images: [BurnImage]) -> [BurnImage] {
        guard let first = images.first?.manifest, first.volumeCount > 1,
            images.allSatisfy({ $0.manifest?.mediaGuid == first.mediaGuid })
        else { return images }
        return images.sorted { ($0.manifest?.volume ?? 0) < ($1.manifest?.volume ?? 0) }
    }

    /// What it is called, of `count` images that are burnt: "volume 2 of 3 (media2.iso)", "media.iso".
    func title(_ number: Int, of count: Int) -> String {
        if let manifest, manifest.volumeCount > 1 {
            return "volume \(manifest.volume) of \(manifest.volumeCount) (\(path))"
        }
        return count > 1 ? "disc \(number) of \(count) (\(path))" : path.string
    }
}
