// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

extension BlockDevices {
    /// Makes sure that no loop device stands for the file at `path`: whoever writes to the file writes to a drive that others
    /// may have mounted.
    ///
    /// - Throws: ``DeviceError`` `.inUse`, which names the loop device; `.io` when sysfs cannot be read.
    public func requireNoLoopDevice(on path: FilePath) throws(DeviceError) {
        guard let file = try? environment.lookUp(path), case .file = file.kind else { return }
        for node in try Machine(environment).disks where node.kind == .loop && node.backingFile != nil {
            let device = environment.node(of: node.name)
            let isBehind: Bool
            if let backing = environment.loopBacking(device, node.number) {
                isBehind = backing.fileSystem == file.fileSystem && backing.inode == file.inode
            } else {
                // Its node cannot be opened; the kernel's name for the file is what is left.
                isBehind = node.backingFile == path
            }
            guard isBehind else { continue }
            throw DeviceError(
                .inUse, "file \(path)", "is the drive \(device), which others may use",
                nextStep: "unmount it and detach it with 'losetup -d \(device)', or name \(device)")
        }
    }
}
