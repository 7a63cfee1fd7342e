// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Fixtures
import SequenceEngine
import Support
import SystemPackage
import TSMediaTestSupport

extension InstalledDisk {
    /// The bytes of a file of a volume, read by programs of others: mtools, or ntfscat of ntfs-3g.
    func file(_ path: String, of volume: DiskVolume) throws -> [UInt8] {
        let image = machine.drive.image
        if volume.fileSystem == .fat32 {
            return try Program.succeed("mtype", ["-i", "\(image)@@\(volume.range.lowerBound)", "::\(path)"]).outputBytes
        }
        let loop = try LoopDevice(on: image, volume.range)
        return try Program.succeed("ntfscat", ["-f", loop.node.string, path]).outputBytes
    }

    /// The BCD store on the volume that firmware starts.
    func store() throws -> [UInt8] {
        try file(system.fileSystem == .fat32 ? "/EFI/Microsoft/Boot/BCD" : "/Boot/BCD", of: system)
    }
}
