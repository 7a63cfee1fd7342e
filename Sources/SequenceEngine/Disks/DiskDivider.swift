// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Glibc
import Support
import SystemPackage

/// Divides disks and formats their volumes: everything that was on them is lost.
package struct DiskDivider: Sendable {
    private let devices: BlockDevices
    /// How long a node gets to appear after the kernel was told of its partition, in steps of ``pauseMicroseconds``.
    private static let patience = 100
    private static let pauseMicroseconds: UInt32 = 50_000

    /// A divider of the disks of `devices`.
    package init(_ devices: BlockDevices = BlockDevices()) { self.devices = devices }

    /// Divides a disk as planned: the partition table, then each volume.
    ///
    /// The kernel knows the partitions afterwards, and nobody has any of them open.
    ///
    /// - Returns: the volumes.
    /// - Throws: `DeviceError`, `DriveImageError`, `FileError`, `InterruptedError`.
    package func divide(
        _ plan: DiskPlan, interruption: Interruption, progress: any ProgressObserver = SilentProgress()
    ) throws -> [DiskVolume] {
        let drive = try devices.open(plan.disk.device)
        do {
            try drive.forgetPartitions()
            let target = DiskTarget(device: drive.descriptor, path: plan.disk.device.node)
            let writer = DiskWriter(plan.layout, interruption: interruption)
            let meter = ProgressMeter(
                phase: "dividing disk \(plan.disk.number)", totalByteCount: writer.byteCount, observer: progress)
            let failures = try writer.write(to: [target], progress: meter) { _ in
                throw DiskError(.malformed, "a new volume", "holds no files", nextStep: nil)
            }
            meter.finish()
            for case let failure? in failures { throw failure }
            try drive.flushBuffers()
            try drive.announcePartitions(plan.layout.partitionTable.partitions.map(\.range))
        } catch {
            try? drive.close()
            throw error
        }
        // Formatters want a partition for themselves, which nobody gets while its drive is taken.
        try drive.close()
        let volumes = plan.volumes
        for volume in volumes { try waitForNode(volume.node) }
        let folder = try TemporaryFolder()
        for layout in plan.layout.ntfsVolumes {
            guard let volume = volumes.first(where: { $0.range == layout.range }) else { continue }
            do {
                try layout.format(volume.node, log: folder.appending("mkntfs.log"), interruption: interruption)
            } catch let error as DriveImageError {
                throw error.about(DiagnosticText(volume.title))
            }
        }
        return volumes
    }

    private func waitForNode(_ node: FilePath) throws {
        for _ in 0..<Self.patience {
            if access(node.string, R_OK | W_OK) == 0 { return }
            usleep(Self.pauseMicroseconds)
        }
        throw FileError("opened", node, .noSuchFileOrDirectory)
    }
}
