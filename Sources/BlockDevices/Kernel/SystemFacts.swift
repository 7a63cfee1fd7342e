// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// The facts about paths and nodes of the running system.
enum SystemFacts {
    /// Looks at a path, links followed.
    @Sendable static func lookUp(_ path: FilePath) throws(Errno) -> PathFacts {
        let status = try Stat(path)
        var mount: UInt64 = 0
        let hasMount = path.withPlatformString { tsm_mount_number($0, &mount) } == 0
        let kind: PathFacts.Kind =
            switch status.type {
            case .regular: .file
            case .directory: .folder
            case .blockSpecial: .blockDevice(DeviceNumber(dev: UInt64(status.specialDeviceID.rawValue)))
            case .characterSpecial: .characterDevice
            default: .other
            }
        return PathFacts(
            kind: kind, fileSystem: DeviceNumber(dev: UInt64(status.deviceID.rawValue)),
            inode: UInt64(status.inode.rawValue), mount: hasMount ? mount : nil)
    }

    /// True when the kernel refuses to open the device alone; nil when it refuses for another reason.
    @Sendable static func isClaimed(_ node: FilePath, _ number: DeviceNumber) -> Bool? {
        // Another program may look in the same moment, as this one does; only what lasts counts.
        for attempt in 0..<claimAttempts {
            if attempt > 0 { usleep(claimPauseMicroseconds) }
            do {
                try open(node, number, flags: O_EXCL).close()
                return false
            } catch {
                guard error as? Errno == .resourceBusy else { return nil }
            }
        }
        return true
    }

    private static let claimAttempts = 4
    private static let claimPauseMicroseconds: UInt32 = 50_000

    /// The file system and inode of the file behind a loop device.
    @Sendable static func loopBacking(
        _ node: FilePath, _ number: DeviceNumber
    ) -> (fileSystem: DeviceNumber, inode: UInt64)? {
        guard let descriptor = try? open(node, number) else { return nil }
        defer { try? descriptor.close() }
        var (device, inode) = (UInt64(0), UInt64(0))
        guard tsm_loop_backing(descriptor.rawValue, &device, &inode) == 0 else { return nil }
        return (DeviceNumber(dev: device), inode)
    }

    /// Opens the node for reading, if it is that of the device with this number; a medium is not waited for.
    ///
    /// - Throws: `Errno`; `.noDevice` when the node is another device's.
    static func open(_ node: FilePath, _ number: DeviceNumber, flags: Int32 = 0) throws -> FileDescriptor {
        let opened = node.withPlatformString { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags) }
        guard opened >= 0 else { throw Errno(rawValue: errno) }
        let descriptor = FileDescriptor(rawValue: opened)
        do {
            guard try self.number(of: descriptor) == number else { throw Errno.noDevice }
            return descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    /// The number of the block device that is open; nil when it is no block device.
    static func number(of descriptor: FileDescriptor) throws -> DeviceNumber? {
        let status = try Stat(descriptor)
        guard status.type == .blockSpecial else { return nil }
        return DeviceNumber(dev: UInt64(status.specialDeviceID.rawValue))
    }
}
