// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// A drive that is there at a moment: what tells it from others, and nothing of what is on it, so that it can be asked for
/// again and again without waking a drive.
public struct PresentDrive: Sendable, Hashable {
    /// Where its node is.
    public let node: FilePath
    /// What must not change while it is there.
    public let identity: DeviceIdentity
    /// The maker and the model that it says it is of; empty where it does not say.
    public let kind: String

    /// A drive.
    public init(node: FilePath, identity: DeviceIdentity, kind: String) {
        self.node = node
        self.identity = identity
        self.kind = kind
    }

    /// Whether there is a medium in it.
    public var hasMedium: Bool { identity.byteCount > 0 }

    /// Whether it may be `other`, which was taken out and put in again, as far as a drive says who it is.
    ///
    /// Without a serial number drives of one model and size are taken for one: it is better to leave one alone that could be
    /// written than to write one that must not be.
    func mayBe(_ other: PresentDrive) -> Bool {
        if identity.serial != nil || other.identity.serial != nil { return identity.serial == other.identity.serial }
        return !kind.isEmpty && kind == other.kind && identity.byteCount == other.identity.byteCount
    }
}

extension BlockDevices {
    /// The drives that are there, by name, as ``all()`` lists them.
    ///
    /// - Throws: ``DeviceError`` when sysfs cannot be read.
    public func present() throws(DeviceError) -> [PresentDrive] {
        let machine = try Machine(environment)
        return machine.disks.filter(\.isListed).map { node in
            let hardware = Hardware(disk: node, environment: environment)
            return PresentDrive(
                node: environment.node(of: node.name), identity: machine.identity(of: node),
                kind: [hardware.vendor, hardware.model].compactMap { $0 }.joined(separator: " "))
        }.sorted { ($0.node.string.count, $0.node.string) < ($1.node.string.count, $1.node.string) }
    }
}
