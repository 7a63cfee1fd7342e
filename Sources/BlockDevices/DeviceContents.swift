// SPDX-License-Identifier: GPL-3.0-or-later

/// What lies on a drive or a partition, as its signatures tell.
public struct DeviceContents: Sendable, Hashable {
    /// The type of the partition table in libblkid's words: `dos`, `gpt`; nil where there is none.
    public let partitionTable: String?
    /// The type of the file system, or of the volume that it is a member of, in libblkid's words: `vfat`, `ntfs`,
    /// `LVM2_member`, `crypto_LUKS`; nil where there is none.
    public let fileSystem: String?
    /// The label of the file system.
    public let label: String?
    /// Why it could not be told what is there; nil when it could.
    public let problem: String?

    /// Contents with these signatures.
    public init(
        partitionTable: String? = nil, fileSystem: String? = nil, label: String? = nil, problem: String? = nil
    ) {
        self.partitionTable = partitionTable
        self.fileSystem = fileSystem
        self.label = label
        self.problem = problem
    }
}
