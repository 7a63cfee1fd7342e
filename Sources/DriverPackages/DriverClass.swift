// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The device setup class of a driver.
public struct DriverClass: Sendable, Hashable {
    /// Its name, as `Net`; nil when neither the file says it nor the GUID is a known one.
    public let name: String?
    /// Its GUID in small letters, in braces; nil when the file does not say it.
    public let guid: String?

    /// GUIDs of classes that matter here ("System-Defined Device Setup Classes Available to Vendors", learn.microsoft.com).
    private static let names: [String: String] = [
        "{4d36e972-e325-11ce-bfc1-08002be10318}": "Net",
        "{4d36e97b-e325-11ce-bfc1-08002be10318}": "SCSIAdapter",
        "{4d36e96a-e325-11ce-bfc1-08002be10318}": "HDC",
        "{4d36e97d-e325-11ce-bfc1-08002be10318}": "System",
        "{36fc9e60-c465-11cf-8056-444553540000}": "USB",
        "{4d36e968-e325-11ce-bfc1-08002be10318}": "Display",
        "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}": "Extension",
        "{5c4c3332-344d-483c-8739-259e934c9cc8}": "SoftwareComponent",
    ]

    /// What of a computer a driver, or a device, is for, as far as it decides whether a task sequence can run.
    public enum Role: String, Sendable, Hashable, Encodable {
        /// Network adapters.
        case network
        /// Controllers of disks.
        case storage
        /// Everything else.
        case other
    }

    /// The class that a file says; the GUID decides, as it does for Windows.
    init(name: String?, guid: String?) {
        self.guid = guid?.lowercased()
        self.name = self.guid.flatMap { Self.names[$0] } ?? name
    }

    /// What drivers of this class are for.
    public var role: Role {
        switch name?.lowercased() {
        case "net": .network
        case "scsiadapter", "hdc": .storage
        default: .other
        }
    }

    /// Whether a driver of this class makes a device work: files of two classes only add to another driver.
    public var drivesDevices: Bool { !["extension", "softwarecomponent"].contains(name?.lowercased()) }
}
