// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A disc that GRUB starts with a BIOS and with UEFI, and whose Linux (fixtures/linux/trial-init) talks on the channel of a
/// trial: what `tsmedia try` sees of media with a boot image that reports, made without any of our writers.
struct TrialDisc {
    let path: FilePath

    /// The disc `name` in the folder of `session`, whose system does what `trial` says.
    ///
    /// - Parameters:
    ///   - bootstrap: the media's TsmBootstrap.ini; a client's own where nil.
    ///   - manifest: what else lies in its SMS\data.
    init(_ name: String, trial: String, in session: CommandSession, manifest: String? = nil) throws {
        let kernel = Repository.file(".build-kernel")
        let tree = session.work.appending("tree-\(name)")
        for (file, target) in [("vmlinuz", "boot/vmlinuz"), ("trial-initrd", "boot/initrd")] {
            try TestFolder.makeFolder(tree.appending("boot/grub"))
            try Program.succeed("cp", [kernel.appending(file).string, tree.appending(target).string])
        }
        let configuration = """
            set timeout=0
            linux /boot/vmlinuz console=tty0 console=ttyS0 quiet panic=-1 tsmedia.trial=\(trial)
            initrd /boot/initrd
            boot

            """
        try TestFolder.write(configuration.utf8, to: tree.appending("boot/grub/grub.cfg"))
        try TestFolder.write(Self.bootstrap.utf8, to: tree.appending("SMS/data/TsmBootstrap.ini"))
        if let manifest {
            try TestFolder.write(manifest.utf8, to: tree.appending("SMS/data/MediaManifest.json"))
        }
        path = session.folder.appending(name)
        try Program.succeed("grub-mkrescue", ["--output=\(path)", tree.string])
    }

    private static let bootstrap =
        "[MediaInfo]\r\nMediaType=CaptureMedia\r\nMediaPassword=false\r\nUnattended=false\r\n"
}
