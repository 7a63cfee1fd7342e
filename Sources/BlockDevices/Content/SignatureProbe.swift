// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibblkid
import SystemPackage

/// Reads with libblkid what lies on a device.
enum SignatureProbe {
    /// The signatures on the device with this node.
    @Sendable static func contents(_ node: FilePath, _ number: DeviceNumber) -> DeviceContents {
        do {
            let descriptor = try SystemFacts.open(node, number)
            return try descriptor.closeAfter { contents(of: descriptor) }
        } catch {
            return DeviceContents(problem: (error as? Errno)?.description ?? "\(error)")
        }
    }

    /// The signatures on the open device, or in the open file.
    static func contents(of descriptor: FileDescriptor) -> DeviceContents {
        guard let probe = blkid_new_probe() else { return DeviceContents(problem: "libblkid has no memory") }
        defer { blkid_free_probe(probe) }
        guard blkid_probe_set_device(probe, descriptor.rawValue, 0, 0) == 0,
            blkid_probe_enable_superblocks(probe, 1) == 0,
            blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL) == 0,
            blkid_probe_enable_partitions(probe, 1) == 0
        else { return DeviceContents(problem: "libblkid cannot read it") }
        // libblkid.h: 0 found, 1 nothing, -2 several that contradict each other, -1 an error.
        let result = blkid_do_safeprobe(probe)
        func value(_ name: String) -> String? {
            var (data, count): (UnsafePointer<CChar>?, Int) = (nil, 0)
            guard blkid_probe_lookup_value(probe, name, &data, &count) == 0, let data, count > 0 else { return nil }
            let text = SysfsFolder.text(UnsafeRawBufferPointer(start: data, count: count).prefix { $0 != 0 })
            return text.isEmpty ? nil : text
        }
        let problem: String? =
            switch result {
            case 0, 1: nil
            case -2: "it has the signatures of several file systems"
            default: "libblkid cannot read it"
            }
        return DeviceContents(
            partitionTable: value("PTTYPE"), fileSystem: value("TYPE"), label: value("LABEL"), problem: problem)
    }
}
