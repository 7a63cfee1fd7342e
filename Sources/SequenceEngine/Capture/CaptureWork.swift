// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage
import VolumeCapture
import WindowsImaging

/// A capture from the look at the volumes to the whole image: what the wizard and the step share.
struct CaptureWork {
    /// An image with less room than this share of what is captured does not fit, however well it is compressed.
    private static let leastShare = 2

    let session: EngineSession
    let destination: any CaptureDestination
    /// The name of the file, with its ending.
    let fileName: String
    let description: CaptureDescription

    /// What was found of the volumes before a byte is written.
    struct Findings {
        let survey: CaptureSurvey
        /// What speaks against the image, and does not keep it from being made.
        var warnings: [PreflightFinding] = []
        /// What the XML says of the Windows on volumes, by their places among those that are captured.
        var properties: [Int: [WindowsImageDescription.Property]] = [:]
    }

    private var isStrict: Bool { session.variables[MediaVariableName.strictCapture]?.lowercased() == "true" }

    /// Looks at the volumes: nothing is written.
    ///
    /// - Throws: ``PreflightRefusal`` for volumes that must not be captured, and where warnings are errors; `DeviceError`,
    ///   `FileError`, `InterruptedError`.
    func look() throws -> Findings {
        let stem = String(fileName.dropLast(CaptureFileName.ending.count))
        let survey = try CaptureSurvey(
            session.disks(), destinations: destination.disks, others: session.removableDrives(), imageName: stem)
        for skipped in survey.skipped { session.log.note("\(skipped.title) is left out: it \(skipped.reason)") }
        guard survey.refusals.isEmpty else { throw PreflightRefusal(findings: survey.findings) }
        guard !survey.captured.isEmpty else {
            throw PreflightRefusal(findings: [
                PreflightFinding(
                    "this computer has no volume of NTFS or FAT32 to capture",
                    remedy: "check its disks, and where the image is to go")
            ])
        }
        var findings = Findings(survey: survey)
        for (number, captured) in survey.captured.enumerated() where captured.capture.fileSystem == .ntfs {
            try look(at: captured.volume, number, &findings)
        }
        let mark = isStrict ? "error" : "warning"
        for warning in findings.warnings {
            session.log.warning("\(mark): \(warning.problem.description); \(warning.remedy.description)")
        }
        guard !isStrict || findings.warnings.isEmpty else { throw PreflightRefusal(findings: findings.warnings) }
        return findings
    }

    /// Looks whether the Windows on `volume` is ready to be installed elsewhere.
    private func look(at volume: DiskVolume, _ number: Int, _ findings: inout Findings) throws {
        try session.unmount { $0.device == volume.node }
        let mounted = try MountedVolume(volume, isReadOnly: true, interruption: session.interruption)
        do {
            guard let system = try ReferenceSystem({ try mounted.folder.file($0) }) else { return }
            findings.properties[number] = system.properties
            for finding in system.findings {
                findings.warnings.append(
                    PreflightFinding("the Windows on \(volume.title) \(finding.problem)", remedy: finding.remedy))
            }
        } catch let error as InterruptedError {
            throw error
        } catch {
            // What cannot be looked at is no reason not to capture it.
            findings.warnings.append(
                PreflightFinding(
                    "the Windows on \(volume.title) cannot be looked at: \("\(error)")",
                    remedy: "see that its image starts before it is used"))
        }
        try mounted.unmount()
    }

