// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Markup
import MediaFormat
import MediaVariables
import SequenceTools
import Support
import TaskSequence
import TrialChannel

/// Media that holds a task sequence, which is run.
struct SequenceRun: MediaRun {
    private let opened: UnlockedMedia
    private let session: EngineSession

    init(_ opened: UnlockedMedia, _ session: EngineSession) {
        self.opened = opened
        self.session = session
    }

    func run() throws -> EngineReport.Outcome {
        guard let document = try opened.media.policies(opened.password, opened.variables) else {
            throw EngineError(
                .media, "this media", "holds no task sequence",
                nextStep: "make it again, with the task sequence and an open boot image")
        }
        try runPrestartCommand()
        // A partition of the computer's own disk, which steps write to: all of it that matters has been read.
        if opened.media.bootstrap.mediaType == .prestaged { try VolumeMounting.unmount(session.mediaRoot) }
        session.policies = document
        return try run(Policy(document))
    }

    /// The command that the media runs before its task sequence.
    private func runPrestartCommand() throws {
        guard let command = opened.variables[MediaVariableName.prestartCommand], !command.isEmpty else { return }
        if let program = WindowsCommand.program(of: command) {
            throw EngineError(
                .command, "the prestart command", "runs \(program), which is a program of Windows",
                nextStep: "make the media again with a command of Linux, or without one")
        }
        session.presenter.say("The prestart command of the media runs.")
        session.log.note("prestart command: \(session.variables.redacted(command))")
        let (code, output) = try session.programs.run(
            session.variables.expand(command), in: session.mediaRoot, timeoutSeconds: nil, outputLimit: 1 << 20,
            interruption: session.interruption)
        if !output.isEmpty { session.log.note(session.variables.redacted(output)) }
        guard code == 0 else {
            throw EngineError(
                .command, "the prestart command", "ended with \(code)",
                nextStep: "see what it says in the log, and make the media again")
        }
    }

    /// What runs: a state of something else is none of this run.
    private func identity(_ policy: Policy) -> RunState.Identity {
        let hash = SHA256()
        for instance in [policy.root] + policy.children {
            for text in [instance.taskSequenceID, instance.sequence] {
                var bytes: [UInt8] = []
                bytes.append(littleEndian: UInt64(text.utf8.count))
                hash.update(bytes + text.utf8)
            }
        }
        return RunState.Identity(
            media: opened.variables["_SMSMediaGuid"] ?? opened.media.manifest?.mediaGuid ?? "",
            sequence: hash.finalize().description, name: policy.root.taskSequenceName)
    }

    private func run(_ policy: Policy) throws -> EngineReport.Outcome {
        func read(_ instance: Policy.Instance) throws -> SequenceDefinition {
            let name = "task sequence \(instance.taskSequenceName)"
            return try SequenceDefinition(XMLReader.read(instance.sequence, source: name).root, source: name)
        }
        let sequence = try read(policy.root)
        let children = try policy.children.map { (id: $0.taskSequenceID, sequence: try read($0)) }
        session.variables.set("_SMSTSPackageName", to: policy.root.taskSequenceName)
        let resumption = Resumption(session, identity(policy), sequence, children: children)
        if try resumption.begin() == .first, !session.isUnattended {
            try session.presenter.confirm(
                title: "Task sequence media",
                text: [
                    "This computer will be set up by the task sequence", "", "    " + policy.root.taskSequenceName, "",
                    "What is on its disks may be lost.",
                ], keys: "Enter: begin    To stop, switch the computer off.", interruption: session.interruption)
        }
        try session.content.begin(session)
        session.presenter.say("Checking whether the task sequence can run on this computer.")
        var told = ""
        session.content.observer = { [presenter = session.presenter] name, share in
            let text = "Checking \(name) of the media: \(Int(share * 20) * 5) %"
            if text != told { presenter.say(text) }
            told = text
        }
        func check() throws {
            let findings = try Preflight(session, children: children).findings(sequence)
            guard findings.isEmpty else { throw PreflightRefusal(findings: findings) }
        }
        try check()
        // What came is looked at as what was there before.
        if try session.content.fetch() { try check() }
        session.log.note("preflight: nothing speaks against the task sequence")
        try resumption.discard()
        let runner = SequenceRunner(session, sequence, children: children)
        session.presenter.begin(sequence: policy.root.taskSequenceName, stepCount: runner.stepCount)
        let end: SequenceRunner.End
        do {
            end = try runner.run(sequence)
        } catch let failure as SequenceRunner.Failure {
            session.atEnd.append { $0.keeper?.forget() }
            throw failure
        }
        guard end != .restartIntoMedia else { throw MediaRestart() }
        session.atEnd.append { $0.keeper?.forget() }
        return end == .restart || session.isWindowsSetUp ? .restarting : .succeeded
    }
}

/// The preflight has found what keeps the task sequence from ending well.
package struct PreflightRefusal: Error, Sendable, CustomStringConvertible {
    /// What it found.
    package let findings: [PreflightFinding]

    package var description: String {
        findings.count == 1
            ? "nothing was written: \(findings[0].problem.description)"
            : "nothing was written: \(findings.count) things speak against the task sequence"
    }
}
