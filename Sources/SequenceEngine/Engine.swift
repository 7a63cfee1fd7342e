// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support
import SystemPackage
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
            Terminal(path: "/dev/ttyAMA0", font: .unicode),
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
        } catch is MediaRestart {
            return restartIntoMedia()
        } catch let error as PreflightRefusal {
            outcome = .refused
            failure = error
        } catch {
            outcome = session?.hasWritten == true || session?.isCapturing == true ? .failed : .refused
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
        return powersOff(outcome) ? .powerOff : .restart
    }

    /// Whether the computer is switched off: where it is to start what it has only when somebody wants that.
    ///
    /// A Windows that was prepared for a capture which has failed would set itself up when it starts.
    private func powersOff(_ outcome: EngineReport.Outcome) -> Bool {
        outcome == .refused || session?.completion?.powersOff == true
            || outcome == .failed && session?.isCapturing == true
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
        let opened = try MediaOpening(presenter, log, interruption).open(media)
        try media.checkSignature(opened.variables)
        try StartedMedia.checkValidity(opened.variables, now: FileIdentity.Instant.now.timestamp)
        let session = EngineSession(
            computer: computer,
            content: ContentSources.source(of: media, on: found, key: try ManifestKey(opened.variables)),
            mediaRoot: media.root,
            // The disk of prestaged media is one of the computer's.
            mediaDrives: media.bootstrap.mediaType == .prestaged ? [] : [found.drive],
            programs: Programs(workFolder: Self.workFolder), log: log,
            presenter: presenter, isUnattended: media.bootstrap.unattended, workFolder: Self.workFolder,
            interruption: interruption)
        self.session = session
        setVariables(opened.variables, media, found, session)
        chooseKeyboard(session)
        return try MediaRuns.run(of: opened, session).run()
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

    /// Has the keyboard the layout that the media names; with another one the run goes on.
    private func chooseKeyboard(_ session: EngineSession) {
        guard let name = session.variables[MediaVariableName.inputLayout], !name.isEmpty else { return }
        do {
            try KeyboardLayout(programs: session.programs).load(name, interruption: interruption)
            log.note("the keyboard has the layout \(name.onOneLine)")
        } catch {
            log.warning("\(error)")
            presenter.tell(isError: false, step: nil, text: "\(error)", nextStep: nil)
        }
    }

    // MARK: A restart in the middle

    /// Lets go of everything; the run goes on when the media is started again.
    private func restartIntoMedia() -> End {
        let text = "the computer restarts from the media, and the task sequence goes on"
        log.note(text)
        if computer.firmware == .uefi {
            do {
                if try EFIVariables().startAgain() { log.note("UEFI starts the media next, whatever its menu says") }
            } catch {
                log.warning("UEFI was not told what to start next: \(error)")
            }
        }
        if let session {
            do { try session.keeper?.keepLog() } catch { log.warning("the log so far is not kept: \(error)") }
        }
        presenter.say("The computer restarts now, and the task sequence goes on. Leave the media in the computer.")
        presenter.port?.tell(.restart(text: text))
        session?.shares.disconnect()
        unmount()
        return .restart
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
            page = EndPages.refused(refusal, work: session?.work ?? "task sequence")
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
                work: session?.work ?? "task sequence", step: failed?.step, problem: problem, nextStep: nextStep,
                hasWritten: session?.hasWritten == true, isCapturing: session?.isCapturing == true,
                powersOff: powersOff(outcome))
        } else if let completion = session?.completion {
            text = completion.text
            log.note(text)
            page = ScreenPage(.success, title: completion.title, body: completion.body, keys: "Enter: switch off")
        } else {
            text = outcome == .restarting ? "the computer restarts into the new system" : "the task sequence has ended"
            log.note(text)
            page = EndPages.succeeded(
                restarts: outcome == .restarting, ofDisk: session?.mediaDrives.isEmpty == true)
        }
        let log = self.log
        let image = session?.capturedImage
        presenter.end(
            outcome, page: page, text: text, waitSeconds: failure == nil ? Self.successSeconds : waitSeconds,
            files: { [TrialChannel.logFileName: log.path, TrialChannel.imageFileName: image][$0] ?? nil },
            interruption: interruption)
    }

    private func unmount() {
        session?.content.end()
        for volume in session?.volumes.volumes.reversed() ?? [] {
            guard let point = volume.mountPoint else { continue }
            do throws(FileError) { try Mounts.unmount(point) } catch { log.warning(error.description) }
        }
        try? Mounts.unmount(Self.workFolder.appending("media"))
    }
}
