// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import DriveImage
import Glibc
import Support
import SystemPackage

/// A volume that is read while it may be written to as well.
///
/// It is seen through a loop device that cannot be written to, so that the kernel lets others have the volume itself, and by
/// lowntfs-3g, which finds an open file by the number of its record and by no path: what is open stays readable while the
/// folders above it change, as long as nobody removes it.
package final class ReadOnlyVolume {
    /// Where it is mounted.
    package let root: FilePath
    private var isMounted = false

    /// Mounts the volume `node`, `title` for people, with `fileSystem` on the folder `point`, which is made.
    ///
    /// - Throws: ``DiskError`` when it cannot be mounted; `FileError`; `InterruptedError`.
    package init(
        _ node: FilePath, called title: String, _ fileSystem: VolumeFileSystem, on point: FilePath,
        interruption: Interruption
    ) throws {
        root = point
        let descriptor = try FileError.wrap("opened", node) {
            try FileDescriptor.open(node, .readOnly, options: [.closeOnExec])
        }
        try descriptor.closeAfter {
            var number: Int32 = 0
            let loop = tsm_attach_loop(descriptor.rawValue, &number)
            guard loop >= 0 else { throw FileError("attached to a loop device", node, Errno(rawValue: errno)) }
            // The device goes with its last user: from here on that is the mount.
            defer { try? FileDescriptor(rawValue: loop).close() }
            let device = FilePath("/dev/loop\(number)")
            switch fileSystem {
            case .ntfs:
                try VolumeMounting.mount(
                    device, called: title, on: point, isReadOnly: true, program: .byRecord, interruption: interruption)
            case .fat32:
                try Folder.create(point)
                try Mounts.mount(
                    device.string, on: point, type: "vfat", options: "utf8,shortname=mixed", isReadOnly: true)
            }
        }
        isMounted = true
    }

    deinit { try? unmount() }

    /// Lets go of the volume.
    ///
    /// - Throws: ``DiskError`` when somebody still reads.
    package func unmount() throws(DiskError) {
        guard isMounted else { return }
        try VolumeMounting.unmount(root)
        isMounted = false
    }
}
