// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import Identifiers
import Support

/// Which devices of a list have a driver, in a boot image and in driver packages.
public struct HardwareCoverage: Sendable {
    /// A driver that serves a device.
    public struct Driver: Sendable, Equatable {
        /// The package that holds it; nil for a boot image.
        public let packageID: PackageID?
        /// Its INF file, in the image or in the content.
        public let path: String
        /// The ID that device and driver share.
        public let hardwareID: String
        /// The place of that ID among those of the device: a lower one is a better match.
        let rank: Int
    }

    /// A device and the drivers that serve it.
    public struct Device: Sendable {
        /// The device.
        public let device: HardwareDevice
        /// The best driver of the boot image; nil when it has none.
        public internal(set) var bootImageDriver: Driver?
        /// The best driver of each package that has one, in the order of the packages.
        public internal(set) var packageDrivers: [Driver] = []

        /// True for a device that Windows PE itself needs: a network adapter, a disk controller.
        public var isNeededByWindowsPE: Bool { device.role == .network || device.role == .storage }
    }

    /// The list.
    public let list: HardwareList
    /// Its devices, in order.
    public private(set) var devices: [Device]
    /// The packages that hold drivers, and were looked into.
    public private(set) var packages: [PackageID] = []
    let system: TargetSystem

    /// The devices of `list` that the drivers in `store` serve on `system`.
    init(_ list: HardwareList, of store: DriverStore, on system: TargetSystem) {
        self.list = list
        self.system = system
        devices = list.devices.map { Device(device: $0) }
        let matcher = DeviceMatcher(list.devices, on: system)
        for driver in store.drivers {
            for match in matcher.matches(of: driver.file)
            where match.rank < devices[match.device].bootImageDriver?.rank ?? .max {
                devices[match.device].bootImageDriver = Driver(
                    packageID: nil, path: driver.path, hardwareID: match.id, rank: match.rank)
            }
        }
    }

    /// Adds a driver of `package`.
    mutating func add(_ file: DriverFile, _ path: MediaPath, of package: PackageID, _ matchers: [DeviceMatcher]) {
        for match in matchers.flatMap({ $0.matches(of: file) }) {
            let driver = Driver(
                packageID: package, path: path.description, hardwareID: match.id, rank: match.rank)
            var drivers = devices[match.device].packageDrivers
            if let place = drivers.firstIndex(where: { $0.packageID == package }) {
                if match.rank < drivers[place].rank { drivers[place] = driver }
            } else {
                drivers.append(driver)
            }
            devices[match.device].packageDrivers = drivers
        }
    }

    mutating func noteLookedInto(_ package: PackageID) { packages.append(package) }

    // MARK: Words

    /// Devices that are told one by one; more are counted.
    private static let listedDeviceCount = 12

    /// What the user should know: what Windows PE itself lacks, and what no driver serves at all.
    func warnings(_ title: String) -> [DiagnosticText] {
        let lacking = devices.filter { $0.isNeededByWindowsPE && $0.bootImageDriver == nil }
        var warnings = lacking.prefix(Self.listedDeviceCount).map { device -> DiagnosticText in
            let kind = device.device.role == .network ? "network adapter" : "disk controller"
            let holders = device.packageDrivers.compactMap(\.packageID).map(\.description).joined(separator: " and ")
            return
                "\(title) has no driver for the \(kind) '\(device.device.title)' (\(list.name):\(device.device.line));"
                + (holders.isEmpty ? " add one to the boot image" : " add that of driver package \(holders) to it")
        }
        if lacking.count > Self.listedDeviceCount {
            warnings.append(
                "\(title) has no driver for \(lacking.count - Self.listedDeviceCount) further adapters and controllers of"
                    + " \(list.name)")
        }
        let others = devices.filter {
            !$0.isNeededByWindowsPE && $0.bootImageDriver == nil && $0.packageDrivers.isEmpty
        }
        guard !others.isEmpty else { return warnings }
        let named = others.prefix(Self.listedDeviceCount).map { "'\($0.device.title)'" }.joined(separator: ", ")
        let more = others.count > Self.listedDeviceCount ? " and \(others.count - Self.listedDeviceCount) more" : ""
        warnings.append(
            "neither \(title) nor \(packageText) has a driver for"
                + " \(others.count == 1 ? "another device" : "\(others.count) other devices") of \(list.name):"
                + " \(named)\(more); Windows may have its own")
        return warnings
    }

    /// What is well.
    func notes(_ title: String) -> [DiagnosticText] {
        let needed = devices.filter(\.isNeededByWindowsPE)
        guard !needed.isEmpty, needed.allSatisfy({ $0.bootImageDriver != nil }) else { return [] }
        return ["\(title) has a driver for each network adapter and disk controller of \(list.name) (\(needed.count))"]
    }

    private var packageText: String {
        switch packages.count {
        case 0: "any driver package (none is on the media)"
        case 1: "package \(packages[0])"
        default: "any of \(packages.count) packages with drivers"
        }
    }
}
