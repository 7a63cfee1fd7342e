// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support

/// One hash of everything that decides the bytes of media: media of the same key is the same media.
///
/// It stands in the manifest on the media (docs/formats/ours.md section 1), so that nothing is in it that others may not
/// know: of secrets only the hashes of the files that hold them, which are on the media too. Where content came from and where
/// the media goes is not in it.
struct MediaKey {
    /// Changes whenever the same request with the same content becomes other bytes: the version of all layouts.
    private static let domain = "tsmedia inputs 1"

    private var bytes: [UInt8] = []

    private init() { add(Self.domain) }

    /// The key of media with these files, before they are divided among volumes.
    ///
    /// - Parameter layout: what the format of the volumes makes of them, beside the files.
    static func digest(
        _ manifest: ManifestFrame, _ request: MediaRequest, _ rule: ImageSplitRule, layout: [String],
        fixed: PlanAssembly, content: PlanAssembly
    ) throws -> SHA256Digest {
        var key = MediaKey()
        // What the manifest says of the media, the same for one volume or several.
        key.add(try manifest.manifest(volume: 1, of: 1, contents: fixed.contents + content.contents, files: []).bytes)
        key.add(manifest.created)
        // What is updated where it is has the same key on every drive; whoever wants to know compares its structures.
        if !request.format.isUpdatedInPlace {
            key.add(request.capacity.byteCount.map { String($0) } ?? "unlimited")
            key.add(request.packing.rawValue)
        }
        key.add(String(rule.splitsUpgradeImages))
        key.add(layout)
        if let signer = manifest.signer { key.add(["signed by"] + [signer.verificationKey.fingerprint.description]) }
        for content in content.contents { key.add(content.use.keyWord) }
        for assembly in [fixed, content] {
            key.add(String(assembly.files.count))
            key.bytes.reserveCapacity(key.bytes.count + assembly.files.count * lineByteCount)
            for file in assembly.files { key.add(file) }
            key.add(assembly.folders.map(\.description))
        }
        return SHA256.digest(of: key.bytes)
    }

    /// About what a file takes.
    private static let lineByteCount = 160

    private mutating func add(_ bytes: [UInt8]) {
        self.bytes.append(littleEndian: UInt64(bytes.count))
        self.bytes += bytes
    }

    private mutating func add(_ text: String) {
        bytes.append(littleEndian: UInt64(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func add(_ texts: [String]) {
        add(String(texts.count))
        for text in texts { add(text) }
    }

    private mutating func add(_ time: Timestamp) {
        bytes.append(littleEndian: time.fileTime)
    }

    private mutating func add(_ file: PlannedFile) {
        add(file.path.description)
        bytes.append(littleEndian: UInt64(bitPattern: file.byteCount))
        bytes += file.sha256.bytes
        add(file.modified)
    }
}

extension PlannedFile {
    /// The bytes of a file that was made while planning; none of others.
    fileprivate var bytes: [UInt8] {
        if case .bytes(let bytes) = source { return bytes }
        return []
    }
}

extension ContentUse {
    /// What decides whether its image may be split.
    fileprivate var keyWord: String {
        switch self {
        case .operatingSystemImage: "image"
        case .unknown: "unknown"
        case .other: "other"
        }
    }
}
