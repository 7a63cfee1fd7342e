// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import Synchronization
import SystemPackage

/// A drive that is open for writing, for this program alone.
///
/// The kernel keeps others from mounting it (`O_EXCL`), and udev leaves it alone while its node is locked.
public final class OpenDrive: Sendable {
    /// The drive.
    public let device: BlockDevice
    /// What it must still be.
    public let identity: DeviceIdentity
    /// The open node.
    public let descriptor: FileDescriptor
    let devices: BlockDevices
    private let isClosed = Mutex(false)

    /// How long udev gets to finish looking at a drive that has just appeared; it locks the node meanwhile.
    private static let lockPatience: UInt32 = 2_000_000
    /// How long others get that hold the drive only to see whether somebody else does, as we do ourselves.
    private static let openPatience: UInt32 = 400_000
    private static let pauseMicroseconds: UInt32 = 50_000

    /// Opens `device`, locks it, and checks it.
    init(_ device: BlockDevice, expecting identity: DeviceIdentity, devices: BlockDevices) throws(DeviceError) {
        self.device = device
        self.identity = identity
        self.devices = devices
        let opened = Self.patiently(Self.openPatience, while: [EBUSY]) {
            device.node.withPlatformString { tsm_open_drive($0) }
        }
        guard opened >= 0 else {
            throw Self.openError(Errno(rawValue: errno), device, devices)
        }
        descriptor = FileDescriptor(rawValue: opened)
        do {
            try checkNumber()
            try lock()
            try checkIdentity()
            try checkUnused()
        } catch {
            try? descriptor.close()
            isClosed.withLock { $0 = true }
            throw error
        }
    }

    deinit { try? closeOnce() }

    /// Closes it; the lock goes with it, and udev looks at the drive.
    ///
    /// - Throws: ``DeviceError`` `.io`.
    public func close() throws(DeviceError) {
        do {
            try closeOnce()
        } catch {
            throw DeviceError("closed", device.node, error as? Errno ?? .ioError)
        }
    }

    private func closeOnce() throws {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        if isFirst { try descriptor.close() }
    }

    // MARK: Checks

    /// Checks that the open drive is still the one that was expected: to be called again right before the first write.
    ///
    /// - Throws: ``DeviceError`` `.changed`, or `.io`.
    public func checkIdentity() throws(DeviceError) {
        let byteCount = tsm_block_byte_count(descriptor.rawValue)
        guard byteCount >= 0 else { throw DeviceError("asked for its size", device.node, Errno(rawValue: errno)) }
        let sector = tsm_block_logical_sector(descriptor.rawValue)
        guard sector > 0 else { throw DeviceError("asked for its sectors", device.node, Errno(rawValue: errno)) }
        let machine = try Machine(devices.environment)
        guard let node = machine.node(identity.deviceNumber) else { throw changed("it is not in sysfs any more") }
        let now = machine.identity(of: node)
        var sequence: UInt64 = 0
        let hasSequence = tsm_block_disk_sequence(descriptor.rawValue, &sequence) == 0
        let found = DeviceIdentity(
            deviceNumber: now.deviceNumber, serial: now.serial, byteCount: byteCount,
            logicalSectorByteCount: Int(sector), diskSequence: hasSequence ? sequence : now.diskSequence)
        if let difference = identity.difference(from: found) { throw changed(difference) }
        if tsm_block_is_read_only(descriptor.rawValue) == 1 {
            throw DeviceError(
                .refused, "drive \(device.displayName)", "is write-protected",
                nextStep: "take the write protection away, or choose another drive")
        }
    }

    private func changed(_ difference: String) -> DeviceError {
        DeviceError(
            .changed, "drive \(device.displayName)", "is not the drive any more that was looked at: \(difference)",
            nextStep: "check with 'tsmedia devices' which drive is the right one")
    }

    private func checkNumber() throws(DeviceError) {
        guard let number = try? SystemFacts.number(of: descriptor), number == identity.deviceNumber else {
            throw changed("its node leads to another device than \(identity.deviceNumber)")
        }
    }

    /// Checks that no partition was mounted, and nothing was built on the drive, before it was opened alone.
    private func checkUnused() throws(DeviceError) {
        let machine = try Machine(devices.environment)
        guard let node = machine.node(identity.deviceNumber) else { throw changed("it is not in sysfs any more") }
        let use = DriveUse(of: node, in: machine)
        let refusals = (use.systemRefusals + use.swapRefusals + use.mappingRefusals).map(\.reason)
        let reasons = refusals + use.mountPoints.map { "is mounted at \($0)" }
        guard reasons.isEmpty else {
            throw DeviceError(
                .inUse, "drive \(device.displayName)", DiagnosticText(reasons.joined(separator: ", and ")),
                nextStep: "take it out of use first, or choose another drive")
        }
    }

