// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The numbers by which operating systems know a drive, its partitions and its volume.
public struct DiskIdentity: Sendable, Equatable {
    /// The serial number of the FAT volume, as `dir` shows it.
    public var volumeSerial: UInt32
    /// The disk signature of a master boot record; never 0, which Windows takes for none.
    public var diskSignature: UInt32
    /// The GUID of the disk in a GUID partition table.
    public var disk: PartitionGUID
    /// The GUID of the boot partition.
    public var bootPartition: PartitionGUID
    /// The GUID of the data partition.
    public var dataPartition: PartitionGUID
    /// The serial number of the NTFS volume in the data partition.
    public var dataVolumeSerial: UInt64

    private let seed: SHA256Digest

    /// Numbers derived from `seed`: the same seed gives the same numbers.
    ///
    /// Two drives with equal numbers disturb each other in one computer, so the seed must differ from drive to drive
    /// where that can happen.
    public init(seed: SHA256Digest) {
        self.seed = seed
        func derived(_ purpose: String) -> [UInt8] { Self.derived(purpose, seed) }
        func number(_ purpose: String) -> UInt32 { ByteReader(derived(purpose)).littleEndian(at: 0) ?? 1 }
        volumeSerial = number("volume serial")
        diskSignature = max(1, number("disk signature"))
        disk = PartitionGUID(custom: derived("disk"))
        bootPartition = PartitionGUID(custom: derived("boot partition"))
        dataPartition = PartitionGUID(custom: derived("data partition"))
        dataVolumeSerial = ByteReader(derived("data volume serial")).littleEndian(at: 0) ?? 1
    }

    /// The GUID of partition `number`, from 1, of a disk that is divided as its user wants.
    func partition(_ number: Int) -> PartitionGUID { PartitionGUID(custom: Self.derived("partition \(number)", seed)) }

    /// The serial number of the volume in that partition.
    func volumeSerial(ofPartition number: Int) -> UInt64 {
        ByteReader(Self.derived("volume serial \(number)", seed)).littleEndian(at: 0) ?? 1
    }

    private static func derived(_ purpose: String, _ seed: SHA256Digest) -> [UInt8] {
        SHA256.digest(of: Array(purpose.utf8) + seed.bytes).bytes
    }
}
