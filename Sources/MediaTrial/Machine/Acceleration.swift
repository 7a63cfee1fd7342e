// SPDX-License-Identifier: GPL-3.0-or-later

internal import CMachineProbe
import Glibc
import Support
import SystemPackage

/// By what the instructions of a machine are executed.
public enum Acceleration: String, Sendable {
    /// By the processor (KVM).
    case kvm
    /// By a program (TCG), some ten times as slowly.
    case none

    private static let device = "/dev/kvm"
    /// What the probe may take: with a processor it takes a tenth of that.
    private static let patience: Duration = .seconds(1)

    /// KVM where it is there and works: `program` runs a boot sector in it that has to come to its end soon.
    ///
    /// Where virtual machines hold others, the device may be there and a machine stop in it, or crawl.
    static func find(program: FilePath, in folder: FilePath, interruption: Interruption) throws -> Acceleration {
        guard access(device, R_OK | W_OK) == 0, let probe = tsm_machine_probe() else { return .none }
        let sector = folder.appending("probe.img")
        let bytes = UnsafeBufferPointer(start: probe, count: Int(TSM_MACHINE_PROBE_SIZE))
        try FileError.wrap("written", sector) {
            let file = try FileDescriptor.open(
                sector, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            _ = try file.closeAfter { try file.writeAll(bytes) }
        }
        let process = try MachineProcess(
            program,
            [
                "-nodefaults", "-no-user-config", "-machine", "pc", "-accel", "kvm", "-m", "16", "-display", "none",
                "-no-reboot", "-device", "isa-debug-exit,iobase=0x501,iosize=1", "-drive",
                "file=\(sector.asDriveValue),format=raw,if=ide,readonly=off,snapshot=on",
            ], environment: Emulator.environment(temporaryFolder: folder, hasWindow: false),
            log: folder.appending("probe.log"), descriptors: [])
        defer { process.kill() }
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            try interruption.check()
            if let status = process.endStatus { return status == TSM_MACHINE_PROBE_STATUS ? .kvm : .none }
            usleep(5_000)
        }
        return .none
    }
}
