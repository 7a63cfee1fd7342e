// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Apply Driver Package: its files lie in the new Windows, whose setup adds them.
struct ApplyDriverPackage: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ApplyDriverPackageAction"]

    private let package: String
    private let isRecursive: Bool

    init(_ values: StepValues) throws {
        guard let package = values.package("DriverPackageID") else {
            throw EngineError(.step, "the step", "names no driver package", nextStep: "choose one in the step")
        }
        self.package = package
        // Where the step says nothing, folders of the package count, as they always did before the option was.
        isRecursive = values.optional("Recurse").map { $0.lowercased() == "true" } ?? true
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        try session.content.preflight(package, interruption: session.interruption)
            + [session.missingWindows].compactMap { $0 }
    }

    func restore(_ session: EngineSession) throws {
        session.installation.configuration.noteDrivers(named: package, isRecursive: isRecursive)
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        let source = try session.content.folder(of: package, interruption: session.interruption)
        let folder = try session.windowsFolder()
        session.hasWritten = true
        session.presenter.progress(share: nil, text: "copying drivers")
        try session.installation.configuration.stageDrivers(
            from: source, named: package, isRecursive: isRecursive, to: folder, interruption: session.interruption)
        session.log.note("driver package \(package) lies in Windows, whose setup adds it")
        return .done
    }
}
