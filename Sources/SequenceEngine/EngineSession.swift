// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support
import SystemPackage

/// What the steps of a run share: variables, content, the target's volumes, and whom they tell how far they have come.
package final class EngineSession {
    /// A command that Windows runs when it has set itself up.
    package struct LaterCommand: Sendable, Equatable {
        /// The name of the step.
        package let step: String
        /// The command line.
        package let command: String
        /// The content whose folder it runs in; nil for none.
        package let package: String?
        /// Whether what follows runs when it fails.
        package let continuesOnError: Bool
        /// The codes that mean success.
        package let successCodes: Set<Int32>
    }

    /// The end of a run that went well.
    package struct Completion: Sendable, Equatable {
        /// What the screen shows.
        package let title: String
        /// The text of the screen.
        package let body: [String]
        /// What is told of it in one line.
        package let text: String
        /// Whether the computer is powered off, rather than started again.
        package let powersOff: Bool
    }

    /// The variables.
    package var variables = SequenceVariables()
    /// The volumes of the target.
    package var volumes = TargetVolumes()
    /// What the steps on disks and on Windows share.
    package let installation = Installation()
    /// What the media's policies say; nil where they are not known.
    package var policies: PolicyDocument?
    /// What Windows runs when it has set itself up, in order.
    package private(set) var laterCommands: [LaterCommand] = []
    /// True behind Setup Windows: what follows is for Windows.
    package var isWindowsSetUp = false {
        didSet { variables.set("_SMSTSInWinPE", to: isWindowsSetUp ? "false" : "true") }
    }
    /// True when something on the target has been written.
    package var hasWritten = false
    /// What the run does, as screens call it.
    package var work = "task sequence"
    /// True while an image of the computer is made: what fails then was begun, though nothing on the computer was changed.
    package var isCapturing = false
    /// The image that was made of this computer; nil for none.
    package var capturedImage: FilePath?
    /// How a run that went well ends, where that is not with a restart.
    package var completion: Completion?
    /// Keeps how far the run has come; nil where nothing is kept.
    package var keeper: StateKeeper?
    /// What is done when the steps have ended and before the log is copied, whatever became of them.
    package var atEnd: [(EngineSession) throws -> Void] = []

    /// The computer.
    package let computer: Computer
    /// What WMI queries ask.
    package let management: ManagementClasses
    /// Where content comes from.
    package let content: any ContentSource
    /// Where the media is mounted.
    package let mediaRoot: FilePath
    /// The whole drives that the media lies on: no disk of the target.
    package let mediaDrives: [FilePath]
    /// Programs that commands run.
    package let programs: Programs
    /// Network folders that are connected.
    package let shares: NetworkFolders
    /// The log.
    package let log: EngineLog
    /// The screen, and whoever else watches.
    package let presenter: Presenter
    /// Whether nobody is to be asked.
    package let isUnattended: Bool
    /// Where the run may mount and keep what it needs.
    package let workFolder: FilePath
    /// Ends the run.
    package let interruption: Interruption

    /// A session that has not begun.
    package init(
        computer: Computer, content: any ContentSource, mediaRoot: FilePath, mediaDrives: [FilePath],
        programs: Programs,
        log: EngineLog,
        presenter: Presenter, isUnattended: Bool, workFolder: FilePath, interruption: Interruption = .ofProcess
    ) {
        self.computer = computer
        management = ManagementClasses(computer)
        self.content = content
        self.mediaRoot = mediaRoot
        self.mediaDrives = mediaDrives
        self.programs = programs
        shares = NetworkFolders(mountRoot: workFolder.appending("shares"))
        self.log = log
        self.presenter = presenter
        self.isUnattended = isUnattended
        self.workFolder = workFolder
        self.interruption = interruption
        content.join(self)
    }

    /// Tells whether conditions hold now.
    package var evaluator: ConditionEvaluator { ConditionEvaluator(variables, TargetWorld(self)) }

    /// Has Windows run `command` when it has set itself up.
    ///
    /// - Throws: ``EngineError`` `.content` when its package is not on the media.
    package func runLater(_ command: String, package: String?, of values: StepValues) throws {
        laterCommands.append(
            LaterCommand(
                step: values.name, command: command, package: package, continuesOnError: values.step.continuesOnError,
                successCodes: values.successCodes))
        log.note("Windows will run it when it has set itself up: \(variables.redacted(command))")
    }

    /// Forgets all that steps have done in memory: the run begins anew, with `variables`.
    package func forgetSteps(variables: SequenceVariables) throws {
        try unmount { $0.disk != nil }
        volumes = TargetVolumes()
        installation.forget()
        laterCommands = []
        isWindowsSetUp = false
        atEnd = []
        keeper = nil
        hasWritten = false
        self.variables = variables
    }

    /// Waits, and says why.
    package func wait(seconds: Int, saying message: String) {
        presenter.wait(seconds: seconds, saying: message, interruption: interruption)
    }
}
