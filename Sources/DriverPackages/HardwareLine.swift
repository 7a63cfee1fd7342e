// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A line of lspci that begins a device: `00:1f.6 Ethernet controller [0200]: Intel ... [8086:15bb] (rev 10)` with `-nn`,
/// `00:1f.6 0200: 8086:15bb (rev 10)` with `-n` (lspci(8)).
struct LSPCILine {
    /// The numbers; nil when the line has none.
    let numbers: PCINumbers?
    /// Class and name, as people read them.
    let name: String?

    /// Nil for a line that does not begin with a slot.
    init?(_ line: Substring) {
        guard let space = line.firstIndex(of: " "), Self.isSlot(line[..<space]) else { return nil }
        let rest = line[line.index(after: space)...]
        var found = PCINumbers()
        let brackets = rest.bracketed
        if let code = brackets.first(where: { $0.isHexadecimal(digits: 4) }),
            let pair = brackets.last(where: { $0.pair != nil })?.pair
        {
            found.classCode = code.uppercased()
            (found.vendor, found.device) = pair
        } else {
            let words = rest.split(separator: " ")
            guard words.count >= 2, words[0].last == ":", words[0].dropLast().isHexadecimal(digits: 4),
                let pair = words[1].pair
            else {
                (numbers, name) = (nil, nil)
                return
            }
            found.classCode = words[0].dropLast().uppercased()
            (found.vendor, found.device) = pair
        }
        found.revision = rest.value(after: "(rev ", digits: 2) ?? "00"
        let interface = rest.value(after: "(prog-if ", digits: 2) ?? Self.interface(of: found.classCode, rest)
        found.classCode? += interface
        numbers = found
        name = Self.name(rest)
    }

    /// The subsystem of a line `Subsystem: Lenovo Device [17aa:225d]`, as Windows writes it: device, then vendor.
    static func subsystem(_ text: String) -> String? {
        guard text.hasPrefix("Subsystem:") else { return nil }
        let pair = text[...].bracketed.last { $0.pair != nil }?.pair ?? text.split(separator: " ").last?.pair
        return pair.map { $0.1 + $0.0 }
    }

    /// The programming interface that lspci leaves out without `-v`, where controllers of the class have only one that
    /// matters [ours]: SATA is AHCI, memory controllers are NVMe, and USB controllers say which they are.
    private static func interface(of code: String?, _ text: Substring) -> String {
        switch code {
        case "0106": "01"
        case "0108": "02"
        case "0C03" where text.contains("xHCI"): "30"
        default: ""
        }
    }

    private static func isSlot(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let last = parts.last, let bus = parts.dropLast().last else {
            return false
        }
        let slot = last.split(separator: ".", omittingEmptySubsequences: false)
        return bus.isHexadecimal(digits: 2) && slot.count == 2 && slot[0].isHexadecimal(digits: 2)
            && slot[1].isHexadecimal(digits: 1) && (parts.count == 2 || parts[0].isHexadecimal(digits: 4...8))
    }

    /// The text without the numbers in brackets and what follows the last of them.
    private static func name(_ text: Substring) -> String? {
        guard let end = text.lastIndex(of: "[") else { return nil }
        // The class code stands before the first colon: `Ethernet controller [0200]: ...`.
        let code = text.firstRange(of: " [")?.lowerBound ?? end
        let afterCode = text[code...].firstIndex(of: "]").map { text.index(after: $0) } ?? end
        let name = (String(text[..<code]) + (afterCode < end ? text[afterCode..<end] : "")).trimmed
        return name.isEmpty ? nil : name
    }
}

/// A line of lsusb: `Bus 001 Device 003: ID 0bda:8153 Realtek ...` (lsusb(8)).
struct LSUSBLine {
    /// The ID as Windows writes it.
    let id: String
    /// What the device is called.
    let name: String?

    /// Nil for any other line.
    init?(_ text: String) {
        guard text.hasPrefix("Bus "), let range = text.firstRange(of: ": ID ") else { return nil }
        let rest = text[range.upperBound...]
        guard let pair = rest.prefix(9).pair else { return nil }
        id = "USB\\VID_\(pair.0)&PID_\(pair.1)"
        let name = String(rest.dropFirst(9)).trimmed
        self.name = name.isEmpty ? nil : name
    }
}

