// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage
import WindowsImaging
import WindowsSetup

/// Apply Operating System Image, and Apply Operating System with installation files: their image is applied.
struct ApplyOperatingSystem: StepAction {
    static let stepTypes = ["SMS_TaskSequence_ApplyOperatingSystemAction"]
    static let afterFailure: String? = "the volume may hold a part of the image: run the task sequence again"

    private static let answerFileLimit = 4 << 20
    /// The language of messages where nothing says another.
    private static let usualLanguage = "en-US"

    private let values: StepValues
    private let package: String
    /// The number of the image; nil for all of the archive, each to a volume of its own.
    private let index: Int?

    init(_ values: StepValues) throws {
        self.values = values
        let isInstallation = values.package("InstallPackageID") != nil
        guard let package = values.package(isInstallation ? "InstallPackageID" : "ImagePackageID") else {
            throw EngineError(.step, "the step", "names no image", nextStep: "choose one in the step")
        }
        self.package = package
        let text = values[isInstallation ? "InstallEditionIndex" : "ImageIndex"]
        index = text.isEmpty || text == "0" ? nil : Int(text)
        guard index != nil || text.isEmpty || text == "0" else {
            throw EngineError(
                .step, "the number of the image, '\(text.onOneLine)',", "is none", nextStep: "correct it in the step")
        }
    }

    private func variable(_ session: EngineSession, planned: Bool) -> (String) -> String? {
        { name in
            (planned ? session.installation.planned.variables[name.caseFolded] : nil) ?? session.variables[name]
        }
    }

    /// Which image goes to which volume, the operating system's first.
    private func assignment(
        _ archive: WindowsImage, _ volumes: TargetVolumes, _ first: TargetVolume
    ) throws -> [(image: Int, volume: TargetVolume)] {
        if let index { return [(index, first)] }
        guard archive.imageCount > 1 else { return [(1, first)] }
        // The images of an archive that was captured of several volumes, to the volumes in their order.
        let data = volumes.volumes.filter {
            $0.disk?.isForData == true && $0.disk?.fileSystem == .ntfs && $0.letter != nil
        }
        guard data.count >= archive.imageCount else {
            throw EngineError(
                .step, "the archive of \(package.onOneLine)",
                "has \(archive.imageCount) images, and the computer \(data.count) volumes for them",
                nextStep: "choose one image in the step, or make a volume for each")
        }
        return zip(1...archive.imageCount, data).map { ($0, $1) }
    }

    private func archive(_ session: EngineSession) throws -> ImageArchive {
        let folder = try session.content.folder(
            of: package, exceptions: ImageContent.isArchive, interruption: session.interruption)
        return try ImageContent.archive(in: folder, of: package)
    }

    /// The volume on which the image lies applied already, when it is the one that the step applies it to.
    private func appliedVolume(
        _ session: EngineSession, among volumes: TargetVolumes, planned: Bool
    ) throws -> TargetVolume? {
        guard let applied = try session.content.appliedImage(package), applied.index == index ?? 1 else { return nil }
        let volume = try ImageDestination(values).volume(among: volumes, variable(session, planned: planned))
        guard let disk = volume.disk, disk.node == applied.node else { return nil }
        return planned && session.installation.planned.dividedDisks.contains(disk.disk) ? nil : volume
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        if let applied = try appliedVolume(session, among: try session.plannedVolumes(), planned: true)?.disk {
            session.installation.planned.windows = Installation.Windows(
                volume: applied, architecture: .x64, language: Self.usualLanguage)
            _ = try session.startedVolume(for: applied, among: try session.plannedVolumes())
            return []
        }
        // In the order in which they are used.
        var findings: [PreflightFinding] = []
        if let answers = values.package("ConfigFilePackage") {
            findings += try session.content.preflight(answers, interruption: session.interruption)
        }
        findings += try session.content.preflight(package, interruption: session.interruption)
        guard findings.isEmpty else { return findings }
        let volumes = try session.plannedVolumes()
        let destination = try ImageDestination(values).volume(among: volumes, variable(session, planned: true))
        // What is on another volume of a set is looked at when that is in.
        let archive =
            session.content.isAtHand(package)
            ? try ImageContent.archive(in: try session.content.requireFolder(package), of: package).open() : nil
        let assignment =
            try archive.map { try self.assignment($0, volumes, destination) } ?? [(index ?? 1, destination)]
        for (image, volume) in assignment {
            guard let disk = volume.disk else { continue }
            if let archive, let problem = try ImageApplication.problem(image: image, of: archive, on: disk) {
                findings.append(PreflightFinding(step: nil, problem))
            }
            if !session.installation.planned.dividedDisks.contains(disk.disk) {
                let found = try ExistingVolumes(try session.disk(disk.disk)).found.first { $0.volume.node == disk.node }
                if let found, let problem = DiskPreflight.problem(found, isEmptied: true) {
                    findings.append(PreflightFinding(step: nil, problem))
                }
            }
        }
        guard findings.isEmpty, let disk = destination.disk else { return findings }
        session.installation.planned.windows =
            try archive.map { try Self.windows($0, index ?? 1, on: disk) }
            ?? Installation.Windows(volume: disk, architecture: .x64, language: Self.usualLanguage)
        _ = try session.startedVolume(for: disk, among: volumes)
        return findings
    }