    /// Captures to the destination.
    ///
    /// - Returns: where the image lies.
    /// - Throws: ``CaptureError``, `WindowsImagingError`, `OutputError`, `DiskError`, ``EngineError``, `FileError`,
    ///   `InterruptedError`.
    func capture(_ findings: Findings) throws -> FilePath {
        // Nobody else may have them open: what is written meanwhile would be half in the image.
        let nodes = Set(findings.survey.captured.map(\.volume.node))
        try session.unmount { nodes.contains($0.device) }
        let opened = try destination.open(session)
        session.isCapturing = true
        keepLog(in: opened.folder)
        let compression =
            session.variables[MediaVariableName.captureCompression].flatMap {
                WindowsImageCompression(rawValue: $0.lowercased())
            } ?? .fast
        let capture = try VolumeCapture(
            findings.survey.captured.map(\.capture), description,
            compression: compression == .solid ? .maximum : compression,
            interruption: session.interruption)
        let presenter = session.presenter
        try capture.list { volume, count in
            presenter.progress(share: nil, text: "listing \(volume.title): \(count) files and folders")
        }
        for (number, properties) in findings.properties { try capture.set(properties, ofVolume: number) }
        try warn(of: capture.facts, findings.survey)
        let path = opened.folder.appending(fileName)
        guard !Folder.exists(path) else {
            throw CaptureError(
                .badDestination, "\(fileName) on \(destination.title)", "is a folder", nextStep: "choose another name")
        }
        try checkRoom(capture.byteCount, in: opened)
        session.log.note(
            "\(capture.byteCount) bytes of \(findings.survey.captured.map(\.volume.title).joined(separator: ", ")) are captured to \(destination.title)"
        )
        try capture.write(
            to: path, threadCount: session.computer.processorCount, isAlone: opened.isAlone,
            progress: session.imageProgress)
        session.capturedImage = path
        if let memory = session.computer.peakByteCount {
            session.log.note("at most \(memory >> 20) MiB of memory were used")
        }
        return path
    }

    /// Has the log copied beside the image when the run ends: on the computer that is captured there is no place for it.
    private func keepLog(in folder: FilePath) {
        let target = folder.appending(fileName.dropLast(CaptureFileName.ending.count) + ".log")
        session.atEnd.append { session in
            do {
                try session.log.copy(to: target)
            } catch {
                session.log.warning("the log could not be copied to \(target): \(error)")
            }
        }
    }

    /// Makes sure that the image has room before a byte of it is written.
    private func checkRoom(_ byteCount: Int64, in opened: OpenedDestination) throws {
        let free = try opened.freeByteCount
        guard free >= byteCount / Int64(Self.leastShare) else {
            throw CaptureError(
                .noRoom, "\(destination.title.onOneLine)",
                "has \(free) bytes free, and the files to capture have \(byteCount): not even half of them fit",
                nextStep: "free some space there, or choose another destination")
        }
        if free < byteCount {
            session.log.warning(
                "\(destination.title) has \(free) bytes free, and the files have \(byteCount) before they are compressed"
            )
        }
        guard let limit = opened.largestFileByteCount, byteCount / Int64(Self.leastShare) > limit else { return }
        throw CaptureError(
            .noRoom, "\(destination.title.onOneLine)",
            "has FAT32, which takes no file of 4 GiB, and the files to capture have \(byteCount) bytes",
            nextStep: "format it with NTFS, or choose another destination")
    }

    /// Tells what of the volumes other programs may not take as it is.
    private func warn(of facts: [CapturedFacts], _ survey: CaptureSurvey) throws {
        for (captured, facts) in zip(survey.captured, facts) {
            let title = captured.volume.title
            if let first = facts.compressedFiles.first {
                tell(
                    "\(title) has \(facts.compressedFiles.count) files that Windows has compressed (\(first.onOneLine)), and they stay so in the image",
                    "run 'compact /compactos:never' and 'compact /u /s:C:\\ /exe' in its Windows before, where a program cannot read them"
                )
            }
            if let first = facts.foldersWithStreams.first {
                tell(
                    "\(title) has \(facts.foldersWithStreams.count) folders with further streams (\(first.onOneLine)), and newer versions of DISM refuse such images",
                    "export the image with wimlib-imagex 1.14.2 or newer before DISM gets it, or remove the streams")
            }
            if facts.unsupportedCount > 0 {
                tell(
                    "\(title) has \(facts.unsupportedCount) encrypted files that are left out (\(facts.unsupportedPaths.first?.onOneLine ?? ""))",
                    "decrypt them in its Windows: cipher /d")
            }
        }
    }

    private func tell(_ problem: String, _ remedy: String) {
        session.log.warning("\(problem); \(remedy)")
        session.presenter.tell(isError: false, step: nil, text: problem, nextStep: remedy)
    }
}