/// `label: value` of a list that Windows printed.
struct LabelledValue {
    let label: String
    let value: String

    /// Labels of what a device is called, as pnputil and Get-PnpDevice spell them in English.
    private static let names = ["device description", "friendlyname", "name", "description", "caption"]
    /// What no description is.
    private static let others = ["class", "status", "driver", "manufacturer", "problem", "present", "provider", "guid"]

    /// True for the name of a device.
    var isName: Bool { Self.names.contains(label.lowercased()) }
    /// True for what is surely no name.
    var isNoName: Bool { Self.others.contains { label.lowercased().contains($0) } }
}

extension DriverClass.Role {
    /// The role of a device class by its name or GUID, as a list shows it; nil for what is neither of a known one.
    init?(className text: String) {
        let isGUID = text.first == "{"
        let role = DriverClass(name: isGUID ? nil : text, guid: isGUID ? text : nil)
        guard let name = role.name, isGUID || ["net", "scsiadapter", "hdc"].contains(name.lowercased()) else {
            return nil
        }
        self = role.role
    }
}

extension StringProtocol {
    /// The text without blanks at both ends.
    var trimmed: String { String(Substring(self).utf8.trimming { $0 <= 0x20 }) ?? "" }

    /// True for so many hexadecimal digits and nothing else.
    func isHexadecimal(digits: Int) -> Bool { isHexadecimal(digits: digits...digits) }

    /// True for so many hexadecimal digits and nothing else.
    func isHexadecimal(digits: ClosedRange<Int>) -> Bool {
        digits.contains(utf8.count) && utf8.allSatisfy(\.isHexadecimalDigit)
    }

    /// The two numbers of `8086:15bb`, in capitals.
    var pair: (String, String)? {
        let parts = split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].isHexadecimal(digits: 4), parts[1].isHexadecimal(digits: 4) else { return nil }
        return (parts[0].uppercased(), parts[1].uppercased())
    }

    /// What stands in brackets, in order.
    var bracketed: [SubSequence] {
        var found: [SubSequence] = []
        var rest = self[...]
        while let start = rest.firstIndex(of: "["), let end = rest[start...].firstIndex(of: "]") {
            found.append(rest[rest.index(after: start)..<end])
            rest = rest[rest.index(after: end)...]
        }
        return found
    }

    /// So many hexadecimal digits behind `mark`, in capitals.
    func value(after mark: String, digits: Int) -> String? {
        guard let range = firstRange(of: mark) else { return nil }
        let value = self[range.upperBound...].prefix(digits)
        return value.isHexadecimal(digits: digits) ? value.uppercased() : nil
    }
}

extension String {
    /// Labels of Windows are shorter in every language.
    fileprivate static let longestLabel = 60

    /// The text as `label: value`; nil for any other.
    var label: LabelledValue? {
        guard let colon = firstIndex(of: ":") else { return nil }
        let label = self[..<colon]
        guard label.utf8.count <= Self.longestLabel, !label.contains("\\"), !label.isEmpty else { return nil }
        // Part of a word is no label: the drive in C:\, the time in a table.
        let rest = self[index(after: colon)...]
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        return LabelledValue(label: label.trimmed, value: rest.trimmed)
    }

    /// True for an ID of three parts.
    var hasInstanceOfOtherBus: Bool { utf8.count { $0 == UInt8(ascii: "\\") } >= 2 }

    /// What a line of Get-PnpDevice's table tells besides the ID: the name in the third column, and what the class of the
    /// second is for.
    var tableFacts: (name: String?, role: DriverClass.Role?) {
        let columns = replacing("\t", with: "  ").split(separator: "  ").map(\.trimmed).filter { !$0.isEmpty }
        guard columns.count > 1 else { return (nil, nil) }
        let role = columns.lazy.compactMap { DriverClass.Role(className: $0) }.first
        return (columns.count > 3 ? columns[2] : nil, role)
    }
}
