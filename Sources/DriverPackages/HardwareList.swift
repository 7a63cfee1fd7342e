// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The PCI and USB devices of a computer, from a list that Windows, lspci or lsusb printed.
///
/// Understood are `pnputil /enum-devices` with and without `/deviceids`, Get-PnpDevice as a table or a list, a line for
/// each ID, `lspci -nn` with and without `-v`, `lspci -n` and `lsusb`, also one below the other. Labels may be of any
/// language.
public struct HardwareList: Sendable, Equatable {
    /// The name of the file that it came from.
    public let name: String
    /// The devices, in the order of the list, each once.
    public let devices: [HardwareDevice]
    /// How many devices of the list are on other buses: ACPI, HID and so on.
    public let otherDeviceCount: Int

    /// More bytes than any list of a computer has.
    public static let byteCountLimit = 4 << 20
    /// More devices than any computer has.
    static let deviceLimit = 4_096
    /// More IDs than any device has.
    static let idLimit = 64

    /// Reads the list in `bytes`.
    ///
    /// - Parameter name: the file that it came from.
    /// - Throws: ``HardwareListError``.
    public init(_ bytes: [UInt8], name: String) throws(HardwareListError) {
        guard bytes.count <= Self.byteCountLimit else {
            throw HardwareListError(
                .limit, name, "has \(bytes.count) bytes, more than any list of one computer",
                nextStep: "name a list of one computer")
        }
        var reader = HardwareListReader()
        let text = INFText.string(INFText.bytes(bytes))
        // What stands before a line feed of Windows is a blank at the end of the line.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() { reader.read(Substring(line), number: number + 1) }
        reader.finish()
        guard reader.devices.count <= Self.deviceLimit else {
            throw HardwareListError(
                .limit, name, "names more than \(Self.deviceLimit) devices", nextStep: "name a list of one computer")
        }
        guard !reader.devices.isEmpty else {
            if let line = reader.lineWithoutNumbers {
                throw HardwareListError(
                    .noNumbers, name, "has no numbers in line \(line), which lspci printed",
                    nextStep: "make it with lspci -nn -v")
            }
            throw HardwareListError(
                .noDevices, name, "names no PCI and no USB device",
                nextStep: "make it with pnputil /enum-devices /connected /deviceids, lspci -nn -v or lsusb")
        }
        self.name = name
        devices = reader.devices
        otherDeviceCount = reader.otherDeviceCount
    }
}

/// Collects the devices of a list line by line.
struct HardwareListReader {
    private(set) var devices: [HardwareDevice] = []
    private(set) var otherDeviceCount = 0
    /// The first line of lspci that has no numbers.
    private(set) var lineWithoutNumbers: Int?
    private var known: Set<ExactText> = []
    private var current: Device?

    /// A device while its lines are read.
    private struct Device {
        let line: Int
        var name: String?
        var role: DriverClass.Role?
        /// IDs of Windows, in the order of the list.
        var ids: [WindowsDeviceID] = []
        /// What lspci tells.
        var pci: PCINumbers?
        /// True when its lines are `label: value`.
        var isLabelled = false
        /// True when it is on another bus.
        var isOther = false
    }

    private static let otherBuses = [
        "ACPI\\", "ACPI_HAL\\", "HID\\", "SWD\\", "ROOT\\", "HDAUDIO\\", "INTELAUDIO\\", "SCSI\\", "USBSTOR\\", "BTH\\",
        "BTHENUM\\", "DISPLAY\\", "STORAGE\\", "UEFI\\", "HTREE\\", "SW\\", "USB4\\", "IDE\\", "UMB\\",
    ]

    /// Takes in the next line.
    mutating func read(_ line: Substring, number: Int) {
        let text = line.trimmed
        guard !text.isEmpty else { return finish() }
        if let device = LSPCILine(line) {
            finish()
            guard let numbers = device.numbers else {
                lineWithoutNumbers = lineWithoutNumbers ?? number
                return
            }
            current = Device(
                line: number, name: device.name, role: numbers.classCode.map(PCINumbers.role), pci: numbers)
            return
        }
        if current?.pci != nil, line.first == "\t" || line.first == " " {
            if let subsystem = LSPCILine.subsystem(text) { current?.pci?.subsystem = subsystem }
            return
        }
        if let device = LSUSBLine(text) {
            finish()
            current = Device(line: number, name: device.name, ids: WindowsDeviceID.all(in: device.id))
            return finish()
        }
        readWindows(line, text, number)
    }

    /// Takes in a line that Windows printed.
    private mutating func readWindows(_ line: Substring, _ text: String, _ number: Int) {
        let ids = WindowsDeviceID.all(in: text)
        let label = text.label
        let isOther = ids.isEmpty && Self.namesOtherBus(text)
        guard label != nil || (current?.isLabelled == true && (line.first == " " || line.first == "\t")) else {
            // A line of a table, or an ID by itself.
            guard !ids.isEmpty || isOther else { return }
            finish()
            var device = Device(line: number, ids: ids, isOther: isOther)
            (device.name, device.role) = text.tableFacts
            current = device
            return finish()
        }
        // A second instance ID begins another device even where no blank line does.
        let isInstance = ids.first?.hasInstance == true || (isOther && label != nil && text.hasInstanceOfOtherBus)
        if isInstance, let current, current.isOther || current.ids.contains(where: \.hasInstance) { finish() }
        if current == nil { current = Device(line: number) }
        current?.isLabelled = true
        if (current?.ids.count ?? 0) + ids.count <= HardwareList.idLimit { current?.ids += ids }
        if isOther, current?.ids.isEmpty == true { current?.isOther = true }
        guard let label, ids.isEmpty, !isOther else { return }
        if let role = DriverClass.Role(className: label.value) { current?.role = role }
        // Of the lines behind the ID the first is the description, in pnputil's order.
        if label.isName || (current?.name == nil && !(current?.ids.isEmpty ?? true) && !label.isNoName) {
            current?.name = label.value
        }
    }

    /// Takes in what was read of the last device.
    mutating func finish() {
        guard let device = current else { return }
        current = nil
        if device.isOther {
            otherDeviceCount += 1
            return
        }
        guard devices.count <= HardwareList.deviceLimit else { return }
        var ids: [String] = []
        var seen: Set<ExactText> = []
        func add(_ more: [String]) { for id in more where seen.insert(ExactText(id)).inserted { ids.append(id) } }
        var role = device.role
        // What the list has first, which is the device itself; then all that follows from it.
        let code = device.ids.lazy.compactMap(\.classCode).max { $0.utf8.count < $1.utf8.count }
        if let code, PCINumbers.role(ofClassCode: code) != .other || role == nil {
            role = PCINumbers.role(ofClassCode: code)
        }
        if code?.hasPrefix("0280") == true { role = .other }
        if let pci = device.pci { add(pci.ids) }
        for id in device.ids {
            if var pci = id.pci {
                if pci.classCode == nil { pci.classCode = code }
                add(pci.ids)
            }
            if let usb = id.usb { add(usb) }
        }
        // An ID that names a whole class or vendor only adds to a device.
        guard !ids.isEmpty else { return }
        add(device.ids.map(\.id))
        guard known.insert(ExactText(ids[0])).inserted else { return }
        devices.append(HardwareDevice(name: device.name, ids: ids, role: role, line: device.line))
    }

    private static func namesOtherBus(_ text: String) -> Bool {
        let text = text.uppercased()
        return otherBuses.contains { bus in
            guard let range = text.firstRange(of: bus) else { return false }
            return range.lowerBound == text.startIndex || " {:\"'".contains(text[text.index(before: range.lowerBound)])
        }
    }
}
