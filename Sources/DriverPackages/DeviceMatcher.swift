// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Finds the devices that drivers are for, as Windows does.
///
/// An ID of the device stands in a Models section that is chosen on the system. IDs have no case.
public struct DeviceMatcher: Sendable {
    /// A device that a driver is for.
    public struct Match: Sendable, Equatable {
        /// The place of the device in the list.
        public let device: Int
        /// The ID that device and driver share.
        public let id: String
        /// The place of the ID among those of the device: a lower one is a better match.
        public let rank: Int
    }

    private struct Wanted: Sendable {
        let device: Int
        let rank: Int
    }

    private let wanted: [ExactText: [Wanted]]
    private let system: TargetSystem

    /// Finds `devices` in drivers for `system`.
    public init(_ devices: [HardwareDevice], on system: TargetSystem) {
        var wanted: [ExactText: [Wanted]] = [:]
        for (number, device) in devices.enumerated() {
            for (rank, id) in device.ids.enumerated() {
                wanted[ExactText(id), default: []].append(Wanted(device: number, rank: rank))
            }
        }
        self.wanted = wanted
        self.system = system
    }

    /// The devices that `driver` makes work, each once with its best match, in the order of the list.
    public func matches(of driver: DriverFile) -> [Match] {
        guard driver.driverClass.drivesDevices else { return [] }
        var best: [Int: Match] = [:]
        for models in driver.models(for: system) {
            for id in models.hardwareIDs {
                for wanted in wanted[ExactText(id)] ?? [] where wanted.rank < best[wanted.device]?.rank ?? .max {
                    best[wanted.device] = Match(device: wanted.device, id: id, rank: wanted.rank)
                }
            }
        }
        return best.values.sorted { $0.device < $1.device }
    }
}
