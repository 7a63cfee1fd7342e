// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The numbers by which operating systems know a drive, its partitions and its volumes.
public struct DiskIdentity: Sendable, Equatable {
    /// The disk signature of a master boot record; never 0, which Windows takes for none.
    public var diskSignature: UInt32
    /// The GUID of the disk in a GUID partition table.
    public var disk: PartitionGUID
    private let seed: SHA256Digest
    private let roles: [PartitionRole]

    /// What the numbers of a partition are derived from, besides the seed, when it is not its place in the table.
    public enum PartitionRole: String, Sendable {
        /// Media starts from it.
        case boot
        /// It holds what the one that boots cannot.
        case data

        fileprivate var partitionName: String { "\(rawValue) partition" }
        fileprivate var serialName: String { self == .boot ? "volume serial" : "data volume serial" }
    }

    /// Numbers derived from `seed`: the same seed gives the same numbers.
    ///
    /// The numbers of the first partitions are derived from `roles`, those of others from their places. Two drives with equal numbers disturb each other in one computer, so the seed must differ from drive to drive
    /// where that can happen.
    public init(seed: SHA256Digest, roles: [PartitionRole] = []) {
        self.seed = seed
        self.roles = roles
        diskSignature = max(1, ByteReader(Self.derived("disk signature", seed)).littleEndian(at: 0) ?? 1)
        disk = PartitionGUID(custom: Self.derived("disk", seed))
    }

    private func role(_ number: Int) -> PartitionRole? { roles.indices.contains(number - 1) ? roles[number - 1] : nil }

    /// The GUID of partition `number`, from 1.
    func partition(_ number: Int) -> PartitionGUID {
        PartitionGUID(custom: Self.derived(role(number)?.partitionName ?? "partition \(number)", seed))
    }

    /// The serial number of the volume in that partition, of which a FAT volume has the lower half.
    func volumeSerial(ofPartition number: Int) -> UInt64 {
        ByteReader(Self.derived(role(number)?.serialName ?? "volume serial \(number)", seed)).littleEndian(at: 0) ?? 1
    }

    private static func derived(_ purpose: String, _ seed: SHA256Digest) -> [UInt8] {
        SHA256.digest(of: Array(purpose.utf8) + seed.bytes).bytes
    }
}
