// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Markup
import Support
import SystemPackage
import WindowsSetup

/// What an applied Windows is set up with: collected while steps run, written when Windows is to start.
package struct WindowsConfiguration: Sendable, Equatable {
    /// Where Windows looks for answers first of all (Windows' documentation, "Windows Setup automation overview").
    package static let answerFilePath = "Windows/Panther/Unattend/Unattend.xml"

    /// An answer file that a step names.
    package struct GivenAnswers: Sendable, Equatable {
        /// What it is called in errors.
        package let name: String
        /// Its bytes.
        package let bytes: [UInt8]

        /// Names a file.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// What Apply Windows Settings and Apply Network Settings want.
    package var settings = WindowsSettings()
    /// The answer file of Apply Operating System Image.
    package var answers: GivenAnswers?
    /// The driver packages that are staged.
    package var drivers = DriverStaging()
    /// What Windows runs when it is set up.
    package var commands: [SetupCommand] = []
    /// Whether SetupComplete.cmd of the volume is ours.
    private var hasWrittenScript = false

    /// Nothing wanted.
    package init() {}

    /// The answer file as it will be.
    ///
    /// - Throws: `MarkupError` when the given one is none.
    package func answerFile(architecture: Architecture) throws(MarkupError) -> AnswerFile {
        var file =
            if let answers {
                try AnswerFile(answers.bytes, source: answers.name, architecture: architecture)
            } else {
                AnswerFile(architecture: architecture)
            }
        file.apply(settings)
        file.answerFirstQuestions()
        if !drivers.packages.isEmpty { file.run(DriverStaging.command, described: "Add drivers") }
        return file
    }

    /// Copies a driver package to the volume of Windows and takes note of it.
    ///
    /// - Throws: `FileError`; `MediaPathError` for a name that no path can have; `InterruptedError`.
    package mutating func stageDrivers(
        from source: FilePath, named name: String, isRecursive: Bool, to volume: VolumeFolder,
        interruption: Interruption
    ) throws {
        let folder = try MediaPath("\(DriverStaging.folder)/\(name)")
        try volume.copyTree(source, to: folder, interruption: interruption)
        noteDrivers(named: name, isRecursive: isRecursive)
    }

    /// Takes note of a driver package that lies on the volume of Windows.
    mutating func noteDrivers(named name: String, isRecursive: Bool) {
        drivers.packages.removeAll { $0.name.caseFolded == name.caseFolded }
        drivers.packages.append(DriverStaging.Package(name: name, isRecursive: isRecursive))
    }

    /// A script of ours is no longer than this.
    private static let scriptByteLimit = 4 << 20

    private static func isOurs(_ script: FilePath) -> Bool {
        (try? SmallFile.read(script, limit: scriptByteLimit))?.starts(with: SetupCompleteScript.beginning) ?? false
    }

    /// Writes everything to the volume of an applied Windows.
    ///
    /// - Throws: `MarkupError`; `FileError`.
    package mutating func write(to volume: VolumeFolder, architecture: Architecture) throws {
        let file = try answerFile(architecture: architecture)
        try volume.write(file.bytes, to: try MediaPath(Self.answerFilePath))
        if !drivers.packages.isEmpty {
            try volume.write(drivers.script, to: try MediaPath(DriverStaging.scriptPath))
        }
        let disables = if case .disabled = settings.administrator { true } else { false }
        guard !commands.isEmpty || disables || !drivers.packages.isEmpty else { return }
        let path = try MediaPath(SetupCompleteScript.path)
        var script = SetupCompleteScript(commands: commands, disablesAdministrator: disables)
        let kept = try MediaPath(SetupCompleteScript.imagesPath)
        // One that is ours is written again with more in it, also one of a run before; only that of the image is kept.
        if let own = try volume.file(path), !hasWrittenScript, !Self.isOurs(own) {
            try AtomicFile.rename(own, to: AtomicFile.parent(of: own).appending(kept.name))
        }
        script.callsImages = try volume.file(kept) != nil
        hasWrittenScript = true
        script.removedFolders = ["Drivers", "Packages"].map { "%SystemDrive%\\_SMSTaskSequence\\\($0)" }
        try volume.write(script.bytes, to: path)
    }
}
