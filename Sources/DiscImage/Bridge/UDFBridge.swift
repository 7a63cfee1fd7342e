// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// What makes a UDF bridge of an image of libisofs: descriptors in front of it, and an anchor in its last block
/// (docs/decisions/disc-metadata.md).
struct UDFBridge {
    /// Everything but the entries of files and folders.
    let pieces: [DiscPiece]

    /// The bridge around `session`, whose files `fileSet` holds.
    init(
        _ description: DiscDescription, _ session: IsofsSession.Result, _ fileSet: UDFFileSet
    ) throws(DiscImageError) {
        let blockByteCount = Int64(DiscGeometry.blockByteCount)
        guard let blockCount = UInt32(exactly: session.imageByteCount / blockByteCount),
            let fileCount = UInt32(exactly: fileSet.fileCount)
        else { throw DiscImageError(.layoutFailed, "the disc", "is larger than any disc can be") }
        let volume = UDFVolumeStructures(
            label: description.udfLabel, created: description.created, digest: Self.digest(description),
            lastAnchor: description.room.lastAnchor(ofBlocks: blockCount), fileCount: fileCount,
            folderCount: UInt32(fileSet.folders.count),
            nextUniqueID: fileSet.nextUniqueID)
        let front =
            try VolumeDescriptors.front(of: session.metadata, blockCount: blockCount)
            + UDFVolumeStructures.recognitionSequence
        let firstDescriptor = Int64(DiscGeometry.firstDescriptorBlock) * blockByteCount
        guard firstDescriptor + Int64(front.count) <= Int64(UDFPlaces.mainSequence) * blockByteCount else {
            throw DiscImageError(.layoutFailed, "the disc", "has too many volume descriptors")
        }
        let all =
            [DiscPiece(offset: firstDescriptor, bytes: front)] + volume.pieces
            + [DiscPiece(offset: session.frontByteCount, bytes: session.metadata)]
        pieces = all.sorted { $0.offset < $1.offset }
    }

    /// Where the image of libisofs begins: behind the entries of UDF, on 4 KiB, so that content can lie there too.
    static func firstBlock(behind places: UDFFilePlaces) -> UInt32 {
        let end = UDFPlaces.partition + places.blockCount
        return end + end % 2
    }

    /// What tells the disc from others: all that decides its bytes.
    private static func digest(_ description: DiscDescription) -> SHA256Digest {
        let hash = SHA256()
        hash.update(Array(description.udfLabel.utf8))
        for file in description.files {
            var facts = [0] + Array(file.path.description.utf8) + [0]
            facts.append(littleEndian: file.byteCount)
            facts.append(littleEndian: file.modified.ticksSince1970)
            hash.update(facts + file.sha256.bytes)
        }
        for folder in description.folders { hash.update([0] + Array(folder.description.utf8)) }
        return hash.finalize()
    }
}
