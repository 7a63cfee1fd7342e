// SPDX-License-Identifier: GPL-3.0-or-later

/// The few classes of Windows' management instrumentation that imaging asks for, filled from what the kernel says.
///
/// Names and meanings are those of the classes' documentation (CIMWin32 provider). A property that the kernel does not know is not there, and
/// no query that asks for it holds.
package struct ManagementClasses: Sendable {
    /// A value of a property.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
        case truth(Bool)
        case numbers([Int64])
    }

    /// The properties of an instance, by their names in lower case.
    package typealias Instance = [String: Value]

    private let classes: [String: [Instance]]

    /// What `computer` is.
    package init(_ computer: Computer) {
        func texts(_ fields: [(String, String)]) -> Instance {
            var instance: Instance = [:]
            for (name, field) in fields { instance[name] = computer.dmi(field).map(Value.text) }
            return instance
        }
        var system = texts([
            ("manufacturer", "sys_vendor"), ("model", "product_name"), ("systemfamily", "product_family"),
            ("systemskunumber", "product_sku"),
        ])
        system["systemtype"] = .text("x64-based PC")
        system["totalphysicalmemory"] = computer.memoryByteCount.map(Value.number)
        system["pcsystemtype"] = .number(computer.hasBattery ? 2 : 1)
        var enclosure = texts([
            ("manufacturer", "chassis_vendor"), ("serialnumber", "chassis_serial"),
            ("smbiosassettag", "chassis_asset_tag"), ("version", "chassis_version"),
        ])
        enclosure["chassistypes"] = computer.chassisType.map { .numbers([Int64($0)]) }
        let bios = texts([
            ("manufacturer", "bios_vendor"), ("smbiosbiosversion", "bios_version"), ("serialnumber", "product_serial"),
        ])
        let product = texts([
            ("vendor", "sys_vendor"), ("name", "product_name"), ("version", "product_version"),
            ("identifyingnumber", "product_serial"), ("uuid", "product_uuid"),
        ])
        let board = texts([
            ("manufacturer", "board_vendor"), ("product", "board_name"), ("version", "board_version"),
            ("serialnumber", "board_serial"),
        ])
        classes = [
            "win32_computersystem": [system], "win32_systemenclosure": [enclosure], "win32_bios": [bios],
            "win32_computersystemproduct": [product], "win32_baseboard": [board],
            // Win32_Processor.Architecture: 9 is x64.
            "win32_processor": [["addresswidth": .number(64), "architecture": .number(9), "datawidth": .number(64)]],
            "win32_operatingsystem": [["osarchitecture": .text("64-bit")]],
            "win32_battery": computer.hasBattery ? [["name": .text("Battery")]] : [],
            "win32_portablebattery": computer.hasBattery ? [["name": .text("Battery")]] : [],
            "win32_networkadapter": computer.networkAdapters.map {
                ["name": .text($0.name), "macaddress": .text($0.address)]
            },
        ]
    }

    /// The instances of the class `name`; nil when this table does not have it.
    package func instances(of name: String) -> [Instance]? { classes[name.lowercased()] }

    /// The classes that queries can ask, in lower case.
    package static let names = [
        "win32_computersystem", "win32_systemenclosure", "win32_bios", "win32_computersystemproduct", "win32_baseboard",
        "win32_processor", "win32_operatingsystem", "win32_battery", "win32_portablebattery", "win32_networkadapter",
    ]

    /// The classes that queries can ask, for people.
    package static let readableNames =
        "Win32_ComputerSystem, Win32_ComputerSystemProduct, Win32_SystemEnclosure, Win32_BIOS, Win32_BaseBoard, Win32_Battery or Win32_NetworkAdapter"
}
