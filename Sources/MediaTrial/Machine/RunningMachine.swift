// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A machine that runs: what it says, and what can be done to it.
final class RunningMachine {
    /// Bytes of what the emulator complains of that a message quotes.
    private static let complaintLimit = 2_000
    /// How often a drive is asked whose door the machine keeps shut.
    private static let attempts = 20

    /// The emulator, from when it is started until it ends.
    private struct Power {
        let serialPort, channel, firmwarePort, monitorPort: SocketEnd
        let monitor: MachineMonitor
        let process: MachineProcess
    }

    private let values: VirtualMachine
    private let program: FilePath
    private let interruption: Interruption
    private var power: Power
    private let folder: FilePath
    private let complaints: FilePath
    private var medium: VirtualMachine.Medium
    private var stickCount = 0

    /// Starts `machine` with the emulator `program`, whose own files go to `folder`.
    init(_ machine: VirtualMachine, program: FilePath, in folder: FilePath, interruption: Interruption) throws {
        values = machine
        self.program = program
        self.interruption = interruption
        self.folder = folder
        medium = machine.medium
        complaints = folder.appending("emulator.log")
        power = try Self.start(machine, program, folder, complaints, interruption)
    }

    private static func start(
        _ machine: VirtualMachine, _ program: FilePath, _ folder: FilePath, _ complaints: FilePath,
        _ interruption: Interruption
    ) throws -> Power {
        let (serialPort, monitorPort) = (try SocketEnd(), try SocketEnd())
        let (channel, firmwarePort) = (try SocketEnd(), try SocketEnd())
        // In the order of VirtualMachine.Descriptor.
        let ends = [serialPort, monitorPort, channel, firmwarePort]
        let process = try MachineProcess(
            program, machine.arguments,
            environment: Emulator.environment(temporaryFolder: folder, hasWindow: machine.hasWindow), log: complaints,
            descriptors: ends.map(\.otherEnd))
        for end in ends { end.giveAway() }
        return Power(
            serialPort: serialPort, channel: channel, firmwarePort: firmwarePort, monitorPort: monitorPort,
            monitor: MachineMonitor(monitorPort, interruption: interruption), process: process)
    }

    /// Cuts the power and starts the machine again, from the media that it was started from at first.
    ///
    /// What the machine wrote to its disks and to its firmware's variables is there; what it still held is lost.
    func cutPower() throws {
        power.process.kill()
        (medium, stickCount) = (values.medium, 0)
        power = try Self.start(values, program, folder, complaints, interruption)
        try monitor.open()
    }

    /// Its first serial port.
    var serialPort: SocketEnd { power.serialPort }
    /// The channel of the program that runs task sequences.
    var channel: SocketEnd { power.channel }
    /// What a BIOS says of itself.
    var firmwarePort: SocketEnd { power.firmwarePort }
    /// Whether it can be looked at and changed.
    var monitor: MachineMonitor { power.monitor }

    /// All that speaks.
    var ports: [SocketEnd] { [serialPort, power.monitorPort, channel, firmwarePort] }

    /// The status that the emulator ended with; nil while it runs.
    var endStatus: Int32? { power.process.endStatus }

    /// The status of an emulator that has stopped talking and may not have ended quite yet; nil for one that goes on.
    var statusAfterAll: Int32? {
        for _ in 0..<Self.attempts {
            if let status = endStatus { return status }
            usleep(50_000)
        }
        return nil
    }

    /// What the emulator itself complained of.
    var complaint: String {
        let bytes = (try? SmallFile.read(complaints)) ?? []
        return String(decoding: bytes.suffix(Self.complaintLimit), as: UTF8.self).trimmingTrailing(\.isWhitespace)
    }

    /// Ends the machine as if its plug was pulled; what it wrote is on its disks.
    func stop() { power.process.kill() }

    // MARK: Looking

    /// Makes a picture of the screen and returns where it is.
    func picture() throws -> FilePath {
        let path = folder.appending("screen.png")
        try monitor.execute("screendump", [("filename", .text(path.string)), ("format", .text("png"))])
        return path
    }

    /// What stands on the screen in text mode.
    func textScreen() throws -> TextScreen? {
        let path = folder.appending("screen.bin")
        try monitor.execute(
            "pmemsave",
            [
                ("val", .number(TextScreen.address)), ("size", .number(TextScreen.byteCount)),
                ("filename", .text(path.string)),
            ])
        return TextScreen(try SmallFile.read(path))
    }

    /// What the emulator calls the state of the machine.
    func state() throws -> String {
        guard case .text(let state)? = try monitor.execute("query-status")["status"] else { return "" }
        return state
    }

    // MARK: Media

    /// Takes the media out, so that the next start is from a disk.
    func removeMedium() throws {
        switch medium {
        case .none: break
        case .disc:
            try monitor.execute(
                "eject", [("id", .text(VirtualMachine.DeviceName.disc)), ("force", .truth(true))])
        case .stick: try monitor.execute("device_del", [("id", .text(VirtualMachine.DeviceName.stick))])
        }
        medium = .none
    }

    /// Puts another volume in, in the place of the one that is there.
    func insert(_ volume: FilePath) throws {
        switch medium {
        case .none: break
        case .disc: try insert(disc: volume)
        case .stick: try insert(stick: volume)
        }
    }

    private func insert(disc: FilePath) throws {
        // A system that has locked the door is asked to open it, and takes a while.
        try repeatedly(
            "blockdev-change-medium",
            [
                ("id", .text(VirtualMachine.DeviceName.disc)), ("filename", .text((disc.absolute ?? disc).string)),
                ("format", .text("raw")), ("read-only-mode", .text("read-only")),
            ])
    }

    private func insert(stick: FilePath) throws {
        stickCount += 1
        let node = "stick-\(stickCount)"
        let file: [(String, MachineMonitor.Argument)] = [
            ("driver", .text("file")), ("filename", .text((stick.absolute ?? stick).string)),
            ("read-only", .truth(true)),
        ]
        try monitor.execute("device_del", [("id", .text(VirtualMachine.DeviceName.stick))])
        try monitor.execute(
            "blockdev-add",
            [
                ("driver", .text("raw")), ("node-name", .text(node)), ("read-only", .truth(true)),
                ("file", .object(file)),
            ])
        // The name is free once the machine has let go of the stick before.
        try repeatedly(
            "device_add",
            [
                ("driver", .text("usb-storage")), ("id", .text(VirtualMachine.DeviceName.stick)),
                ("drive", .text(node)), ("removable", .truth(true)),
            ])
    }

    /// Has the emulator do what the machine may not let it do yet.
    private func repeatedly(_ command: String, _ arguments: [(String, MachineMonitor.Argument)]) throws {
        var attempt = 0
        while true {
            do {
                try monitor.execute(command, arguments)
                return
            } catch let refusal as MachineMonitor.Refusal {
                attempt += 1
                guard attempt < Self.attempts else { throw refusal }
                serialPort.wait(milliseconds: 250)
            }
        }
    }
}
