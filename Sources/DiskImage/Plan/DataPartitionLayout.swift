// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DiskLayout {
    /// What a boot partition has beyond what its files need, for updates: a quarter, and no less than this, in bytes.
    private static let smallestSlackByteCount: Int64 = 64 << 20

    /// Lays out a drive with a data partition behind the boot partition.
    ///
    /// The boot partition is as large as its files need and a quarter more (64 MiB at least), so that it can be
    /// updated; where the drive has less room than that, up to half of what is left. The rest is the data partition.
    ///
    /// - Parameters:
    ///   - description: the drive and the files of the boot partition; a size of 0 stands for the smallest that will do.
    ///   - dataFiles: the files of the data partition.
    /// - Throws: as ``init(_:)``; ``DiskImageError`` `.tooSmall` with the sizes that are needed.
    public init(_ description: DiskDescription, dataFiles: [DiskFile]) throws(DiskImageError) {
        // To Windows both partitions are drives of their own, but the media has every path once.
        _ = try VolumeTree(files: description.files + dataFiles, folders: description.folders, hasLabel: true)
        var description = description
        let tail = description.scheme == .gpt ? Alignment.byteCount : 0
        guard let smallest = try Self.smallestDeviceByteCount(for: description) else {
            throw DiskImageError(
                .tooSmall, "the boot partition", "cannot hold these files: they are more than a FAT32 volume holds",
                nextStep: "leave something out")
        }
        let boot = smallest - Alignment.byteCount - tail
        let data = DataVolume.sufficientByteCount(for: dataFiles)
        let needed = smallest + data
        if description.deviceByteCount == 0 { description.deviceByteCount = needed }
        let free = Alignment.down(description.deviceByteCount) - needed
        guard free >= 0 else {
            throw DiskImageError(
                .tooSmall, "the drive",
                "is too small: the boot partition needs \(boot) bytes and the data partition \(data), together a drive of"
                    + " \(needed), and it has \(description.deviceByteCount)",
                nextStep: "use a larger drive, or leave something out")
        }
        let slack = Alignment.down(min(max(boot / 4, Self.smallestSlackByteCount), free / 2))
        var layout: DiskLayout?
        // In a larger volume clusters may be larger too, and very many small files take more room than there is then.
        for slack in [slack, 0] where layout == nil {
            description.bootPartitionByteCount = boot + slack
            do throws(DiskImageError) {
                layout = try DiskLayout(description)
            } catch  where error.code == .tooSmall && slack > 0 {}
        }
        guard let layout, let partition = layout.dataPartition, Int64(partition.count) >= data else {
            throw DiskImageError(
                .tooSmall, "the data partition",
                "cannot be placed: it needs \(data) bytes, and a master boot record reaches to 2 TiB",
                nextStep: "use --partition-scheme gpt, or leave something out")
        }
        self = layout
    }
}
