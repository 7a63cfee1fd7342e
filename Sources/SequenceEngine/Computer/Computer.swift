// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// What the engine knows of the computer that it runs on.
///
/// Everything is read below a root, so that a computer can be described by a folder.
package struct Computer: Sendable {
    /// What firmware started the computer.
    package enum FirmwareKind: String, Sendable {
        /// UEFI.
        case uefi
        /// BIOS.
        case bios
    }

    /// Longer values of the kernel count as none.
    private static let valueByteCountLimit = 4096

    /// Where /sys and /proc are found.
    package let root: FilePath

    /// The computer whose kernel shows itself below `root`.
    package init(root: FilePath = "/") { self.root = root }

    /// What firmware started it: UEFI shows itself in sysfs.
    package var firmware: FirmwareKind {
        access(root.appending("sys/firmware/efi").string, F_OK) == 0 ? .uefi : .bios
    }

    /// Whether UEFI started it with Secure Boot on; nil where that cannot be told.
    package var isSecureBootOn: Bool? {
        // UEFI 2.10, 3.3: SecureBoot in the namespace of global variables; four bytes of attributes stand before.
        let name = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        let path = root.appending("sys/firmware/efi/efivars").appending(name)
        guard let bytes = try? SmallFile.read(path, limit: Self.valueByteCountLimit), bytes.count == 5 else {
            return nil
        }
        return bytes[4] == 1
    }

    /// The value of the DMI field `name`, as /sys/class/dmi/id shows it; nil where there is none.
    package func dmi(_ name: String) -> String? { text(root.appending("sys/class/dmi/id").appending(name)) }

    /// The first line of the file at `path`, without blanks around it; nil where there is none.
    func text(_ path: FilePath) -> String? {
        guard let bytes = try? SmallFile.read(path, limit: Self.valueByteCountLimit) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0 }, as: UTF8.self)
        let value = line.trimming(\.isWhitespace).description
        return value.isEmpty ? nil : value
    }

    /// Memory in bytes; nil where /proc does not say.
    package var memoryByteCount: Int64? { kibibytes("MemTotal:", in: "proc/meminfo") }

    /// The most memory that this program has used so far, in bytes; nil where /proc does not say.
    package var peakByteCount: Int64? { kibibytes("VmHWM:", in: "proc/self/status") }

    /// What stands behind `name` in a list of the kernel, which counts in kB.
    private func kibibytes(_ name: String, in path: FilePath) -> Int64? {
        guard let bytes = try? SmallFile.read(root.appending(path.components), limit: 1 << 16) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name) {
            let digits = line.drop { !$0.isNumber }.prefix { $0.isNumber }
            return Int64(digits).flatMap { count in
                let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
                return overflow ? nil : bytes
            }
        }
        return nil
    }

    /// How many processors work for it.
    package var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The types of its chassis by number (SMBIOS 7.4.1).
    package var chassisType: Int? { dmi("chassis_type").flatMap { Int($0) } }

    /// True when it has a battery.
    package var hasBattery: Bool {
        let folder = root.appending("sys/class/power_supply")
        guard let entries = try? FolderEntry.entries(of: folder) else { return false }
        return entries.contains { entry in
            text(folder.appending(entry.component).appending("type"))?.lowercased() == "battery"
        }
    }

    /// Names of its network adapters and their MAC addresses, in the order of the names.
    package var networkAdapters: [(name: String, address: String)] {
        let folder = root.appending("sys/class/net")
        guard let entries = try? FolderEntry.entries(of: folder) else { return [] }
        return entries.compactMap { entry in
            let own = folder.appending(entry.component)
            // ARPHRD_ETHER of if_arp.h: loopback and tunnels have other numbers.
            guard text(own.appending("type")) == "1", let address = text(own.appending("address")) else { return nil }
            return (String(decoding: entry.component), address.uppercased())
        }
    }
}
