// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

extension DiscMachine {
    /// Fills the UDF volume at `volume`, which mkudffs made, by Debian's Linux kernel: unpacks the files of `folder` into it
    /// and runs its `fill.sh` there.
    ///
    /// - Throws: ``FirmwareError`` when the kernel cannot do it.
    public static func fill(
        _ volume: FilePath, from folder: FilePath, deadline: Duration = .seconds(180)
    ) throws {
        let kernel = Repository.file(".build-kernel")
        let work = try TestFolder()
        let archive = work.appending("archive.tar")
        try Program.succeed("tar", ["-C", folder.string, "-cf", archive.string, "."])
        // A disk has whole sectors.
        try Program.succeed("truncate", ["--size=%4096", archive.string])
        _ = try lines(
            "Linux",
            [
                "-machine", "pc", "-kernel", kernel.appending("vmlinuz").string, "-initrd",
                kernel.appending("initrd").string, "-append", "console=ttyS0 quiet panic=-1 tsmedia.fill", "-drive",
                "file=\(archive.escapedForQEMU),format=raw,if=virtio,readonly=on", "-drive",
                "file=\(volume.escapedForQEMU),format=raw,if=virtio",
            ], in: work, deadline)
    }
}
