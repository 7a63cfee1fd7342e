// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TrialChannel

/// A machine that media is tried in, as values: what becomes arguments of the emulator.
struct VirtualMachine: Equatable {
    /// A disk that is always there.
    struct Disk: Equatable {
        /// Its bytes.
        let file: FilePath
        /// Whether what the machine writes is forgotten.
        let isThrowAway: Bool
    }

    /// The media that the machine starts from.
    enum Medium: Equatable {
        /// None: it starts from its first disk.
        case none
        /// A disc in a drive.
        case disc(FilePath)
        /// A stick in a USB port; what the machine writes to it is forgotten.
        case stick(FilePath)
    }

    /// Which of the files that the emulator is handed is which, from 3 on.
    enum Descriptor: Int32, CaseIterable {
        case serialPort = 3
        case monitor
        case channel
        /// What SeaBIOS says of itself (SeaBIOS, docs/Debugging.md).
        case firmware
    }

    /// The names of what is changed while the machine runs.
    enum DeviceName {
        static let disc = "disc"
        static let stick = "stick"
        static let usbPorts = "usb"
    }

    /// Where SeaBIOS writes what it says.
    private static let firmwarePort = "0x402"

    var firmware: TrialFirmware
    var acceleration: Acceleration
    /// The code of UEFI, and this machine's own variables.
    var flash: TrialFirmware.Flash?
    var medium: Medium
    var disks: [Disk]
    /// Sticks in USB ports besides the media, for which the ports of the controller are enough.
    var sticks: [Disk] = []
    static let stickLimit = 3
    var hasWindow = false
    var hasNetwork = false
    /// Enough for Windows PE with a boot image of a few hundred megabytes in memory.
    var memoryMebibytes = 2048
    var processorCount = 2

    /// The arguments, of which none depends on where the emulator is.
    var arguments: [String] {
        base + display + firmwareArguments + ports + mediumArguments + diskArguments + stickArguments
    }

    private var base: [String] {
        [
            "-nodefaults", "-no-user-config", "-name", "tsmedia", "-accel", acceleration == .kvm ? "kvm" : "tcg",
            // Windows 11 refuses the default one, which has no SSE 4.2.
            "-cpu", "max", "-smp", "\(processorCount)", "-m", "\(memoryMebibytes)",
        ] + network + firmware.machineArguments
    }

    /// Addresses from a server of the emulator's own, and everything else through this computer (QEMU, "Using the user mode
    /// network stack"); no firmware starts from it.
    private var network: [String] {
        guard hasNetwork else { return ["-nic", "none"] }
        return ["-netdev", "user,id=network", "-device", "e1000e,netdev=network,romfile="]
    }

    /// Without a window the emulator may do nothing but emulate: what runs in the machine is as hostile as media may be.
    private var display: [String] {
        guard !hasWindow else { return ["-device", "VGA", "-display", "gtk"] }
        return [
            "-device", "VGA", "-display", "none", "-sandbox",
            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        ]
    }

    private var firmwareArguments: [String] {
        guard let flash else { return [] }
        return [
            "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=\(flash.code.asDriveValue)",
            "-drive", "if=pflash,unit=1,format=raw,file=\(flash.variables.asDriveValue)",
        ]
    }

    private static func socket(_ name: String, _ descriptor: Descriptor) -> [String] {
        ["-chardev", "socket,id=\(name),fd=\(descriptor.rawValue)"]
    }

    private var ports: [String] {
        Self.socket("serial", .serialPort) + ["-serial", "chardev:serial"]
            + Self.socket("monitor", .monitor) + ["-mon", "chardev=monitor,mode=control"]
            + Self.socket("channel", .channel)
            + [
                "-device", "virtio-serial-pci", "-device",
                "virtserialport,chardev=channel,name=\(TrialChannel.portName)",
            ]
            + (firmware == .bios
                ? Self.socket("firmware", .firmware)
                    + ["-device", "isa-debugcon,iobase=\(Self.firmwarePort),chardev=firmware"] : [])
    }

    private var mediumArguments: [String] {
        switch medium {
        case .none: []
        case .disc(let file):
            [
                "-drive", "if=none,id=disc-medium,media=cdrom,format=raw,readonly=on,file=\(file.asDriveValue)",
                "-device", "ide-cd,id=\(DeviceName.disc),\(firmware.discPort),drive=disc-medium,bootindex=1",
            ]
        case .stick(let file):
            [
                "-device", Self.usbController, "-drive",
                "if=none,id=stick-medium,format=raw,snapshot=on,file=\(file.asDriveValue)",
                "-device", "usb-storage,id=\(DeviceName.stick),drive=stick-medium,removable=on,bootindex=1",
            ]
        }
    }

    private static let usbController = "qemu-xhci,id=\(DeviceName.usbPorts)"

    private var stickArguments: [String] {
        var hasController = false
        if case .stick = medium { hasController = true }
        let controller = hasController || sticks.isEmpty ? [] : ["-device", Self.usbController]
        return controller
            + sticks.enumerated().flatMap { number, stick in
                [
                    "-drive",
                    "if=none,id=stick\(number),format=raw,\(stick.isThrowAway ? "snapshot=on," : "")file=\(stick.file.asDriveValue)",
                    "-device", "usb-storage,drive=stick\(number),serial=TSMEDIASTICK\(number),removable=on",
                ]
            }
    }

    private var diskArguments: [String] {
        var hasDisc = false
        if case .disc = medium { hasDisc = true }
        return zip(firmware.diskPorts(besideDisc: hasDisc), disks).enumerated().flatMap { number, place in
            let (port, disk) = place
            let forgets = disk.isThrowAway ? "snapshot=on," : ""
            return [
                "-drive", "if=none,id=disk\(number),format=raw,\(forgets)file=\(disk.file.asDriveValue)",
                "-device", "ide-hd,\(port),drive=disk\(number),serial=TSMEDIA\(number),bootindex=\(number + 2)",
            ]
        }
    }
}
