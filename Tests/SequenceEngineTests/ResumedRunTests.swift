// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

/// A step at which the power goes when it runs for the first time: the file in its property says whether it did.
private struct PowerFailure: StepAction {
    static let stepTypes = ["SMS_TaskSequence_PowerFailureAction"]
    static let phase = StepPhase.anyTime
    private let flag: FilePath

    init(_ values: StepValues) throws { flag = FilePath(values["Flag"]) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        guard (try? Stat(flag)) == nil else { return .done }
        try AtomicFile.create([], at: flag)
        throw InterruptedError()
    }
}

/// A computer with one disk, which is started again and again with the same media.
private final class RestartedComputer {
    private static let actions = StepActions([
        RunCommandLine.self, SetVariable.self, SetDynamicVariables.self, RestartComputer.self, FormatDisk.self,
        ApplyOperatingSystem.self, ApplyDataImage.self, ApplyWindowsSettings.self, ApplyNetworkSettings.self,
        ApplyDriverPackage.self, SetupWindows.self, PowerFailure.self,
    ])

    let first: Installing
    let flags: TestFolder
    private let items: String
    private let variables: [String: String]
    private(set) var runs: [RunningSequence] = []
    /// What somebody answers who is asked; nil for unattended media.
    var identity = StateSample.identity

    init(_ items: (TestFolder) -> String, mebibytes: Int = 512, variables: [String: String] = [:]) throws {
        flags = try TestFolder()
        self.items = items(flags)
        self.variables = variables
        first = try Installing(self.items, mebibytes: mebibytes, variables: variables)
    }

    static func failure(_ name: String, _ flags: TestFolder) -> String {
        R.step("Power fails \(name)", "PowerFailure", [("Flag", flags.appending(name).string)])
    }

    /// Starts the computer; returns how its run ends, nil when the power failed.
    func start(prepare: (RunningSequence) throws -> Void = { _ in }) throws -> SequenceRunner.End? {
        let run = try RunningSequence(items, variables: variables, actions: Self.actions)
        runs.append(run)
        Installing.use(first.drive.node, by: run)
        try Folder.create(run.session.computer.root.appending("sys/firmware/efi"))
        try Folder.create(run.session.mediaRoot.appending("SMS"))
        try Program.succeed(
            "ln",
            [
                "-s", first.run.session.mediaRoot.appending("SMS/PKG").string,
                run.session.mediaRoot.appending("SMS/PKG").string,
            ])
        try prepare(run)
        let resumption = Resumption(run.session, identity, run.sequence, children: [])
        _ = try resumption.begin()
        #expect(try run.findings() == [])
        try resumption.discard()
        defer { try? run.session.unmount { _ in true } }
        do {
            let end = try run.end()
            if end == .ended {
                for action in run.session.atEnd { try action(run.session) }
            }
            if end != .restartIntoMedia { run.session.keeper?.forget() }
            return end
        } catch is InterruptedError {
            return nil
        }
    }

    var session: EngineSession { runs[runs.count - 1].session }

    /// A file of the volume with `letter`.
    func file(_ path: String, _ letter: String = "C:") throws -> String {
        try session.unmount { _ in true }
        let volume = try #require(session.volumes.volume(letter)?.disk)
        let loop = try LoopDevice(on: first.drive.image, volume.range)
        return try Program.succeed("ntfscat", ["-f", loop.node.string, path]).output
    }

    func end() {
        try? session.unmount { _ in true }
        first.end()
    }
}

@Suite(
    "A run that is cut and goes on", .serialized,
    .enabled(if: TargetMachine.isPossible, Comment(rawValue: TargetMachine.reason)))
