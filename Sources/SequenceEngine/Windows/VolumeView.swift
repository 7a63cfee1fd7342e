// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// A volume of NTFS as it can be read while somebody else writes to it, who leaves alone what is read.
///
/// Nobody mounts a volume that libwim writes, so its files are shown through a loop device that reads the same blocks. What
/// was there before is found where it was: NTFS moves no file that nobody touches. Nothing guards that: whoever uses a view
/// keeps the files that it reads.
package final class VolumeView {
    private let work: TemporaryFolder
    private let loop: FileDescriptor
    private var isMounted = true
    /// Where its files are.
    package let root: FilePath

    /// Shows what is on `volume` now, which is not mounted.
    ///
    /// - Throws: ``DiskError`` when it cannot be mounted; `FileError`; `InterruptedError`.
    package init(_ volume: DiskVolume, interruption: Interruption) throws {
        work = try TemporaryFolder()
        root = work.appending("volume")
        var number: Int32 = 0
        loop = try FileError.wrap("opened", volume.node) {
            let descriptor = tsm_loop_attach(volume.node.string, &number)
            guard descriptor >= 0 else { throw Errno(rawValue: errno) }
            return FileDescriptor(rawValue: descriptor)
        }
        do {
            try VolumeMounting.mount(
                volume, node: FilePath("/dev/loop\(number)"), on: root, isReadOnly: true, interruption: interruption)
        } catch {
            try? loop.close()
            throw error
        }
    }

    deinit { try? close() }

    /// Lets go of the volume.
    ///
    /// - Throws: ``DiskError``.
    package func close() throws(DiskError) {
        guard isMounted else { return }
        try VolumeMounting.unmount(root)
        isMounted = false
        try? loop.close()
    }
}
