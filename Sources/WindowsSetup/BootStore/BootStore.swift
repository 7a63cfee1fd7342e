// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Registry
import Support

/// The firmware of a computer, as far as it decides how Windows is started.
public enum SystemFirmware: String, Sendable, CaseIterable {
    /// A BIOS starts the active partition.
    case bios
    /// UEFI starts a program on the EFI system partition.
    case uefi
}

/// A BCD store that starts one Windows: the boot manager, its entry, and the settings that both inherit.
///
/// It is written from nothing. hivex, regipy and reged read it; no real boot manager was at hand (docs/formats/bcd.md).
public struct BootStore: Sendable {
    /// {bootmgr}, {globalsettings} and {bootloadersettings} of Windows' documentation ("BCD: known objects").
    private static let bootManager = GUID([
        0x9D, 0xEA, 0x86, 0x2C, 0x5C, 0xDD, 0x4E, 0x70, 0xAC, 0xC1, 0xF3, 0x2B, 0x34, 0x4D, 0x47, 0x95,
    ])
    private static let globalSettings = GUID([
        0x7E, 0xA2, 0xE1, 0xAC, 0x2E, 0x61, 0x47, 0x28, 0xAA, 0xA3, 0x89, 0x6D, 0x9D, 0x0A, 0x9F, 0x0E,
    ])
    private static let loaderSettings = GUID([
        0x6E, 0xFB, 0x52, 0xBF, 0x17, 0x66, 0x41, 0xDB, 0xA6, 0xB3, 0x0E, 0xE5, 0xEF, 0xF7, 0x2B, 0xD7,
    ])

    /// How the computer starts.
    public var firmware: SystemFirmware
    /// The partition that firmware starts.
    public var systemPartition: BootDevice
    /// The partition with Windows.
    public var windowsPartition: BootDevice
    /// The folder of Windows on it, names separated by `\`, with one in front.
    public var windowsFolder: String
    /// What a menu shows.
    public var description: String
    /// The language of messages.
    public var locale: String

    /// Describes a store.
    public init(
        firmware: SystemFirmware, systemPartition: BootDevice, windowsPartition: BootDevice,
        windowsFolder: String = "\\Windows", description: String = "Windows", locale: String = "en-US"
    ) {
        self.firmware = firmware
        self.systemPartition = systemPartition
        self.windowsPartition = windowsPartition
        self.windowsFolder = windowsFolder
        self.description = description
        self.locale = locale
    }

    /// The identifier of the entry for Windows: the same for the same partition.
    public var entry: GUID {
        GUID(custom: SHA256.digest(of: Array("boot entry".utf8) + windowsPartition.element).bytes)
    }

    /// The bytes of the store.
    ///
    /// - Parameter modified: when it was written, as its keys will say.
    public func bytes(modified: Timestamp) -> [UInt8] {
        var root = RegistryKey()
        // What Windows loads it as; that it is the computer's own store.
        root.set("KeyName", to: .text("BCD00000000"), at: ["Description"])
        root.set("System", to: .number(1), at: ["Description"])
        root.set("TreatAsSystem", to: .number(1), at: ["Description"])
        var objects = RegistryKey()
        for object in self.objects { objects[BootObject.name(object.identifier)] = object.key }
        root["Objects"] = objects
        return HiveWriter.bytes(of: root, rootName: "NewStoreRoot", name: "BCD", modified: modified)
    }

    private var objects: [BootObject] {
        let (entry, isUEFI) = (BootObject.name(entry), firmware == .uefi)
        var manager: [BootElement: RegistryData] = [
            .device: .binary(systemPartition.element), .description: .text("Windows Boot Manager"),
            .locale: .text(locale), .inherit: .texts([BootObject.name(Self.globalSettings)]),
            .defaultEntry: .text(entry), .displayOrder: .texts([entry]), .timeout: BootObject.integer(0),
        ]
        // A BIOS does not look for a path: its boot record knows the name.
        if isUEFI { manager[.path] = .text("\\EFI\\Microsoft\\Boot\\bootmgfw.efi") }
        let loader: [BootElement: RegistryData] = [
            .device: .binary(windowsPartition.element),
            .path: .text("\(windowsFolder)\\system32\\winload.\(isUEFI ? "efi" : "exe")"),
            .description: .text(description), .locale: .text(locale),
            .inherit: .texts([BootObject.name(Self.loaderSettings)]), .isolatedContext: .binary([1]),
            .systemDevice: .binary(windowsPartition.element), .systemRoot: .text(windowsFolder),
            .noExecute: BootObject.integer(0), .menuPolicy: BootObject.integer(1),
        ]
        return [
            BootObject(identifier: Self.bootManager, kind: .bootManager, elements: manager),
            BootObject(identifier: Self.globalSettings, kind: .settings, elements: [:]),
            BootObject(
                identifier: Self.loaderSettings, kind: .loaderSettings,
                elements: [.inherit: .texts([BootObject.name(Self.globalSettings)])]),
            BootObject(identifier: self.entry, kind: .loader, elements: loader),
        ]
    }
}
