// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import MediaFormat
import MediaVariables
import SequenceTools
import Support
import SystemPackage
import TaskSequence
import TrialChannel

/// A run of the engine, from finding its media to the computer's restart.
package final class Engine {
    /// What happens to the computer when the run is over.
    package enum End: Sendable, Equatable {
        /// It restarts.
        case restart
        /// It is powered off.
        case powerOff
    }

    /// Where a run keeps what it needs, in the computer's memory.
    private static let workFolder: FilePath = "/tmp/tsengine"
    /// Seconds for which an error stays on the screen: the default of SMSTSErrorDialogTimeout, as documented.
    private static let errorSeconds = 900
    /// Seconds for which the end of a run that went well stays on the screen.
    private static let successSeconds = 5

    private let version: String
    private let computer = Computer()
    private let log: EngineLog
    private let presenter: Presenter
    private let interruption = Interruption.ofProcess
    private var session: EngineSession?

    /// An engine of `version`.
    package init(version: String) {
        self.version = version
        _ = try? Folder.create(Self.workFolder)
        log = EngineLog(path: Self.workFolder.appending(EngineLog.fileName))
        let terminals = [
            Terminal(path: "/dev/tty0", font: .console), Terminal(path: "/dev/ttyS0", font: .unicode),
        ].compactMap { $0 }
        presenter = Presenter(terminals: terminals, port: TrialPort())
        log.observer = { [weak presenter] line in
            presenter?.port?.tell(.log(line: line.trimmingTrailing(\.isNewline)))
        }
    }

    /// Runs, and shows how it ended.
    package func run() -> End {
        let firmware =
            computer.firmware == .bios ? "bios" : computer.isSecureBootOn == true ? "secure" : "uefi"
        presenter.port?.tell(.started(version: version, firmware: firmware))
        log.note("tsengine \(version) begins; the computer was started by \(firmware)")
        var outcome: EngineReport.Outcome
        var failure: (any Error)?
        do {
            outcome = try runMedia()
        } catch let error as PreflightRefusal {
            outcome = .refused
            failure = error
        } catch {
            outcome = session?.hasWritten == true ? .failed : .refused
            failure = error
        }
        do {
            try finish()
        } catch {
            log.error("\(error)")
            if failure == nil {
                outcome = .failed
                failure = error
            }
        }
        copyLog()
        show(outcome, failure)
        session?.shares.disconnect()
        unmount()
        return outcome == .refused ? .powerOff : .restart
    }

    /// Finds the media and runs its task sequence.
    private func runMedia() throws -> EngineReport.Outcome {
        presenter.say("Looking for the media that this computer was started from.")
        let found = try MediaSearch(point: Self.workFolder.appending("media")).find(interruption: interruption)
        log.note("media found on \(found.device)")
        let media = try StartedMedia(root: found.root)
        presenter.port?.tell(
            .media(
                type: media.bootstrap.mediaType.rawValue, label: media.label ?? "",
                taskSequence: media.manifest?.taskSequence?.id))
        log.note("it is \(media.bootstrap.mediaType.title)\(media.label.map { ", labelled '\($0)'" } ?? "")")
        let (password, list) = try open(media)
        try StartedMedia.checkValidity(list, now: FileIdentity.Instant.now.timestamp)
        let session = EngineSession(
            computer: computer,
            content: MediaContent(root: media.root, type: media.bootstrap.mediaType, manifest: media.manifest),
            mediaRoot: media.root, mediaDrives: [found.drive], programs: Programs(workFolder: Self.workFolder),
            log: log,
            presenter: presenter, isUnattended: media.bootstrap.unattended, workFolder: Self.workFolder,
            interruption: interruption)
        self.session = session
        setVariables(list, media, found, session)
        guard media.bootstrap.mediaType == .standalone else {
            throw EngineError(
                .media, "\(media.bootstrap.mediaType.title)",
                "holds no task sequence, and this engine runs those of stand-alone media",
                nextStep: "make stand-alone media, or use a boot image of Windows")
        }
        guard let document = try media.policies(password, list) else {
            throw EngineError(.media, "this media", "holds no task sequence", nextStep: "make it again")
        }
        try runPrestartCommand(list, session)
        session.policies = document
        return try run(Policy(document), session)
    }

    /// Asks for the password where there is one, and opens the variables.
    private func open(_ media: StartedMedia) throws -> (MediaPassword?, MediaVariableList) {
        guard media.bootstrap.passwordRequired else { return (nil, try media.variables(nil)) }
        var problem: String?
        for attempt in 1...StartedMedia.passwordTries {
            guard let typed = try ask(media, problem) else { throw Self.wrongPassword("is wrong") }
            let password = MediaPassword(typed)
            do {
                return (password, try media.variables(password))
            } catch let error as MediaVariablesError {
                guard error.code == .wrongPassword else { throw error }
                log.warning("the password is wrong (try \(attempt) of \(StartedMedia.passwordTries))")
                problem = "The password is wrong. Check the keyboard's layout and the Caps Lock key."
            }
        }
        throw Self.wrongPassword("was wrong \(StartedMedia.passwordTries) times")
    }

    private static func wrongPassword(_ problem: DiagnosticText) -> EngineError {
        EngineError(
            .password, "the password", problem,
            nextStep: "start the computer again, and ask for the password whoever made the media")
    }

    /// Asks for the password; nil when nobody answers who gave a wrong one before.
    private func ask(_ media: StartedMedia, _ problem: String?) throws -> String? {
        do {
            return try presenter.ask(
                "password", title: media.label ?? "Task sequence media",
                text: ["This media is protected. Enter its password."], isSecret: true, problem: problem,
                interruption: interruption)
        } catch let error as Presenter.NobodyAnswers {
            guard problem != nil else { throw error }
            return nil
        }
    }

    private func setVariables(
        _ list: MediaVariableList, _ media: StartedMedia, _ found: MediaSearch.Found, _ session: EngineSession
    ) {
        for variable in list.variables {
            session.variables.set(
                variable.name, to: variable.value, isSecret: MediaVariableList.isSecret(name: variable.name))
        }
        let values = EngineVariables(
            media: media, isOnDisc: found.device.lastComponent?.string.hasPrefix("sr") == true, computer: computer,
            logFolder: Self.workFolder)
        for (name, value) in values.all { session.variables.set(name, to: value) }
    }

    /// The command that the media runs before its task sequence.
    private func runPrestartCommand(_ list: MediaVariableList, _ session: EngineSession) throws {
        guard let command = list[MediaVariableName.prestartCommand], !command.isEmpty else { return }
        if let program = WindowsCommand.program(of: command) {
            throw EngineError(
                .command, "the prestart command", "runs \(program), which is a program of Windows",
                nextStep: "make the media again with a command of Linux, or without one")
        }
        presenter.say("The prestart command of the media runs.")
        log.note("prestart command: \(session.variables.redacted(command))")
        let (code, output) = try session.programs.run(
            session.variables.expand(command), in: session.mediaRoot, timeoutSeconds: nil, outputLimit: 1 << 20,
            interruption: interruption)
        if !output.isEmpty { log.note(session.variables.redacted(output)) }
        guard code == 0 else {
            throw EngineError(
                .command, "the prestart command", "ended with \(code)",
                nextStep: "see what it says in the log, and make the media again")
        }
    }

    private func run(_ policy: Policy, _ session: EngineSession) throws
        -> EngineReport.Outcome
    {
        func read(_ instance: Policy.Instance) throws -> SequenceDefinition {
            let name = "task sequence \(instance.taskSequenceName)"
            return try SequenceDefinition(XMLReader.read(instance.sequence, source: name).root, source: name)
        }
        let sequence = try read(policy.root)
        let children = try policy.children.map { (id: $0.taskSequenceID, sequence: try read($0)) }
        session.variables.set("_SMSTSPackageName", to: policy.root.taskSequenceName)
        if !session.isUnattended {
            try presenter.confirm(
                title: "Task sequence media",
                text: [
                    "This computer will be set up by the task sequence", "", "    " + policy.root.taskSequenceName, "",
                    "What is on its disks may be lost.",
                ], keys: "Enter: begin    To stop, switch the computer off.", interruption: interruption)
        }
        presenter.say("Checking whether the task sequence can run on this computer.")
        var told = ""
        session.content.observer = { [presenter] name, share in
            let text = "Checking \(name) of the media: \(Int(share * 20) * 5) %"
            if text != told { presenter.say(text) }
            told = text
        }
        let findings = try Preflight(session, children: children).findings(sequence)
        guard findings.isEmpty else { throw PreflightRefusal(findings: findings) }
        log.note("preflight: nothing speaks against the task sequence")
        let runner = SequenceRunner(session, sequence, children: children)
        presenter.begin(sequence: policy.root.taskSequenceName, stepCount: runner.stepCount)
        let restarts = try runner.run(sequence)
        return restarts || session.isWindowsSetUp ? .restarting : .succeeded
    }

    // MARK: The end

    private func finish() throws {
        guard let session else { return }
        for action in session.atEnd { try action(session) }
    }

    /// Copies the log to the target, and where the variables say.
    private func copyLog() {
        guard let session else { return }
        for target in LogPlaces(session).folders {
            do {
                try Folder.create(target)
                try log.copy(to: target.appending(EngineLog.fileName))
            } catch {
                log.warning("the log could not be copied to \(target): \(error)")
            }
        }
    }

    private func show(_ outcome: EngineReport.Outcome, _ failure: (any Error)?) {
        let waitSeconds = session?.variables["SMSTSErrorDialogTimeout"].flatMap { Int($0) } ?? Self.errorSeconds
        let page: ScreenPage
        var text: String
        if let refusal = failure as? PreflightRefusal {
            for finding in refusal.findings {
                let problem = finding.problem.description
                let remedy = finding.remedy.description
                log.error("\(finding.step.map { "step '\($0)': " } ?? "")\(problem); \(remedy)")
                presenter.tell(isError: true, step: finding.step, text: problem, nextStep: remedy)
            }
            text = refusal.description
            page = EndPages.refused(refusal)
        } else if let failure {
            func redacted(_ text: String) -> String { session?.variables.redacted(text) ?? text }
            text = redacted("\(failure)")
            log.error(text)
            let failed = failure as? SequenceRunner.Failure
            let diagnostic = failure as? any DiagnosticError
            let problem = redacted(
                (failed?.cause ?? diagnostic).map { DiagnosticText("\($0.object) \($0.problem)").description } ?? text)
            let nextStep = diagnostic?.nextStep?.description
            presenter.tell(isError: true, step: failed?.step, text: problem, nextStep: nextStep)
            page = EndPages.failed(
                step: failed?.step, problem: problem, nextStep: nextStep, hasWritten: session?.hasWritten == true)
        } else {
            text = outcome == .restarting ? "the computer restarts into the new system" : "the task sequence has ended"
            log.note(text)
            page = EndPages.succeeded(restarts: outcome == .restarting)
        }
        let log = self.log
        presenter.end(
            outcome, page: page, text: text, waitSeconds: failure == nil ? Self.successSeconds : waitSeconds,
            files: { name in name == EngineLog.fileName ? log.path : nil }, interruption: interruption)
    }

    private func unmount() {
        for volume in session?.volumes.volumes.reversed() ?? [] {
            guard let point = volume.mountPoint else { continue }
            do throws(FileError) { try Mounts.unmount(point) } catch { log.warning(error.description) }
        }
        try? Mounts.unmount(Self.workFolder.appending("media"))
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
