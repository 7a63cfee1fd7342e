// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The descriptors of a volume that prevail in one of its two sequences (ECMA-167 3/8.4.2, 3/8.4.3).
struct UDFVolumeSequence {
    /// The logical volume (3/10.6).
    let volume: ByteReader
    /// Where each partition begins, in blocks, by its number (3/10.5.3, 3/10.5.8).
    let partitionStarts: [UInt16: UInt32]
    /// Whether no descriptor of the sequence was passed over because it is not as it was written.
    let isSound: Bool

    /// Reads the sequence in `extent`; nil when it has no logical volume, or no partition, that is as it was written.
    init?(
        _ extent: UDFAnchor.Extent, _ anchor: UDFAnchor, _ blocks: some ByteSource, name: String
    ) throws(DiscImageError) {
        var descriptors: [ByteReader] = []
        var (count, isSound) = (0, true)
        var next: UDFAnchor.Extent? = extent
        // A sequence goes on elsewhere where it says so; one that goes round in a circle ends all the same.
        while let part = next, count < UDFAnchor.descriptorLimit {
            let found = try UDFAnchor.descriptors(of: part, blocks, name: name, blockByteCount: anchor.blockByteCount)
            let sound = found.enumerated().filter { index, descriptor in
                descriptor.udfProblem(
                    UDFTag.ofVolumes, at: part.block.addingReportingOverflow(UInt32(index)).partialValue)
                    == nil
            }.map(\.element)
            // What was never recorded is all zeros.
            let others = found.count { $0.bytes.prefix(UDFDescriptors.tagByteCount).contains { $0 != 0 } } - sound.count
            isSound = isSound && others == 0
            next = sound.last { $0.udfTag == UDFTag.volumePointer.rawValue }.flatMap(Self.pointed)
            descriptors += sound
            count += found.count
            if found.isEmpty { next = nil }
        }
        var volume: ByteReader?
        var partitions: [UInt16: ByteReader] = [:]
        for descriptor in descriptors {
            switch descriptor.udfTag.flatMap(UDFTag.init) {
            case .logicalVolume where Self.prevails(descriptor, over: volume): volume = descriptor
            case .partition:
                guard let number: UInt16 = descriptor.littleEndian(at: 22) else { continue }
                if Self.prevails(descriptor, over: partitions[number]) { partitions[number] = descriptor }
            default: continue
            }
        }
        guard let volume, !partitions.isEmpty else { return nil }
        self.volume = volume
        self.isSound = isSound
        partitionStarts = partitions.compactMapValues { $0.littleEndian(at: 188) }
    }

    /// 3/8.4.3: of several the one with the highest number prevails.
    private static func prevails(_ descriptor: ByteReader, over other: ByteReader?) -> Bool {
        guard let other else { return true }
        return descriptor.littleEndian(UInt32.self, at: 16) ?? 0 > other.littleEndian(UInt32.self, at: 16) ?? 0
    }

    /// 3/10.3: where the sequence goes on.
    private static func pointed(_ pointer: ByteReader) -> UDFAnchor.Extent? {
        guard let byteCount: UInt32 = pointer.littleEndian(at: 20), byteCount > 0,
            let block: UInt32 = pointer.littleEndian(at: 24)
        else { return nil }
        return UDFAnchor.Extent(byteCount: byteCount, block: block)
    }
}
