// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support
import SystemPackage

/// Media that is finished and is to be written to drives: everything that is on it, and the hash of each file.
///
/// A set is one media again: its volumes are joined, as a drive has them.
public struct FinishedMedia: Sendable {
    /// What was named, in the order of the volumes.
    public let names: [String]
    /// The kind of media.
    public let mediaType: MediaType
    /// The label that it says to have.
    public let label: String
    /// Identifies it: by its manifest, or derived from what is on it.
    public let mediaGUID: String
    /// Whether its own manifest says what the bytes of each file are.
    public let hasManifest: Bool
    /// The files in the order in which they are read; those of contents that are too large for FAT32 are split.
    public let files: [PlannedFile]
    /// Folders that exist though nothing is in them.
    let folders: [MediaPath]
    /// The time of folders.
    let created: Timestamp
    /// What the user must know.
    public let warnings: [DiagnosticText]
    /// What the user should know.
    public let notes: [DiagnosticText]

    /// The sum of the sizes of all files in bytes.
    public var byteCount: Int64 { files.reduce(0) { $0 + $1.byteCount } }
    /// What was named, as a part of a sentence.
    var title: String { names.joined(separator: ", ") }
}

/// A volume of media that is finished, as it was opened.
struct FinishedVolume {
    let name: String
    let media: any OpenedMedia
    let mediaType: MediaType
    let label: String?
    /// Its manifest, and the entry and the bytes of that; nil for media of others.
    let manifest: (manifest: MediaManifest, entry: MediaEntry, bytes: [UInt8])?

    /// Opens what is at `path`.
    ///
    /// - Throws: `MediaFormatError`, errors of reading; ``MediaBuilderError`` for what no drive that starts can be made of.
    init(_ path: FilePath) throws {
        name = path.string
        let media = try MediaOpening.open(path)
        let inspector = MediaInspector()
        mediaType = try inspector.bootstrap(of: media, path).mediaType
        self.media = media
        if let entry = media.file(MediaManifest.path) {
            let bytes = try media.contents(of: entry, limit: MediaManifest.byteLimit)
            manifest = (try MediaManifest(decoding: bytes, of: name), entry, bytes)
        } else {
            if let damage = try media.damageWithoutManifest() {
                throw MediaFormatError(
                    .verificationFailed, "\(name)",
                    "is damaged: its manifest is not to be found, and its \(damage.path) \(damage.reason ?? "")",
                    nextStep: "copy it again, or build it again")
            }
            manifest = nil
        }
        label = try manifest?.manifest.label ?? inspector.label(media) ?? media.label
        try requireFiles()
    }

    /// Refuses media of which more than files would have to be written.
    private func requireFiles() throws(MediaBuilderError) {
        if mediaType.isForFactory, media.isDrive {
            throw MediaBuilderError(
                .unsafeOutput, "\(name)", "is the whole disk of a computer, whose partitions are a part of it",
                nextStep: "copy it as it is, as with bmaptool, or make the disk with create prestaged and \(.usb)")
        }
        let system = (try? MediaPath("Windows/System32"))?.caseFolded
        if media.imageTree != nil || media.folders.contains(where: { $0.path.caseFolded == system }) {
            throw MediaBuilderError(
                .unsafeOutput, "\(name)",
                "holds the files of an installed Windows, whose descriptors, streams and links FAT32 cannot keep",
                nextStep:
                    "apply it to the disk of a computer, or make the disk with create prestaged and \(.usb) or \(.diskImage)"
            )
        }
    }

    /// Whether its manifest is signed.
    var isSigned: Bool { media.file(ManifestSignature.path) != nil }

    /// The signature of the manifest that has these bytes: as it is on the media, if that is of it, or by `signer`.
    ///
    /// - Throws: errors of reading.
    func signature(of manifest: [UInt8], _ signer: SigningKey?) throws -> [UInt8]? {
        if let signer { return try ManifestSignature(signing: manifest, with: signer).envelope.encoded() }
        let found = try FoundSignature(of: media, manifest: SHA256.digest(of: manifest), key: nil)
        return found.verdict == .unchecked ? try found.signature?.envelope.encoded() : nil
    }

    /// Where the manifest says that a file lies, with what the media has there.
    ///
    /// - Throws: `MediaFormatError` `.verificationFailed` when one is missing or has another size.
    func listedFiles() throws -> (files: [(entry: MediaEntry, sha256: SHA256Digest)], foreign: [MediaPath])? {
        guard let manifest else { return nil }
        var taken = Set([manifest.entry.path] + [media.file(ManifestSignature.path)?.path].compactMap { $0 })
        let files = try manifest.manifest.files.map { file in
            guard let entry = media.file(file.path.description), taken.insert(entry.path).inserted,
                entry.byteCount == file.size
            else {
                throw MediaFormatError(
                    .verificationFailed, "\(name)",
                    "is damaged, and is not written: \(file.path) is not there as its manifest lists it",
                    nextStep: "verify it, and copy it again or build it again")
            }
            return (entry: entry, sha256: file.sha256)
        }
        return (files, media.files.map(\.path).filter { !taken.contains($0) })
    }
}
