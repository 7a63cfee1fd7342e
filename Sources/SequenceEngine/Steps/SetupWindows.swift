// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsSetup

/// Setup Windows and ConfigMgr: the applied Windows gets its answer file, starts from its disk, and runs what is behind this
/// step when it has set itself up.
struct SetupWindows: StepAction {
    static let stepTypes = ["SMS_TaskSequence_SetupWindowsAndSMSAction"]
    static let afterFailure: String? = "the new Windows may not start: run the task sequence again"

    private let values: StepValues

    init(_ values: StepValues) throws { self.values = values }

    private var client: String? { values.package("ClientPackageID") }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        (try client.map { try session.content.preflight($0, interruption: session.interruption) } ?? [])
            + [session.missingWindows].compactMap { $0 }
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        try installClientLater(session)
        session.hasWritten = true
        try session.writeConfiguration()
        try session.makeWindowsStart()
        isOver(session)
        return .done
    }

    func restore(_ session: EngineSession) throws {
        try installClientLater(session)
        session.installation.isStartable = true
        isOver(session)
    }

    private func installClientLater(_ session: EngineSession) throws {
        guard let client else { return }
        let properties = values["ClientInstallProperties"]
        try session.runLater(
            "ccmsetup.exe\(properties.isEmpty ? "" : " \(properties)")", package: client, of: values)
    }

    private func isOver(_ session: EngineSession) {
        session.isWindowsSetUp = true
        // What steps behind this one leave to Windows is written when all of them have run.
        session.atEnd.append { try $0.writeConfiguration() }
    }
}

extension EngineSession {
    /// Writes the answer file, drivers' script and SetupComplete.cmd with all commands that are known now.
    ///
    /// - Throws: what `WindowsConfiguration.write` does; ``EngineError`` `.content`.
    func writeConfiguration() throws {
        guard let windows = installation.windows else { throw missingWindowsError }
        let folder = try windowsFolder()
        installation.configuration.commands = try laterCommands.map { later in
            var command = SetupCommand(
                title: later.step, commandLine: later.command, successCodes: later.successCodes.map(Int.init),
                continuesOnError: later.continuesOnError)
            command.folder = try later.package.map { try stage($0, folder) }
            return command
        }
        try installation.configuration.write(to: folder, architecture: windows.architecture)
    }

    /// Copies a content to the new Windows, once, and returns its folder as Windows spells it.
    private func stage(_ package: String, _ folder: VolumeFolder) throws -> String {
        let path = try MediaPath("\(ContentStaging.packages)/\(package)")
        if try folder.find(path) == nil {
            let source = try content.folder(of: package, interruption: interruption)
            presenter.progress(share: nil, text: "copying content \(package)")
            // Under another name until all of it is on the disk: a cut leaves a part.
            let partial = try MediaPath("\(ContentStaging.packages)/\(package).partial")
            try folder.remove(partial.description)
            try folder.copyTree(source, to: partial, interruption: interruption)
            try AtomicFile.syncFileSystem(of: folder.root)
            guard let copied = try folder.find(partial)?.path else {
                throw FileError("read", folder.root.appending(partial.description), .noSuchFileOrDirectory)
            }
            try AtomicFile.rename(copied, to: AtomicFile.parent(of: copied).appending(path.name))
            content.release(package)
        }
        return "%SystemDrive%\\" + path.components.joined(separator: "\\")
    }
}
