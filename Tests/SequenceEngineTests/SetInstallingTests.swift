// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

/// What is kept on the target while volumes are exchanged, on a loop device.
@Suite(
    "A set that installs Windows", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct SetInstallingTests {
    private static let tool: (name: String, bytes: [UInt8]) = ("tool.sh", Array("echo tool\n".utf8))

    /// The parts of the image as a set has them, with the names that the genuine wizard gives them.
    private static func parts() throws -> [(name: String, bytes: [UInt8])] {
        let folder = try TestFolder()
        try Program.succeed(
            "wimlib-imagex",
            ["split", try WindowsStandIn.archive().string, folder.path.appending("part.swm").string, "0.1"])
        let hash = String(repeating: "0123456789ABCDEF", count: 4)
        var parts: [(name: String, bytes: [UInt8])] = []
        while true {
            let number = parts.count
            let path = folder.path.appending(number == 0 ? "part.swm" : "part\(number + 1).swm")
            guard (try? Stat(path)) != nil else { return parts }
            let digits = String(number)
            parts.append(
                (
                    hash + String(repeating: "0", count: 3 - digits.count) + digits + ".swm",
                    try SmallFile.read(path)
                ))
        }
    }

    private static func image(_ destination: String) -> String {
        R.step(
            "Image", "ApplyOperatingSystem",
            [("ImagePackageID", "ABC00010"), ("ImageIndex", "1"), ("DestinationVariable", destination)])
    }

    private static let use = R.step(
        "Use", "RunCommandLine",
        [("CommandLine", "sh tool.sh"), ("PackageID", "ABC00012"), ("OutputVariableName", "Said")])

    private static func installing(
        _ items: String, _ set: SetVolumes, then: [FilePath], mebibytes: Int = 512
    ) throws -> (installing: Installing, drives: ScriptedDrives) {
        let interruption = Interruption()
        let drives = ScriptedDrives(set.root(1), then: then, interruption: interruption)
        let installing = try Installing(
            items, mebibytes: mebibytes, mediaDrives: [ScriptedDrives.drive], interruption: interruption
        ) { _ in
            SetContent(root: set.root(1), manifest: set.manifests[0]) { _ in drives }
        }
        return (installing, drives)
    }

    @Test(
        "an image in parts on three volumes is staged, applied where it is staged or beside that, and gone afterwards",
        arguments: [false, true])
    func split(hasData: Bool) throws {
        let parts = try Self.parts()
        #expect(parts.count >= 3)
        let middle = Array(parts[1..<(parts.count - 1)])
        let set = try SetVolumes(
            3,
            [
                .init(id: "ABC00012", files: [1: [Self.tool]]),
                .init(id: "ABC00010", files: [1: [parts[0]], 2: middle, 3: [parts[parts.count - 1]]]),
            ])
        let (installing, drives) = try Self.installing(
            Self.use + Installing.disk("GPT", data: hasData) + Self.image("OSDisk") + Self.use
                + R.step("Setup", "SetupWindowsAndSMS")
                + R.step("Tool", "RunCommandLine", [("CommandLine", "tool.cmd /quiet"), ("PackageID", "ABC00012")]),
            set, then: [set.root(2), set.root(3)])
        defer { installing.end() }
        let session = installing.run.session
        #expect(try installing.run.findings() == [])
        #expect(session.hasWritten == false)
        #expect(try installing.run.run() == false)
        for action in session.atEnd { try action(session) }
        #expect(session.variables["Said"] == "tool")
        #expect(drives.opened == ["1", "2", "2", "3"])
        let script = try installing.file("Windows/Setup/Scripts/SetupComplete.cmd")
        #expect(script.contains(#"_SMSTaskSequence\Packages\ABC00012"#))
        #expect(try installing.file("_SMSTaskSequence/Packages/ABC00012/tool.sh") == "echo tool\n")
        #expect(try installing.file("Windows/System32/winload.efi").isEmpty == false)
        for letter in hasData ? ["C:", "D:"] : ["C:"] {
            let folder = session.volumes.volumes.first { $0.letter == letter.first }
            #expect(folder != nil)
            #expect(throws: (any Error).self) {
                try installing.file("_SMSTaskSequence/Packages/ABC00010/\(parts[0].name)", letter)
            }
        }
    }

    @Test(
        "parts for which the target has no room are told with the volume's number of bytes, before the image is applied"
    )
    func room() throws {
        let noise = (0..<(20 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let set = try SetVolumes(
            3, [.init(id: "ABC00010", files: [2: [("a.swm", noise)], 3: [("b.swm", noise)]])])
        let disk = R.step(
            "Partition", "PartitionDisk",
            [
                ("PartitionStyle", "MBR"), ("DiskIndex", "0"), ("Partitions", "1"), ("Partitions0Type", "Primary"),
                ("Partitions0FileSystem", "NTFS"), ("Partitions0Size", "100"), ("Partitions0SizeUnits", "PERCENT"),
                ("Partitions0Bootable", "true"), ("Partitions0AssignVolumeLetter", "true"),
                ("Partitions0VolumeLetterVariable", "OSDisk"),
            ])
        let (installing, _) = try Self.installing(
            disk + Self.image("OSDisk"), set, then: [set.root(2), set.root(3)], mebibytes: 32)
        defer { installing.end() }
        let error = #expect(throws: SequenceRunner.Failure.self) { try installing.run.run() }
        #expect(error?.description.contains("has no volume with room for content ABC00010") == true)
    }
}
