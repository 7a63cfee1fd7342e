// SPDX-License-Identifier: GPL-3.0-or-later

import DriverPackages
import Identifiers
import Support

extension BootImage {
    /// The Windows that the image's drivers are chosen for.
    public var targetSystem: TargetSystem {
        TargetSystem(architecture, version: version.flatMap { WindowsVersion($0) })
    }
}

/// What the drivers of a boot image say about the computers that it serves.
public struct DriverFacts: Sendable, Equatable {
    /// NVMe controllers: mass storage, non-volatile memory, NVM Express ("PCI Code and ID Assignment Specification").
    private static let nvmeIDs = ["PCI\\CC_010802", "PCI\\CC_0108"]

    /// How many drivers are for something: those that Windows PE brings, and those that somebody added.
    private struct Count: Sendable, Equatable {
        var windows = 0
        var added = 0
    }

    /// True when the image has a driver store with drivers; without, it is no Windows PE as Microsoft makes it, and nothing
    /// follows from what it lacks.
    public let hasDrivers: Bool
    /// Drivers that Windows PE of this architecture and version uses, by what they are for: Windows' own, and added ones.
    private let counts: [DriverClass.Role: Count]
    /// True when a driver serves NVMe controllers.
    public let servesNVMe: Bool

    /// What `store` says on `system`.
    public init(_ store: DriverStore, on system: TargetSystem) {
        hasDrivers = !store.drivers.isEmpty
        var counts: [DriverClass.Role: Count] = [:]
        var servesNVMe = false
        for driver in store.drivers where driver.file.driverClass.drivesDevices {
            let models = driver.file.models(for: system)
            guard models.contains(where: { $0.hardwareIDs.count > 0 }) else { continue }
            let role = driver.file.driverClass.role
            switch driver.origin {
            case .windows: counts[role, default: Count()].windows += 1
            case .added: counts[role, default: Count()].added += 1
            }
            guard role == .storage, !servesNVMe else { continue }
            servesNVMe = models.contains { $0.hardwareIDs.contains { Self.nvmeIDs.contains($0) } }
        }
        self.counts = counts
        self.servesNVMe = servesNVMe
    }

    /// How many drivers are for `role`.
    public func count(_ role: DriverClass.Role) -> Int {
        let counts = counts[role] ?? Count()
        return counts.windows + counts.added
    }

    /// How many drivers for `role` somebody added.
    public func addedCount(_ role: DriverClass.Role) -> Int { counts[role]?.added ?? 0 }

    /// What the user should know about the boot image `title`: what it surely lacks (docs/boot-images.md).
    ///
    /// - Parameter needsNetwork: whether the media is of no use without a network.
    public func warnings(_ title: String, needsNetwork: Bool) -> [DiagnosticText] {
        guard hasDrivers else { return [] }
        var warnings: [DiagnosticText] = []
        if needsNetwork, count(.network) == 0 {
            warnings.append(
                "\(title) has no driver for a network adapter, and only stand-alone media needs no network; add drivers to"
                    + " the boot image")
        }
        if count(.storage) == 0 {
            warnings.append(
                "\(title) has no driver for a disk controller: Windows PE will see no disk; add drivers to the boot image"
            )
        } else if !servesNVMe, addedCount(.storage) == 0 {
            warnings.append(
                "\(title) has no driver for NVMe disks, which most computers have; update it, or add a driver")
        }
        return warnings
    }

    /// What is worth knowing and no defect: somebody added drivers, and none for disks.
    public func note(_ title: String) -> DiagnosticText? {
        let added = counts.values.reduce(0) { $0 + $1.added }
        guard added > 0, addedCount(.storage) == 0, count(.storage) > 0 else { return nil }
        return
            "\(title) has no disk drivers beyond Windows' own: computers whose disks are behind Intel VMD or a RAID"
            + " controller need one more"
    }
}