struct ResumedRunTests {
    private static let image = R.step(
        "Image", "ApplyOperatingSystem",
        [
            ("ImagePackageID", "ABC00010"), ("ImageIndex", "1"), ("DestinationVariable", "OSDisk"),
            ("ConfigFilePackage", "ABC00012"), ("ConfigFileName", "Unattend.XML"),
        ])
    private static let settings = R.step(
        "Settings", "ApplyWindowsSettings",
        [("ComputerName", "%Wanted%"), ("AdminPassword", "%Pass%"), ("TimeZone", "W. Europe Standard Time")])
    private static let drivers = R.step("Drivers", "ApplyDriverPackage", [("DriverPackageID", "ABC00011")])
    private static let setup = R.step("Setup", "SetupWindowsAndSMS")
    private static let tool = R.step(
        "Tool", "RunCommandLine", [("CommandLine", "tool.cmd %Wanted% %Counted%"), ("PackageID", "ABC00012")])

    private static func secret(_ name: String, _ value: String) -> String {
        R.step(
            "Set \(name)", "SetVariable",
            [("VariableName", name), ("VariableValue", value), ("DoNotShowVariableValue", "true")])
    }

    @Test("after a cut behind every step, everything is as if none had been")
    func everywhere() throws {
        let computer = try RestartedComputer { flags in
            func cut(_ name: String) -> String { RestartedComputer.failure(name, flags) }
            let counting = R.command(
                "Count", "echo x &gt;&gt;\(flags.appending("count")); wc -l &lt;\(flags.appending("count"))"
            )
            .replacing(
                "</defaultVarList>",
                with: "<variable name=\"O\" property=\"OutputVariableName\">Counted</variable></defaultVarList>")
            return R.set("Wanted", "PC-0815") + Self.secret("Pass", "s3cret-of-all") + Installing.disk("GPT") + cut("1")
                + R.set("Wanted", "PC-4711") + counting + cut("2") + Self.image + cut("3")
                + "<group name=\"G\" description=\"\"><condition>\(R.variable("Wanted", "equals", "PC-4711"))</condition>"
                + R.set("Wanted", "PC-9") + Self.settings + cut("4") + Self.drivers + cut("5") + "</group>" + Self.setup
                + cut("6") + Self.tool + cut("7")
        }
        defer { computer.end() }
        for number in 1...5 { #expect(try computer.start() == nil, "cut \(number)") }
        // Behind Setup Windows there is nothing that a cut could stop but the writing of how far it is.
        #expect(try computer.start() == nil)
        #expect(try computer.start() == nil)
        // A content that was half copied.
        let volume = try #require(computer.session.volumes.volume("C:")?.disk)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        let half = "_SMSTaskSequence/Packages/ABC00012.partial/tool.cmd"
        try mounted.folder.write(Array("half".utf8), to: try MediaPath(half))
        try mounted.unmount()
        #expect(try computer.start() == .ended)
        #expect(try computer.file("_SMSTaskSequence/Packages/ABC00012/tool.cmd") == "echo tool\r\n")
        #expect(throws: (any Error).self) { try computer.file(half) }
        #expect(try String(decoding: SmallFile.read(computer.flags.appending("count")), as: UTF8.self) == "x\n")
        let answers = try computer.file("Windows/Panther/Unattend/Unattend.xml")
        for part in ["<!-- kept -->", "<ComputerName>PC-9</ComputerName>", "AddDrivers.cmd"] {
            #expect(answers.contains(part), "\(part) in \(answers)")
        }
        let script = try computer.file("Windows/Setup/Scripts/SetupComplete.cmd")
        #expect(script.contains("call tool.cmd PC-9 1 "), "\(script)")
        #expect(!script.contains("SetupComplete-image"))
        #expect(throws: (any Error).self) { try computer.file("_SMSTaskSequence/RunState1.dat") }
        let traces = try computer.runs.flatMap { try $0.trace() }
        #expect(traces.count { $0.hasSuffix("everything on it is lost") } == 1)
        #expect(traces.count { $0.contains("is applied to") } == 1)
    }

    @Test("no secret is in what is kept, whatever its variable is called or set from")
    func secrets() throws {
        let computer = try RestartedComputer(
            { flags in
                Installing.disk("GPT") + Self.secret("Pass", "s3cret-of-all") + R.set("Plain", "p %Pass% q")
                    + R.set("Shown", "seen") + R.command("Nothing", "true") + RestartedComputer.failure("1", flags)
            }, variables: [:])
        defer { computer.end() }
        #expect(try computer.start() == nil)
        func isOnDisk(_ text: String) throws -> Bool {
            try Program.run("grep", ["-aqF", text, computer.first.drive.image.string]).status == 0
        }
        #expect(try isOnDisk("\"Shown\"") && isOnDisk("\"seen\""))
        #expect(try !isOnDisk("s3cret-of-all"))
        #expect(try computer.start() == .ended)
        #expect(computer.session.variables["Plain"] == "p s3cret-of-all q")
        #expect(computer.session.variables.isSecret("Pass"))
    }

    @Test("an image that was half applied is applied anew, whatever a cut has left of the volume")
    func halfApplied() throws {
        let computer = try RestartedComputer { flags in
            Installing.disk("GPT") + R.set("Kept", "1") + Self.image + RestartedComputer.failure("1", flags)
                + Self.setup
        }
        defer { computer.end() }
        #expect(try computer.start() == nil)
        // As it was while the image was applied: the step has begun, and records of files hold something else.
        var kept = try #require(computer.session.keeper?.state)
        let image = try #require(kept.steps.last)
        kept.steps.removeLast()
        kept.done = image.number - 1
        kept.begun = RunState.Begun(number: image.number, name: "Image")
        kept.windows = nil
        let volume = try #require(computer.session.volumes.volume("C:")?.disk)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        try StateStore(mounted.folder.root, on: volume.node).write(kept)
        try mounted.unmount()
        let records = try Program.succeed("ntfsinfo", ["-m", "-f", volume.node.string]).output
        let table = try #require(
            records.split(separator: "\n").first { $0.contains("LCN of Data Attribute for FILE_MFT") }?
                .split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) })
        // From the 100th record on, behind those of the state.
        try Program.succeed(
            "dd",
            [
                "if=/dev/urandom", "of=\(volume.node)", "bs=1024", "seek=\(table * 4 + 100)", "count=200",
                "conv=notrunc", "status=none",
            ])
        #expect(try computer.start() == .ended)
        let trace = try computer.runs[1].trace()
        #expect(trace.contains("step 'Image' had begun, and was interrupted: it begins again"), "\(trace)")
        #expect(trace.contains { $0.contains("is formatted again") })
        #expect(computer.session.variables["Kept"] == "1")
        #expect(try computer.file("Windows/Panther/Unattend/Unattend.xml").contains("<!-- kept -->"))
        let loop = try LoopDevice(on: computer.first.drive.image, volume.range)
        try Program.succeed("ntfsresize", ["--info", "--force", loop.node.string])
    }

    @Test("a restart into the boot image goes on behind it without a question, with the log before")
    func restart() throws {
        let restart = R.step("Restart", "Reboot", [("Target", "WinPE")])
        let computer = try RestartedComputer { _ in
            Installing.disk("GPT") + R.set("Before", "1") + restart + Self.image + restart + Self.setup
        }
        defer { computer.end() }
        #expect(try computer.start() == .restartIntoMedia)
        try computer.session.keeper?.keepLog()
        try computer.session.unmount { _ in true }
        #expect(try computer.start() == .restartIntoMedia)
        #expect(try computer.start() == .ended)
        #expect(computer.session.variables["Before"] == "1")
        let trace = try computer.runs[1].trace()
        #expect(
            trace.contains { $0.hasSuffix("everything on it is lost") }
                && trace.contains { $0.contains("is applied to") })
        #expect(throws: (any Error).self) { try computer.file("_SMSTaskSequence/smsts.log") }
    }

    @Test("a restart into the boot image is refused before there is a volume that keeps how far it is")
    func restartTooEarly() throws {
        let restart = R.step("Restart", "Reboot", [("Target", "WinPE")])
        let installing = try Installing(restart + Installing.disk("GPT") + Self.image + Self.setup + restart)
        defer { installing.end() }
        #expect(try installing.run.findings().map(\.step) == ["Restart", "Restart"])
    }

    @Test("what other media has left is discarded by unattended media, and never taken for its own")
    func other() throws {
        let computer = try RestartedComputer { flags in
            Installing.disk("GPT") + Self.image + RestartedComputer.failure("1", flags) + Self.setup
        }
        defer { computer.end() }
        #expect(try computer.start() == nil)
        computer.identity = RunState.Identity(media: "{other}", sequence: computer.identity.sequence, name: "Other")
        #expect(try computer.start() == .ended)
        let trace = try computer.runs[1].trace()
        #expect(
            trace.contains { $0.contains("what a task sequence had left on") && $0.hasSuffix("is removed") }, "\(trace)"
        )
        #expect(trace.contains { $0.hasSuffix("everything on it is lost") })
    }

    @Test("what Configuration Manager's client has left is told, and only its variables go")
    func client() throws {
        let computer = try RestartedComputer { flags in
            Installing.disk("GPT") + Self.image + Self.setup + RestartedComputer.failure("1", flags)
        }
        defer { computer.end() }
        #expect(try computer.start() == nil)
        let volume = try #require(computer.session.volumes.volume("C:")?.disk)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        try StateStore(mounted.folder.root, on: volume.node).remove()
        try mounted.folder.write(Array("x".utf8), to: try MediaPath("_SMSTaskSequence/TSEnv.dat"))
        try mounted.folder.write(Array("kept".utf8), to: try MediaPath("_SMSTaskSequence/UserState/file"))
        try mounted.unmount()
        let found = try StateSearch(computer.session).found()
        #expect(found.map(\.kind) == [.client])
        try StateSearch(computer.session).discard(found)
        #expect(try StateSearch(computer.session).found() == [])
        #expect(try computer.file("_SMSTaskSequence/UserState/file") == "kept")
    }

    @Test("a disk that is not there any more, and a secret that no step gives again, cannot go on: it begins anew")
    func impossible() throws {
        let state = StateSample.state(2)
        let run = try R(R.set("A", "1") + R.set("B", "2"))
        let none = #expect(throws: EngineError.self) {
            try RunRestoration(run.session, run.sequence, children: []).restore(state)
        }
        #expect(none?.description.contains("had 20 steps, and has 2 now") == true)
        let computer = try RestartedComputer { flags in
            Installing.disk("GPT") + RestartedComputer.failure("1", flags) + Self.image + Self.setup
        }
        defer { computer.end() }
        #expect(try computer.start() == nil)
        // Somebody else has divided the disk meanwhile: the partitions have other numbers.
        var kept = try #require(computer.session.keeper?.state)
        kept.volumes = kept.volumes.map { volume in
            RunState.Volume(
                device: .gpt(
                    disk: GUID(Array(repeating: 9, count: 16)), partition: GUID(Array(repeating: 9, count: 16))),
                disk: 0, partition: volume.partition, letter: volume.letter, fileSystem: volume.fileSystem,
                label: volume.label, isDivided: true)
        }
        let volume = try #require(computer.session.volumes.volume("C:")?.disk)
        let mounted = try MountedVolume(volume, interruption: Interruption())
        try StateStore(mounted.folder.root, on: volume.node).write(kept)
        try mounted.unmount()
        #expect(try computer.start() == .ended)
        let trace = try computer.runs[1].trace()
        #expect(trace.contains { $0.contains("which it made, is not in this computer") }, "\(trace)")
        #expect(trace.contains { $0.hasSuffix("everything on it is lost") })
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
    }
}
