// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import VolumeCapture

@testable import SequenceEngine

/// Capture Operating System Image, from one loop device to another.
@Suite(
    "The step that captures", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct CaptureStepTests {
    /// A computer with a disk that is captured, whose volume C holds `files`, and one with the volume D for images.
    private struct Computer {
        let run: RunningSequence
        let machines: [TargetMachine]

        init(
            _ properties: [(String, String)], variables: [String: String] = [:],
            change: (DiskVolume) throws -> Void = { _ in }
        ) throws {
            run = try RunningSequence(
                RunningSequence.step(
                    "Capture", "CaptureSystemImage", [("CaptureDestination", "D:\\images\\win.wim")] + properties),
                variables: variables)
            let machines = [try TargetMachine(mebibytes: 200), try TargetMachine(mebibytes: 200)]
            self.machines = machines
            for (number, machine) in machines.enumerated() {
                let volumes = try machine.divide(TargetMachine.partitioning("GPT"))
                guard let volume = volumes.volumes[2].disk else { continue }
                let mounted = try MountedVolume(volume, interruption: Interruption())
                if number == 0 {
                    try mounted.folder.write("of the reference".utf8.map(\.self), to: try MediaPath("Data/file.txt"))
                } else {
                    _ = try mounted.folder.makeFolder(try MediaPath("images"))
                }
                try mounted.unmount()
                if number == 0 { try change(volume) }
            }
            run.session.installation.findDisks = { _ in
                try machines.enumerated().map { number, machine in
                    TargetDisk(number: number, device: try BlockDevices().resolve(machine.drive.node))
                }
            }
        }

        /// Lets go of everything.
        func end() {
            try? run.session.unmount { _ in true }
            for machine in machines { machine.drive.detach() }
        }

        /// The image, copied to a file of the test.
        func image() throws -> FilePath {
            let source = try #require(run.session.capturedImage)
            let copy = run.folder.appending("copy.wim")
            try Program.succeed("cp", [source.string, copy.string])
            return copy
        }
    }

    @Test("the volume is captured to the folder of another disk, and the properties of the step stand in the image")
    func captures() throws {
        let computer = try Computer(
            [("ImageCreator", "Tester"), ("ImageDescription", "Reference"), ("ImageVersion", "3")])
        defer { computer.end() }
        #expect(try computer.run.findings() == [])
        #expect(try computer.run.run() == false)
        let image = try computer.image()
        let information = try Program.succeed("wimlib-imagex", ["info", image.string]).output
        #expect(information.contains("Image Count:    1") && information.contains("Reference"))
        let files = try Program.succeed("wimlib-imagex", ["dir", image.string, "1"]).output
        #expect(files.contains("/Data/file.txt") && !files.contains("/images"))
        let log = try computer.run.trace()
        #expect(log.contains { $0.contains("is left out: it is where the image goes") })
        #expect(log.contains { $0.contains("partition 1 of disk 0") && $0.contains("belongs to what starts") })
        #expect(log.contains { $0.contains("no file system") })
        // Captured volumes are there again for the steps behind.
        #expect(computer.run.session.volumes.volume("C:")?.mountPoint != nil)
    }

    @Test("a volume that must not be captured is found before the first write, with the remedy")
    func refused() throws {
        let computer = try Computer([]) { volume in
            let mounted = try MountedVolume(volume, interruption: Interruption())
            try mounted.folder.write(
                Array("hibr".utf8) + [UInt8](repeating: 1, count: 8192), to: try MediaPath("hiberfil.sys"))
            try mounted.unmount()
        }
        defer { computer.end() }
        let findings = try computer.run.findings()
        #expect(findings.map(\.step) == ["Capture"])
        #expect(findings.first?.remedy.description.contains("shutdown /s /t 0") == true)
        #expect(throws: SequenceRunner.Failure.self) { try computer.run.run() }
        #expect(computer.run.session.capturedImage == nil)
    }

    @Test(
        "a Windows that is not ready is told, and where warnings are errors it is not captured",
        arguments: [false, true])
    func readiness(isStrict: Bool) throws {
        let computer = try Computer([], variables: isStrict ? ["TSMediaCaptureStrict": "true"] : [:]) { volume in
            let mounted = try MountedVolume(volume, interruption: Interruption())
            var software = HiveBuilder()
            software.set(
                "ImageState", of: "Microsoft\\Windows\\CurrentVersion\\Setup\\State", to: .text("IMAGE_STATE_COMPLETE"))
            for name in ["SOFTWARE", "SYSTEM"] {
                try mounted.folder.write(software.bytes(), to: try MediaPath("Windows/System32/config/\(name)"))
            }
            try mounted.unmount()
        }
        defer { computer.end() }
        if isStrict {
            #expect(throws: SequenceRunner.Failure.self) { try computer.run.run() }
            #expect(computer.run.session.capturedImage == nil)
        } else {
            _ = try computer.run.run()
            #expect(computer.run.session.capturedImage != nil)
        }
        #expect(
            try computer.run.trace().contains {
                $0.contains("IMAGE_STATE_COMPLETE") && $0.contains("sysprep /generalize")
            })
    }

    @Test("a destination without half of the room that the files take is refused before it is written to")
    func noRoom() throws {
        let computer = try Computer([]) { volume in
            let mounted = try MountedVolume(volume, interruption: Interruption())
            try mounted.folder.write([UInt8](repeating: 7, count: 40 << 20), to: try MediaPath("large.bin"))
            try mounted.unmount()
        }
        defer { computer.end() }
        try computer.run.session.findVolumes()
        let index = try #require(computer.run.session.volumes.index("D:"))
        try computer.run.session.mount(index)
        let root = try #require(computer.run.session.volumes.volumes[index].mountPoint)
        try Program.succeed("dd", ["if=/dev/zero", "of=\(root.appending("full"))", "bs=1M", "count=62", "status=none"])
        let failure = try #require(throws: SequenceRunner.Failure.self) { try computer.run.run() }
        #expect((failure.cause as? CaptureError)?.code == .noRoom, "\(failure)")
        #expect(try FolderEntry.entries(of: root.appending("images")).isEmpty)
    }

    @Test(
        "a path that is none, and an account without a password, are found before the first write",
        arguments: [
            ("win.wim", "is no place for an image"), ("\\\\server\\share\\x.vhd", "is no place for an image"),
            ("\\\\server\\share\\a?.wim", "is no name"), ("\\\\server\\share\\a.wim", "has no password"),
        ])
    func paths(path: String, problem: String) throws {
        let run = try RunningSequence(
            RunningSequence.step(
                "Capture", "CaptureSystemImage", [("CaptureDestination", path), ("CaptureUsername", "A\\b")]))
        run.session.installation.findDisks = { _ in [] }
        let findings = try run.findings()
        #expect(findings.count == 1)
        #expect(findings.first?.problem.description.contains(problem) == true, "\(findings)")
    }
}
