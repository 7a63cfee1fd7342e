// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import Testing

@testable import MediaTrial

@Suite("A virtual machine's arguments")
struct VirtualMachineTests {
    private static let flash = TrialFirmware.Flash(code: "/f/code.fd", variables: "/t/vars.fd")

    private static func machine(
        _ firmware: TrialFirmware, _ medium: VirtualMachine.Medium = .disc("/m/a.iso"),
        disks: [VirtualMachine.Disk] = [.init(file: "/t/disk0.img", isThrowAway: false)]
    ) -> VirtualMachine {
        VirtualMachine(
            firmware: firmware, acceleration: .none, flash: firmware == .bios ? nil : flash, medium: medium,
            disks: disks)
    }

    /// The values of the option `name`.
    private static func values(_ name: String, _ machine: VirtualMachine) -> [String] {
        let arguments = machine.arguments
        return arguments.indices.filter { arguments[$0] == name }.map { arguments[$0 + 1] }
    }

    @Test("a BIOS has the old chipset, UEFI the new one with its own variables, Secure Boot what protects its keys")
    func firmware() {
        #expect(Self.values("-machine", Self.machine(.bios)) == ["pc"])
        #expect(!Self.machine(.bios).arguments.contains { $0.contains("pflash") })
        #expect(Self.values("-machine", Self.machine(.uefi)) == ["q35"])
        #expect(Self.values("-global", Self.machine(.uefi)) == [])
        let secure = Self.machine(.secure)
        #expect(Self.values("-machine", secure) == ["q35,smm=on"])
        #expect(Self.values("-global", secure) == ["driver=cfi.pflash01,property=secure,value=on"])
        #expect(
            Self.values("-drive", secure).filter { $0.contains("pflash") } == [
                "if=pflash,unit=0,format=raw,readonly=on,file=/f/code.fd",
                "if=pflash,unit=1,format=raw,file=/t/vars.fd",
            ])
    }

    @Test(
        "no machine has a network that was not asked for, or files of the user's configuration, and one without a window may start no program",
        arguments: TrialFirmware.allCases)
    func confinement(firmware: TrialFirmware) {
        var machine = Self.machine(firmware)
        #expect(Self.values("-nic", machine) == ["none"])
        #expect(machine.arguments.contains("-no-user-config") && machine.arguments.contains("-nodefaults"))
        #expect(Self.values("-sandbox", machine).first?.contains("spawn=deny") == true)
        #expect(Self.values("-display", machine) == ["none"])
        machine.hasNetwork = true
        #expect(Self.values("-nic", machine) == [])
        #expect(Self.values("-netdev", machine) == ["user,id=network"])
        machine.hasWindow = true
        #expect(Self.values("-display", machine) == ["gtk"])
    }

    @Test("media is never written: a disc is read-only, what is written to a stick is forgotten; disks follow in order")
    func media() {
        let disks: [VirtualMachine.Disk] = [
            .init(file: "/t/0.img", isThrowAway: false), .init(file: "/d/1.img", isThrowAway: true),
        ]
        let disc = Self.values("-drive", Self.machine(.bios, disks: disks))
        #expect(
            disc == [
                "if=none,id=disc-medium,media=cdrom,format=raw,readonly=on,file=/m/a.iso",
                "if=none,id=disk0,format=raw,file=/t/0.img", "if=none,id=disk1,format=raw,snapshot=on,file=/d/1.img",
            ])
        let stick = Self.machine(.bios, .stick("/m/a.img"))
        #expect(Self.values("-drive", stick)[0].contains("snapshot=on"))
        #expect(Self.values("-device", stick).contains { $0.hasPrefix("usb-storage") && $0.contains("bootindex=1") })
        #expect(
            Self.values("-device", Self.machine(.uefi)).contains { $0.hasPrefix("ide-cd") && $0.contains("bus=ide.2,") }
        )
        let prestaged = Self.machine(.bios, .none, disks: disks)
        #expect(Self.values("-device", prestaged).filter { $0.contains("bootindex") }.map(\.last) == ["2", "3"])
    }

    @Test("names with commas and colons stay names, and relative ones begin with a slash")
    func names() {
        let machine = Self.machine(
            .bios, .disc("/m/a,readonly=off.iso"), disks: [.init(file: "nbd:x", isThrowAway: true)])
        let drives = Self.values("-drive", machine)
        #expect(drives[0].hasSuffix(",file=/m/a,,readonly=off.iso"))
        #expect(drives[1].contains(",file=/") && drives[1].hasSuffix("/nbd:x"))
    }

    @Test("the channel has the name that both sides know, and a BIOS says what it does")
    func ports() {
        #expect(
            Self.values("-device", Self.machine(.uefi)).contains("virtserialport,chardev=channel,name=org.tsmedia.try"))
        #expect(Self.values("-chardev", Self.machine(.uefi)).map(\.last) == ["3", "4", "5"])
        #expect(Self.values("-chardev", Self.machine(.bios)).map(\.last) == ["3", "4", "5", "6"])
    }
}
