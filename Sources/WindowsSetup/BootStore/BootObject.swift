// SPDX-License-Identifier: GPL-3.0-or-later

import Registry
import Support

/// The number of an element of a BCD object: its format, what kind of object it is for, and which it is
/// (docs/formats/bcd.md section 2).
struct BootElement: Sendable, Hashable {
    let number: UInt32

    /// Where an application lies: `device`.
    static let device = BootElement(number: 0x1100_0001)
    /// Its path there: `path`.
    static let path = BootElement(number: 0x1200_0002)
    /// What a menu shows: `description`.
    static let description = BootElement(number: 0x1200_0004)
    /// The language of its messages: `locale`.
    static let locale = BootElement(number: 0x1200_0005)
    /// Objects whose elements count too: `inherit`.
    static let inherit = BootElement(number: 0x1400_0006)
    /// Settings of other systems do not count: `isolatedcontext`.
    static let isolatedContext = BootElement(number: 0x1600_0060)
    /// The entry that is started: `default`.
    static let defaultEntry = BootElement(number: 0x2300_0003)
    /// The entries of the menu: `displayorder`.
    static let displayOrder = BootElement(number: 0x2400_0001)
    /// How long the menu waits, in seconds: `timeout`.
    static let timeout = BootElement(number: 0x2500_0004)
    /// The volume of Windows: `osdevice`.
    static let systemDevice = BootElement(number: 0x2100_0001)
    /// The folder of Windows there: `systemroot`.
    static let systemRoot = BootElement(number: 0x2200_0002)
    /// Which programs memory without code is kept from: `nx`; 0 is "opt in".
    static let noExecute = BootElement(number: 0x2500_0020)
    /// What the menu looks like: `bootmenupolicy`; 1 is "standard".
    static let menuPolicy = BootElement(number: 0x2500_00C2)

    /// The name of its key in a store.
    var keyName: String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}

/// An object of a BCD store.
struct BootObject: Sendable {
    /// What an object is (docs/formats/bcd.md section 2).
    enum Kind: UInt32 {
        /// The boot manager of Windows.
        case bootManager = 0x1010_0002
        /// What starts Windows.
        case loader = 0x1020_0003
        /// Settings that every object may inherit.
        case settings = 0x2010_0000
        /// Settings for what starts Windows.
        case loaderSettings = 0x2020_0003
    }

    let identifier: GUID
    let kind: Kind
    let elements: [BootElement: RegistryData]

    /// The name of its key in a store, and how elements of other objects name it.
    static func name(_ identifier: GUID) -> String { "{\(identifier.text(.lower))}" }

    /// A number of 64 bits, as elements have them.
    static func integer(_ value: UInt64) -> RegistryData {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        return .binary(bytes)
    }

    /// The object as a key.
    var key: RegistryKey {
        var key = RegistryKey()
        key.set("Type", to: .number(kind.rawValue), at: ["Description"])
        key.make(["Elements"])
        for (element, data) in elements { key.set("Element", to: data, at: ["Elements", element.keyName]) }
        return key
    }
}
