// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// An entry of UEFI's boot menu: a program on a partition with a GUID (UEFI 2.10, 3.1.3: EFI_LOAD_OPTION).
public struct EFIBootEntry: Sendable, Equatable {
    /// LOAD_OPTION_ACTIVE.
    private static let active: UInt32 = 1
    /// Types of device paths (UEFI 2.10, 10.3.5.1, 10.3.5.4 and 10.3.1), each with its length.
    private static let hardDrive: [UInt8] = [4, 1, 42, 0]
    private static let filePath: [UInt8] = [4, 4]
    private static let end: [UInt8] = [0x7F, 0xFF, 4, 0]
    /// The partition is one of a GUID partition table, and named by its GUID (10.3.5.1).
    private static let guidTable: [UInt8] = [2, 2]

    /// What the menu shows.
    public var description: String
    /// The number of the partition, from 1.
    public var partition: UInt32
    /// The first sector of the partition, and how many there are.
    public var sectors: Range<UInt64>
    /// The GUID of the partition.
    public var guid: GUID
    /// The program there, names separated by `\`, with one in front.
    public var program: String

    /// Describes an entry.
    public init(description: String, partition: UInt32, sectors: Range<UInt64>, guid: GUID, program: String) {
        self.description = description
        self.partition = partition
        self.sectors = sectors
        self.guid = guid
        self.program = program
    }

    /// The path of the program.
    private var devicePath: [UInt8] {
        var path = Self.hardDrive
        path.append(littleEndian: partition)
        path.append(littleEndian: sectors.lowerBound)
        path.append(littleEndian: UInt64(sectors.count))
        path += guid.stored + Self.guidTable
        let name = Text.encodeUTF16LittleEndian(program + "\0")
        path += Self.filePath
        path.append(littleEndian: UInt16(clamping: name.count + 4))
        return path + name + Self.end
    }

    /// The value of the variable that holds the entry.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.active)
        bytes.append(littleEndian: UInt16(clamping: devicePath.count))
        return bytes + Text.encodeUTF16LittleEndian(description + "\0") + devicePath
    }

    /// Whether the value of a variable starts the same program of the same partition.
    func isStarted(by value: [UInt8]) -> Bool {
        let reader = ByteReader(value)
        guard let length = reader.littleEndian(UInt16.self, at: 4) else { return false }
        var place = 6
        while let unit = reader.littleEndian(UInt16.self, at: place), unit != 0 { place += 2 }
        return reader.slice(at: place + 2, length: Int(length)).map(Array.init) == devicePath
    }
}

/// The boot menu of UEFI: its entries by number, and their order.
public struct EFIBootMenu: Sendable, Equatable {
    /// The values of the variables `Boot0000` and so on.
    public private(set) var entries: [UInt16: [UInt8]]
    /// The order in which entries are tried: the variable `BootOrder`.
    public private(set) var order: [UInt16]

    /// A menu of these variables; `order` is the value of `BootOrder`.
    public init(entries: [UInt16: [UInt8]], order: [UInt8]) {
        self.entries = entries
        let reader = ByteReader(order)
        self.order = stride(from: 0, to: order.count, by: 2).compactMap { reader.littleEndian(at: $0) }
    }

    /// Makes `entry` the first: in the place of one that starts the same, or in the first that is free.
    ///
    /// - Returns: its number; nil when every number is taken.
    @discardableResult
    public mutating func putFirst(_ entry: EFIBootEntry) -> UInt16? {
        let same = entries.filter { entry.isStarted(by: $0.value) }.keys.min()
        guard let number = same ?? (0...UInt16.max).first(where: { entries[$0] == nil }) else { return nil }
        entries[number] = entry.bytes
        order = [number] + order.filter { $0 != number }
        return number
    }

    /// The value of `BootOrder`.
    public var orderBytes: [UInt8] { order.reduce(into: []) { $0.append(littleEndian: $1) } }

    /// The name of the variable of an entry.
    public static func name(_ number: UInt16) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return "Boot" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