    private func lock() throws(DeviceError) {
        let descriptor = descriptor.rawValue
        guard
            Self.patiently(Self.lockPatience, while: [EWOULDBLOCK, EINTR], { flock(descriptor, LOCK_EX | LOCK_NB) })
                != 0
        else { return }
        let errno = Errno(rawValue: errno)
        guard errno == .wouldBlock else { throw DeviceError("locked", device.node, errno) }
        throw Self.inUse(device, devices)
    }

    // MARK: After writing

    /// Has the kernel read the new partition table, so that the partitions have nodes.
    ///
    /// - Throws: ``DeviceError``: `.inUse` when a partition is in use, `.io`.
    public func rereadPartitionTable() throws(DeviceError) {
        let descriptor = descriptor.rawValue
        guard Self.patiently(Self.lockPatience, while: [EBUSY], { tsm_block_reread_partitions(descriptor) }) != 0 else {
            return
        }
        switch Errno(rawValue: errno) {
        // A loop device without partition scanning, or a disk that can have no partitions.
        case .invalidArgument: return
        case .resourceBusy: throw Self.inUse(device, devices)
        case let errno: throw DeviceError("read for its partitions", device.node, errno)
        }
    }

    /// Writes and forgets what the page cache holds of the drive, so that nobody reads what it held before.
    ///
    /// - Throws: ``DeviceError`` `.io`.
    public func flushBuffers() throws(DeviceError) {
        guard tsm_block_flush(descriptor.rawValue) == 0 else {
            throw DeviceError("flushed", device.node, Errno(rawValue: errno))
        }
    }

    // MARK: Errors

    private static func openError(_ errno: Errno, _ device: BlockDevice, _ devices: BlockDevices) -> DeviceError {
        switch errno {
        case .resourceBusy: inUse(device, devices)
        case .readOnlyFileSystem:
            DeviceError(
                .refused, "drive \(device.displayName)", "is write-protected",
                nextStep: "take the write protection away, or choose another drive")
        case .noSuchFileOrDirectory, .noSuchAddressOrDevice, .noDevice, .noMedium:
            DeviceError(
                .changed, "drive \(device.displayName)", "is not there any more",
                nextStep: "connect it again and check it with 'tsmedia devices'")
        default: DeviceError("opened for writing", device.node, errno)
        }
    }

    private static func inUse(_ device: BlockDevice, _ devices: BlockDevices) -> DeviceError {
        let users = (try? Machine(devices.environment)).flatMap { DeviceUsers($0).describe(device) }
        return DeviceError(
            .inUse, "drive \(device.displayName)", "is in use by \(users ?? "something that cannot be seen from here")",
            nextStep: "take it out of use first, or choose another drive; no option overrides this")
    }

    /// Repeats `call` for up to `patience` microseconds as long as it fails with one of `reasons`.
    private static func patiently(
        _ patience: UInt32, while reasons: Set<Int32>, _ call: () -> Int32
    ) -> Int32 {
        var waited: UInt32 = 0
        while true {
            let result = call()
            if result >= 0 || !reasons.contains(errno) || waited >= patience { return result }
            usleep(pauseMicroseconds)
            waited += pauseMicroseconds
        }
    }
}

extension DeviceIdentity {
    /// What tells this identity from `other` in words; nil when both are of one drive.
    func difference(from other: DeviceIdentity) -> String? {
        if deviceNumber != other.deviceNumber { return "its number is \(other.deviceNumber), not \(deviceNumber)" }
        if byteCount != other.byteCount { return "it has \(other.byteCount) bytes, not \(byteCount)" }
        if logicalSectorByteCount != other.logicalSectorByteCount {
            return "its sectors have \(other.logicalSectorByteCount) bytes, not \(logicalSectorByteCount)"
        }
        if serial != other.serial {
            return "its serial number is \(other.serial ?? "missing"), not \(serial ?? "missing")"
        }
        // A kernel before 5.15 counts no disks.
        if let mine = diskSequence, mine != other.diskSequence { return "another medium has taken its place" }
        return nil
    }
}
