// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import VolumeCapture

/// Capture Operating System Image.
struct CaptureSystemImage: StepAction {
    static let stepTypes = ["SMS_TaskSequence_CaptureSystemImageAction"]
    /// What exports of task sequences leave out of the step.
    private static let passwordVariable = "OSDCaptureAccountPassword"

    private let path: String
    private let folder: String
    private let fileName: String
    private let account: String
    private let password: String
    private let description: CaptureDescription

    init(_ values: StepValues) throws {
        path = values["CaptureDestination"].trimming(\.isWhitespace).description
        let end = path.lastIndex { $0 == "\\" || $0 == "/" }
        guard let end, path.caseFolded.hasSuffix(CaseFoldedName(CaptureFileName.ending)) else {
            throw EngineError(
                .step, "'\(path.onOneLine)'", "is no place for an image",
                nextStep: "write it as \\\\server\\share\\folder\\name.wim in the step")
        }
        folder = String(path[..<end])
        fileName = try CaptureFileName.read(String(path[path.index(after: end)...]))
        account = values["CaptureUsername"]
        password = values.optional("CapturePassword") ?? values.variables[Self.passwordVariable] ?? ""
        description = CaptureDescription(
            createdBy: values["ImageCreator"], version: values["ImageVersion"],
            description: values["ImageDescription"])
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        var findings: [PreflightFinding] = []
        if NetworkFolder(folder) != nil, !account.isEmpty, password.isEmpty {
            findings.append(
                PreflightFinding(
                    "has no password for \(account.onOneLine): exported task sequences have none",
                    remedy: "give the media a variable \(Self.passwordVariable)"))
        }
        // What steps before make of the disks cannot be looked at yet.
        guard session.installation.planned.dividedDisks.isEmpty, session.installation.planned.windows == nil else {
            return findings
        }
        let survey = try CaptureSurvey(
            session.disks(), destinations: [], others: session.removableDrives(), imageName: fileName)
        return findings + survey.findings
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        try session.findVolumes()
        let work = CaptureWork(
            session: session, destination: try destination(session), fileName: fileName, description: description)
        let findings: CaptureWork.Findings
        do {
            findings = try work.look()
        } catch let refusal as PreflightRefusal {
            guard let first = refusal.findings.first else { throw refusal }
            throw CaptureError(.badVolume, "the computer", "is not captured: \(first.problem)", nextStep: first.remedy)
        }
        _ = try work.capture(findings)
        session.log.note("the image is whole: \(path)")
        for index in session.volumes.volumes.indices { try session.mount(index) }
        return .done
    }

    private func destination(_ session: EngineSession) throws -> any CaptureDestination {
        if let share = NetworkFolder(folder) {
            return ShareDestination(folder: share, account: account, password: password)
        }
        guard let (volume, rest) = session.volumes.place(folder),
            let index = session.volumes.index(String(folder.prefix(2)))
        else {
            throw EngineError(
                .step, "'\(path.onOneLine)'", "is on no volume of this computer and on no share",
                nextStep: "write it as \\\\server\\share\\folder\\name.wim in the step")
        }
        try session.mount(index)
        guard let root = session.volumes.volumes[index].mountPoint,
            let place = TargetVolumes.location(rest, below: root)
        else {
            throw EngineError(
                .step, "folder '\(folder.onOneLine)'", "does not exist", nextStep: "let a step before it make it")
        }
        return FolderDestination(title: folder, folder: place, disk: volume.diskNumber)
    }
}
