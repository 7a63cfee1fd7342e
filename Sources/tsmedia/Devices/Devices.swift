// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import Support
import SystemPackage

/// `tsmedia devices`.
struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the drives, and for each whether and why it may or may not be written.",
        discussion: """
            Nothing is written. Run it as root: others may not look at what is on the drives. docs/devices.md has the \
            rules.
            """,
        examples: [
            #"tsmedia devices"#,
            #"tsmedia devices /dev/disk/by-id/usb-Example_Stick-0:0"#,
        ])

    @Argument(
        help: "Only these drives: nodes, or links to them such as /dev/disk/by-id/...", completion: Completions.drives)
    var devices: [String] = []

    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("devices")
        let drives = BlockDevices()
        var verdicts: [DriveVerdict] = []
        var problems: [DeviceError] = []
        if devices.isEmpty {
            verdicts = try drives.all().map { drives.verdict(on: $0) }
        } else {
            for name in devices {
                do throws(DeviceError) {
                    verdicts.append(drives.verdict(on: try drives.resolve(FilePath(name))))
                } catch {
                    // One name that is wrong does not hide the other drives.
                    problems.append(error)
                }
            }
        }
        if program.json {
            try StandardOutput.printJSON(DevicesReport(verdicts, problems))
        } else if !verdicts.isEmpty {
            try StandardOutput.print(DeviceTable(verdicts: verdicts).lines(width: Terminal.output.width ?? 80))
        } else if problems.isEmpty {
            Console.shared.note("there are no drives")
        }
        for problem in problems.dropFirst() { Console.shared.error(problem) }
        if let first = problems.first { throw first }
    }
}
