// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

extension BlockDevices {
    /// Unmounts every file system of `device`, the last mounted first.
    ///
    /// - Throws: ``DeviceError``: `.refused` for a mount point of the running system, `.changed` when it is another drive
    ///   by now, `.inUse` with who keeps it, `.notPermitted`, `.io`.
    public func unmount(_ device: BlockDevice) throws(DeviceError) {
        // Each round looks again: a mount point may have been used several times.
        while true {
            let machine = try Machine(environment)
            guard let node = machine.node(device.deviceNumber), machine.identity(of: node) == device.identity else {
                throw DeviceError(
                    .changed, "drive \(device.displayName)", "is not the drive any more that was looked at",
                    nextStep: "check with 'tsmedia devices' which drive is the right one")
            }
            let names = Set([node.name] + node.partitions)
            let mounts = machine.mounted.filter { !names.isDisjoint(with: $0.nodes) }.map(\.mount.mountPoint)
            if let system = mounts.first(where: SystemMountPoints.contains) {
                throw DeviceError(
                    .refused, "drive \(device.displayName)", "holds \(system) of the running system",
                    nextStep: "choose another drive; no option overrides this")
            }
            guard let last = mounts.last else { return }
            try unmount(last, of: device)
        }
    }

    private func unmount(_ path: FilePath, of device: BlockDevice) throws(DeviceError) {
        guard path.withPlatformString({ tsm_unmount($0) }) != 0 else { return }
        let errno = Errno(rawValue: errno)
        let object: DiagnosticText = "\(path) on drive \(device.displayName)"
        guard errno == .resourceBusy else {
            throw DeviceError(
                errno == .notPermitted ? .notPermitted : .io, object, "could not be unmounted: \(errno)",
                nextStep: errno == .notPermitted ? "run it as root" : "unmount it yourself, then try again")
        }
        let users = (try? Machine(environment)).flatMap { DeviceUsers($0).describe(mountPoint: path) }
        throw DeviceError(
            .inUse, object, "could not be unmounted: it is used by \(users ?? "a program")",
            nextStep: "close what uses it, then try again")
    }
}
