// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// Apply Data Image: an image that is no operating system, to a volume of its own.
struct ApplyDataImage: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ApplyDataImageAction"]
    static let afterFailure: String? = "the volume may hold a part of the image: run the task sequence again"

    private let values: StepValues
    private let package: String
    private let index: Int
    private let isEmptied: Bool

    init(_ values: StepValues) throws {
        self.values = values
        guard let package = values.package("ImagePackageID") else {
            throw EngineError(.step, "the step", "names no image", nextStep: "choose one in the step")
        }
        self.package = package
        let text = values["ImageIndex"]
        guard let index = text.isEmpty ? 1 : Int(text) else {
            throw EngineError(
                .step, "the number of the image, '\(text.onOneLine)',", "is none", nextStep: "correct it in the step")
        }
        self.index = index
        isEmptied = values.flag("WipeDestinationPartition")
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        let findings = try session.content.preflight(package, interruption: session.interruption)
        guard findings.isEmpty else { return findings }
        let planned = session.installation.planned.variables
        let volume = try ImageDestination(values).volume(among: try session.plannedVolumes()) { name in
            planned[name.caseFolded] ?? session.variables[name]
        }
        // What is on another volume of a set is looked at when that is in.
        guard let disk = volume.disk, session.content.isAtHand(package) else { return [] }
        let archive = try ImageContent.archive(in: try session.content.requireFolder(package), of: package).open()
        guard let problem = try ImageApplication.problem(image: index, of: archive, on: disk) else { return [] }
        return [PreflightFinding(step: nil, problem)]
    }

    func run(_ session: EngineSession) throws -> StepOutcome { try run(session, isAgain: false) }

    func runAgain(_ session: EngineSession) throws -> StepOutcome { try run(session, isAgain: true) }

    private func run(_ session: EngineSession, isAgain: Bool) throws -> StepOutcome {
        try session.findVolumes()
        try session.letGoOfHeldDisk()
        let variables = session.variables
        let volume = try ImageDestination(values).volume(among: session.volumes) { variables[$0] }
        guard let disk = volume.disk else {
            throw EngineError(
                .disk, "\(volume.label)", "is no volume of this computer",
                nextStep: "change the destination in the step")
        }
        guard disk.node != session.installation.windows?.volume.node else {
            throw EngineError(
                .step, "\(disk.title)", "holds the operating system that was applied",
                nextStep: "choose another volume in the step")
        }
        // Before the archive is opened, which may be put on that volume first.
        if isAgain, isEmptied { try session.formatAgain(disk) }
        let folder = try session.content.folder(
            of: package, exceptions: ImageContent.isArchive, interruption: session.interruption)
        let archive = try ImageContent.archive(in: folder, of: package)
        session.keeper?.keep(on: disk)
        session.hasWritten = true
        session.log.note("image \(index) of \(package) is applied to \(disk.title)")
        try session.apply(
            image: index, of: archive, to: volume, emptiesFirst: isEmptied, replacesOwn: isAgain)
        for index in session.volumes.volumes.indices { try session.mount(index) }
        session.content.release(package)
        return .done
    }
}