    private static func windows(
        _ archive: WindowsImage, _ index: Int, on volume: DiskVolume
    ) throws -> Installation.Windows {
        let properties = try archive.properties(ofImage: index)
        let architecture = properties.architecture ?? .x64
        guard architecture == .x64 else {
            throw EngineError(
                .step, "the image", "is for \(architecture.rawValue), and this computer has a processor of x64",
                nextStep: "choose an image for x64")
        }
        return Installation.Windows(
            volume: volume, architecture: architecture, language: properties.defaultLanguage ?? usualLanguage)
    }

    func run(_ session: EngineSession) throws -> StepOutcome { try run(session, isAgain: false) }

    func runAgain(_ session: EngineSession) throws -> StepOutcome { try run(session, isAgain: true) }

    func restore(_ session: EngineSession) throws {
        if let answers = values.package("ConfigFilePackage") {
            session.installation.configuration.answers = try self.answers(answers, session)
        }
    }

    private func run(_ session: EngineSession, isAgain: Bool) throws -> StepOutcome {
        try session.findVolumes()
        if let volume = try appliedVolume(session, among: session.volumes, planned: false), let disk = volume.disk {
            session.log.note(
                "image \(index ?? 1) of \(package) lies applied on \(disk.title), and is not applied again")
            try restore(session)
            return try take(
                Installation.Windows(volume: disk, architecture: .x64, language: Self.usualLanguage),
                volume.letter, session)
        }
        try session.letGoOfHeldDisk()
        let destination = try ImageDestination(values).volume(
            among: session.volumes, variable(session, planned: false))
        // Before the archive is opened, which may be put on that volume first.
        if isAgain, index != nil, let disk = destination.disk { try session.formatAgain(disk) }
        // In the order in which the preflight asks for them.
        try restore(session)
        let archive = try archive(session)
        guard let disk = destination.disk, let letter = destination.letter else {
            throw EngineError(
                .disk, "\(destination.label)", "is no volume of this computer with a drive letter",
                nextStep: "change the destination in the step")
        }
        let (assignment, windows) = try opened(archive, session, destination, disk)
        session.keeper?.keep(on: disk)
        session.hasWritten = true
        for (image, volume) in assignment {
            guard let target = volume.disk else { continue }
            session.log.note("image \(image) of \(package) is applied to \(target.title)")
            if isAgain, index == nil, !(volume.mountPoint.map(archive.lies) ?? false) {
                try session.unmount { $0.device == volume.device }
                try session.formatAgain(target)
                try session.unmount { $0.device == volume.device }
            }
            try session.apply(image: image, of: archive, to: volume)
        }
        return try take(windows, letter, session)
    }

    /// Goes on with `windows`, which lies on its volume now.
    private func take(
        _ windows: Installation.Windows, _ letter: Character?, _ session: EngineSession
    ) throws -> StepOutcome {
        guard let letter else {
            throw EngineError(
                .disk, "\(windows.volume.title)", "has no drive letter", nextStep: "change the destination in the step")
        }
        session.installation.isStartable = false
        session.installation.windows = windows
        for index in session.volumes.volumes.indices { try session.mount(index) }
        try session.variables.setForStep("OSDTargetSystemDrive", to: "\(letter):")
        try session.variables.setForStep("OSDTargetSystemRoot", to: "\(letter):\\Windows")
        session.content.release(package)
        return .done
    }

    /// Which image goes where, and what was applied then: known before anything is written, with the archive closed again.
    private func opened(
        _ archive: ImageArchive, _ session: EngineSession, _ destination: TargetVolume, _ disk: DiskVolume
    ) throws -> (assignment: [(image: Int, volume: TargetVolume)], windows: Installation.Windows) {
        let image = try archive.open()
        let assignment = try assignment(image, session.volumes, destination)
        for (number, volume) in assignment {
            if let disk = volume.disk, let problem = try ImageApplication.problem(image: number, of: image, on: disk) {
                throw problem
            }
        }
        return (assignment, try Self.windows(image, assignment[0].image, on: disk))
    }

    private func answers(_ id: String, _ session: EngineSession) throws -> WindowsConfiguration.GivenAnswers {
        let name = values["ConfigFileName"]
        let folder = try session.content.folder(of: id, interruption: session.interruption)
        guard let path = try? MediaPath(name), let file = try VolumeFolder(folder).file(path) else {
            throw EngineError(
                .content, "answer file '\(name.onOneLine)'", "is not in content \(id.onOneLine)",
                nextStep: "correct its name in the step")
        }
        let bytes = try SmallFile.read(file, limit: Self.answerFileLimit)
        var answers = try AnswerFile(bytes, source: name, architecture: .x64)
        answers.mapTexts { session.variables.expand($0) }
        return WindowsConfiguration.GivenAnswers(name: name, bytes: answers.bytes)
    }
}
