// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import TSMediaTestSupport

/// Media onto a drive: a loop device.
struct DriveCommand: WritingCommand {
    var name: String
    /// The command line, without the drive.
    var command: @Sendable (Stage) -> [String]
    var sources: [String]
    let units: [String] = []
    static let startsNothing = "it starts nothing"

    func prepare(_ stage: Stage) throws {
        let lines = [
            stage.session.arguments(.standalone) + ["--staging-folder", stage.staging],
            stage.session.arguments(.standalone, "drive.img", ["--media-size", "64MB", "--label", "old"]),
        ]
        for line in lines {
            let result = try stage.run(line)
            guard result.status == 0 else { throw StageFailure("\(line): \(result.errorText)") }
        }
    }

    private func device(_ stage: Stage) throws -> String {
        let image = stage.session.folder.appending("drive.img").string
        let list = try Program.succeed("losetup", ["--noheadings", "--output", "NAME", "--associated", image]).output
        return list.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "/dev/none"
    }

    func begin(_ stage: Stage) throws -> AnyObject? {
        try LoopDevice(on: stage.session.folder.appending("drive.img"), isWritable: true)
    }

    func arguments(_ stage: Stage) throws -> [String] {
        let device = try device(stage)
        return command(stage) + ["--usb", device, "--confirm", device, "--allow-fixed-disk", "--force"]
    }

    func isOwn(_ path: String) -> Bool { path == "out/drive.img" || SharedPlaces.holds(path) }

    func states(in stage: Stage) throws -> [String: String] {
        let device = try device(stage)
        let script = "dd if=\"$1\" bs=512 count=1 2>/dev/null | tail -c 2 | od -An -tx1; sha256sum < \"$1\""
        try Program.succeed("blockdev", ["--flushbufs", device])
        let lines = try Program.succeed("sh", ["-c", script, "sh", device]).output.split(separator: "\n")
        // No boot record, no partition table: nothing that firmware or an operating system takes for media.
        if lines.first?.contains("55 aa") == false { return ["the drive": Self.startsNothing] }
        return ["the drive": lines.last.map(String.init) ?? ""]
    }

    var alsoAllowed: Set<String> { [Self.startsNothing] }
    func places(_ stage: Stage) throws -> [String] { [try device(stage)] }
    /// A loop device belongs to the file that was there first.
    let fitsSmallDisk = false

    static let all = [
        DriveCommand(name: "write", command: { _ in ["write", "media.iso"] }, sources: ["out/media.iso"]),
        DriveCommand(
            name: "create bootable, a drive",
            command: { stage in
                stage.session.arguments(.bootable, "", ["--staging-folder", stage.staging]).filter {
                    $0 != "--output" && !$0.isEmpty
                }
            }, sources: [SharedPlaces.library]),
    ]
}
