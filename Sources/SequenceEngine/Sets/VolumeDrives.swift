// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Something that is in a drive for discs or in a port for sticks.
package struct PresentMedium: Sendable, Equatable {
    /// The drive.
    package let drive: FilePath
    /// Whether it is a disc.
    package let isDisc: Bool
    /// What can be mounted of it.
    package let devices: [FilePath]
    /// Another one as soon as something else is in the drive, or the kernel has found more of it.
    package let key: String

    /// Describes what is in a drive.
    package init(drive: FilePath, isDisc: Bool, devices: [FilePath], key: String) {
        self.drive = drive
        self.isDisc = isDisc
        self.devices = devices
        self.key = key
    }
}

/// The drives into which volumes of a set are put.
package protocol VolumeDrives: AnyObject {
    /// What is in them now.
    func present() -> [PresentMedium]
    /// Shows the files of one volume, of which there is one at a time; nil when it cannot be read.
    func open(_ device: FilePath) -> FilePath?
    /// Lets go of the volume that is open, so that it can be taken out.
    ///
    /// - Throws: `FileError` when somebody still reads it.
    func close() throws(FileError)
    /// Has a drive give its disc out.
    ///
    /// - Throws: `FileError`.
    func eject(_ drive: FilePath) throws(FileError)
}

/// The drives of this computer.
package final class ComputerDrives: VolumeDrives {
    /// How often a volume is asked to let go that somebody still reads, and how long lies between.
    private static let patience = 40
    private static let pauseMicroseconds: UInt32 = 50_000

    private let root: FilePath
    private let point: FilePath
    private var isOpen: Bool

    /// The drives that the kernel shows below `root`.
    ///
    /// - Parameters:
    ///   - point: where volumes are mounted.
    ///   - isOpen: whether one is there already.
    package init(root: FilePath = "/", point: FilePath, isOpen: Bool) {
        self.root = root
        self.point = point
        self.isOpen = isOpen
    }

    package func present() -> [PresentMedium] {
        let places = MediaPlaces(root: root).all().filter { $0.kind != .fixed }
        return places.filter { !$0.isPartition }.compactMap { whole in
            let isDisc = whole.kind == .disc
            guard let sequence = Self.sequence(of: whole.drive, isDisc: isDisc) else { return nil }
            let parts = places.filter { $0.isPartition && $0.drive == whole.drive }.map(\.device)
            let devices = parts.isEmpty ? [whole.device] : parts
            let names = devices.compactMap { $0.lastComponent?.string }.joined(separator: ",")
            return PresentMedium(
                drive: whole.drive, isDisc: isDisc, devices: devices, key: "\(whole.drive)@\(sequence):\(names)")
        }
    }

    /// The kernel's count of what was in the drive, which goes on with each change; nil when it is empty.
    private static func sequence(of drive: FilePath, isDisc: Bool) -> UInt64? {
        // An empty drive opens as well, and its tray stays out. Opening has the kernel look whether the disc was changed.
        guard let descriptor = try? FileDescriptor.open(drive, .readOnly, options: [.nonBlocking, .closeOnExec]) else {
            return nil
        }
        defer { try? descriptor.close() }
        if isDisc, tsm_disc_is_present(descriptor.rawValue) != 1 { return nil }
        var sequence: UInt64 = 0
        return tsm_block_disk_sequence(descriptor.rawValue, &sequence) == 0 ? sequence : nil
    }

    package func open(_ device: FilePath) -> FilePath? {
        // What the kernel remembers may be of the disc before.
        if let descriptor = try? FileDescriptor.open(device, .readOnly, options: [.nonBlocking, .closeOnExec]) {
            _ = tsm_block_flush(descriptor.rawValue)
            try? descriptor.close()
        }
        isOpen = MediaPlaces.mount(device, on: point)
        return isOpen ? point : nil
    }

    package func close() throws(FileError) {
        guard isOpen else { return }
        // A command that ended may have left something behind that ends a moment later.
        for _ in 0..<Self.patience {
            if (try? Mounts.unmount(point)) != nil {
                isOpen = false
                return
            }
            usleep(Self.pauseMicroseconds)
        }
        try Mounts.unmount(point)
        isOpen = false
    }

    package func eject(_ drive: FilePath) throws(FileError) {
        try FileError.wrap("opened", drive) {
            let descriptor = try FileDescriptor.open(drive, .readOnly, options: [.nonBlocking, .closeOnExec])
            defer { try? descriptor.close() }
            guard tsm_disc_eject(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}
