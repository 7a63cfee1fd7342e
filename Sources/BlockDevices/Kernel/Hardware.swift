// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// What a disk is as a thing: sysfs knows it from the folders above the disk's, udev's records fill gaps.
struct Hardware {
    /// How it is connected.
    let bus: DeviceBus
    let model: String?
    let vendor: String?
    let serial: String?
    /// True when it is connected in a way that is made for unplugging.
    let isHotplug: Bool

    /// The hardware of the disk whose folder in sysfs is `disk`.
    init(disk: BlockNode, environment: DeviceEnvironment) {
        let folder = disk.folder
        let ancestors = Self.ancestors(of: folder.path, in: environment.sys)
        let bus = Self.bus(disk, ancestors)
        let udev = UdevRecord(disk.number, environment)
        self.bus = bus
        let isSCSI = folder.has("device/model") && bus != .nvme
        model =
            folder.nonEmptyText("device/model") ?? (bus == .mmc ? folder.nonEmptyText("device/name") : nil)
            ?? udev["ID_MODEL"]?.replacingUnderscores
        vendor = (isSCSI ? folder.nonEmptyText("device/vendor") : nil) ?? udev["ID_VENDOR"]?.replacingUnderscores
        let ofBus = bus == .usb ? ancestors.first { $0.has("idVendor") }?.nonEmptyText("serial") : nil
        serial =
            ofBus ?? folder.nonEmptyText("device/serial") ?? folder.nonEmptyText("serial")
            ?? Self.unitSerial(folder.bytes("device/vpd_pg80"))
            ?? udev["ID_SCSI_SERIAL"] ?? udev["ID_SERIAL_SHORT"]
        isHotplug =
            switch bus {
            case .usb, .fireWire: true
            // A card says SD or SDcombo; an eMMC, which is soldered in, says MMC (drivers/mmc/core/bus.c of Linux).
            case .mmc: Self.isMemoryStick(ancestors) || folder.text("device/type")?.hasPrefix("SD") == true
            // Linux says of a port whether what is behind it can be taken away: Thunderbolt, external PCI Express.
            default: ancestors.contains { $0.text("removable") == "removable" }
            }
    }

    /// The folders above the disk's own, innermost first, up to `sys`; empty when links lead nowhere.
    private static func ancestors(of path: FilePath, in sys: FilePath) -> [SysfsFolder] {
        guard let top = real(sys), let place = real(path), place.hasPrefix(top + "/") else { return [] }
        var ancestors: [SysfsFolder] = []
        var current = place[...]
        // The kernel's own names are ASCII, and realpath(3) writes one slash between two.
        while let slash = current.utf8.lastIndex(of: UInt8(ascii: "/")) {
            current = current[..<slash]
            guard current.utf8.count > top.utf8.count else { break }
            ancestors.append(SysfsFolder(path: FilePath(String(current))))
        }
        return ancestors
    }

    private static func real(_ path: FilePath) -> String? {
        guard let resolved = realpath(path.string, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The bus that the folders above a disk tell of.
    private static func bus(_ disk: BlockNode, _ ancestors: [SysfsFolder]) -> DeviceBus {
        if disk.kind == .loop { return .loop }
        let names = ancestors.compactMap { $0.path.lastComponent?.string }
        func has(_ prefix: String) -> Bool {
            names.contains { $0.hasNumber(after: prefix) }
        }
        let signs: [(Bool, DeviceBus)] = [
            (has("usb"), .usb), (disk.name.hasPrefix("nvme"), .nvme),
            (names.contains("mmc_host") || disk.name.hasPrefix("mmcblk"), .mmc), (has("fw"), .fireWire),
            (has("session"), .iSCSI), (has("ata"), .sata), (has("end_device-"), .sas), (has("rport-"), .fibreChannel),
            (has("virtio"), .virtio), (disk.name.hasPrefix("nbd"), .nbd), (has("vbd-"), .xen),
            (names.contains { $0.lowercased().hasPrefix("vmbus") }, .hyperV),
            (isMemoryStick(ancestors), .mmc), (has("target") || has("host"), .scsi),
            (names.contains("virtual"), .virtual),
        ]
        return signs.first(where: \.0)?.1 ?? .unknown
    }

    private static func isMemoryStick(_ ancestors: [SysfsFolder]) -> Bool {
        ancestors.contains { $0.path.lastComponent?.string == "memstick_host" }
    }

    /// The serial number in a page of vital product data (SPC-4 7.8.15: page 80h, its length, then the number).
    private static func unitSerial(_ page: [UInt8]?) -> String? {
        guard let page, page.count > 4, page[1] == 0x80 else { return nil }
        let length = Int(page[2]) << 8 | Int(page[3])
        let serial = SysfsFolder.text(page[4...].prefix(length))
        return serial.isEmpty ? nil : serial
    }
}

/// What udev remembers of a device: lines `E:KEY=VALUE` in /run/udev/data.
private struct UdevRecord {
    private var values: [String: String] = [:]

    init(_ number: DeviceNumber, _ environment: DeviceEnvironment) {
        guard let bytes = try? SmallFile.read(environment.run.appending("data/b\(number)"), limit: 1 << 20) else {
            return
        }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("E:") {
            let parts = line.dropFirst(2).split(separator: "=", maxSplits: 1)
            if parts.count == 2, !parts[1].isEmpty { values[String(parts[0])] = String(parts[1]) }
        }
    }

    subscript(key: String) -> String? { values[key] }
}

extension String {
    /// udev writes underscores for the spaces of a model.
    fileprivate var replacingUnderscores: String {
        SysfsFolder.text(utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 })
    }
}
