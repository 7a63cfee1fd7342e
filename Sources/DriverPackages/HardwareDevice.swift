// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A device of a computer, by the IDs that Windows looks for in drivers.
public struct HardwareDevice: Sendable, Equatable {
    /// What the list calls it; nil when it does not.
    public internal(set) var name: String?
    /// The hardware IDs and then the compatible IDs, in capitals, the most exact first.
    public let ids: [String]
    /// What it is for; nil when neither its IDs nor the list tell.
    public internal(set) var role: DriverClass.Role?
    /// The line of the list where it begins, from 1.
    public let line: Int

    /// What it is called: its name and its first ID.
    public var title: String { [name, ids.first].compactMap { $0 }.joined(separator: ", ") }
}

/// The numbers of a PCI device, from which Windows makes its IDs.
struct PCINumbers: Sendable, Equatable {
    /// Four hexadecimal digits each, in capitals.
    var vendor = ""
    var device = ""
    /// Subsystem and its vendor, eight digits; nil when not known.
    var subsystem: String?
    /// Two digits; nil when not known.
    var revision: String?
    /// Class, subclass and, where it is known, programming interface: four or six digits.
    var classCode: String?

    /// The hardware IDs and compatible IDs that Windows' PCI bus driver reports, the most exact first ("Identifiers for PCI
    /// Devices", learn.microsoft.com).
    var ids: [String] {
        let device = "PCI\\VEN_\(vendor)&DEV_\(self.device)"
        var ids: [String] = []
        if let subsystem {
            if let revision { ids.append("\(device)&SUBSYS_\(subsystem)&REV_\(revision)") }
            ids.append("\(device)&SUBSYS_\(subsystem)")
        }
        if let revision { ids.append("\(device)&REV_\(revision)") }
        ids.append(device)
        let codes = classCode.map { $0.utf8.count == 6 ? [$0, String($0.prefix(4))] : [$0] } ?? []
        ids += codes.map { "\(device)&CC_\($0)" }
        ids += codes.map { "PCI\\VEN_\(vendor)&CC_\($0)" }
        ids.append("PCI\\VEN_\(vendor)")
        return ids + codes.map { "PCI\\CC_\($0)" }
    }

    /// What a device with this class code is for ("PCI Code and ID Assignment Specification", 1.14, sections 1.2 and 1.3);
    /// network adapters without a cable, 0280, are for nothing that Windows PE does.
    static func role(ofClassCode code: String) -> DriverClass.Role {
        if code.hasPrefix("01") { return .storage }
        return code.hasPrefix("02") && !code.hasPrefix("0280") ? .network : .other
    }
}

/// An ID of a PCI or USB device as Windows writes it, taken apart.
struct WindowsDeviceID {
    /// The ID in capitals, without its instance.
    let id: String
    /// True when an instance followed it: the ID of one device in one computer.
    let hasInstance: Bool
    /// True when a list cut it short with dots.
    let isCut: Bool

    private static let buses = ["PCI\\", "USB\\"]
    private static let idByteLimit = 400

    /// Every such ID in `line`, in order.
    static func all(in line: some StringProtocol) -> [WindowsDeviceID] {
        let bytes = Array(line.utf8.map(\.asciiUpperCased))
        var found: [WindowsDeviceID] = []
        var place = 0
        while let start = next(in: bytes, from: place) {
            var end = start
            while end < bytes.count, isPart(bytes[end]) { end += 1 }
            if let id = WindowsDeviceID(bytes[start..<end]) { found.append(id) }
            place = end
        }
        return found
    }

    private init?(_ token: ArraySlice<UInt8>) {
        guard token.count <= Self.idByteLimit else { return nil }
        var parts = token.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
        hasInstance = parts.count > 2
        guard parts.count >= 2, var last = parts.dropFirst().first else { return nil }
        var isCut = false
        // Get-PnpDevice shortens with three dots, or with the one character.
        if !hasInstance, last.suffix(3).elementsEqual("...".utf8) || last.suffix(3).elementsEqual("…".utf8) {
            isCut = true
            last = last.dropLast(3)
            // A field that was cut is another number: the whole ones before it stand.
            while let byte = last.last, byte != UInt8(ascii: "&") { last.removeLast() }
            last = last.dropLast()
        }
        while last.last == UInt8(ascii: ".") { last.removeLast() }
        guard !last.isEmpty else { return nil }
        parts = [parts[0], last]
        self.isCut = isCut
        id = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\\")
    }

    /// The numbers of a PCI device; nil for what names no single one.
    var pci: PCINumbers? {
        guard id.hasPrefix("PCI\\") else { return nil }
        var numbers = PCINumbers()
        for field in id.dropFirst(4).split(separator: "&") {
            let parts = field.split(separator: "_", maxSplits: 1)
            guard parts.count == 2, parts[1].utf8.allSatisfy({ $0.isHexadecimalDigit }) else { continue }
            let value = String(parts[1])
            switch (parts[0], value.utf8.count) {
            case ("VEN", 4): numbers.vendor = value
            case ("DEV", 4): numbers.device = value
            case ("SUBSYS", 8): numbers.subsystem = value
            case ("REV", 2): numbers.revision = value
            case ("CC", 4), ("CC", 6): numbers.classCode = value
            default: break
            }
        }
        return numbers.vendor.isEmpty || numbers.device.isEmpty ? nil : numbers
    }

    /// The IDs of a USB device ("Standard USB Identifiers", learn.microsoft.com); nil for what names no single one.
    var usb: [String]? {
        guard id.hasPrefix("USB\\VID_"), id.contains("&PID_") else { return nil }
        var ids = [id]
        // With and without the revision, which stands before the interface.
        let fields = id.dropFirst(4).split(separator: "&").map(String.init)
        let without = "USB\\" + fields.filter { !$0.hasPrefix("REV_") }.joined(separator: "&")
        if without != id { ids.append(without) }
        return ids
    }

    /// The class code in an ID of any PCI device: `PCI\CC_0200`.
    var classCode: String? {
        guard let range = id.firstRange(of: "CC_") else { return nil }
        let code = id[range.upperBound...].prefix { $0 != "&" }
        return [4, 6].contains(code.utf8.count) ? String(code) : nil
    }

    private static func next(in bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        while place + 4 <= bytes.count {
            let isBus = buses.contains { bytes[place..<(place + 4)].elementsEqual($0.utf8) }
            // Not the end of another word, as USB in VUSB.
            if isBus, place == 0 || !bytes[place - 1].isASCIILetterOrDigit { return place }
            place += 1
        }
        return nil
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte > 0x20 && !",;\"'{}()[]<>|".utf8.contains(byte)
    }
}

extension UInt8 {
    /// True for 0 to 9, A to F and a to f.
    var isHexadecimalDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(asciiUpperCased)
    }
}
