// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TrialChannel

/// Starts media in a virtual machine, and tells how it went.
public struct MediaTrial {
    private let request: TrialRequest
    private let interruption: Interruption
    private let observer: any TrialObserver

    /// A trial as `request` asks for it; `observer` is told what happens meanwhile.
    public init(_ request: TrialRequest, interruption: Interruption, observer: any TrialObserver) {
        self.request = request
        self.interruption = interruption
        self.observer = observer
    }

    /// Tries the media.
    ///
    /// - Returns: what became of it; ``TrialResult/failure`` is nil when it did its work.
    /// - Throws: ``MediaTrialError`` for what cannot be tried, or not here; errors of reading and writing; `InterruptedError`.
    public func run() throws -> TrialResult {
        for path in request.outputs {
            // A disk that is kept where it is has been asked for by both names.
            let replaces = request.replacesExisting || path == request.keep
            _ = try PendingOutput.check(path, kind: .file, replacesExisting: replaces)
        }
        for path in request.insertions { try InputFile.open(path).close() }
        let flash = try request.firmware.requireFlash()
        let program = try Emulator.locate()
        if request.hasWindow { try Emulator.requireScreen() }
        let media = try TrialMedia(request.media, firmware: request.firmware)
        let asked = try disks(with: media)
        let folder = try TemporaryFolder(in: TemporaryFolder.defaultParent(else: "/var/tmp"))
        let disks = try PreparedDisks(
            asked + request.sticks, keep: request.keep, replacesExisting: request.replacesExisting,
            outlivesPower: !request.powerCuts.isEmpty, in: folder.path, interruption: interruption)
        var machine = VirtualMachine(
            firmware: request.firmware,
            acceleration: try .find(program: program, in: folder.path, interruption: interruption), flash: flash,
            medium: media.medium, disks: Array(disks.disks.prefix(asked.count)))
        machine.sticks = Array(disks.disks.dropFirst(asked.count))
        machine.hasWindow = request.hasWindow
        machine.hasNetwork = request.hasNetwork
        machine.flash = try ownFlash(flash, in: folder)
        observer.take(.machine(firmware: request.firmware, acceleration: machine.acceleration))
        let result = try run(machine, media, program, folder)
        var ended = result
        if let kept = disks.kept {
            try kept.publish()
            ended.kept = kept.path
        }
        return ended
    }

    /// The disks of the machine, of which prestaged media is the first.
    private func disks(with media: TrialMedia) throws(MediaTrialError) -> [TrialDisk] {
        let own: [TrialDisk] = media.form == .disk ? [.file(media.volumes[0])] : []
        let disks = own + (own.isEmpty && request.disks.isEmpty ? [.usual] : request.disks)
        let room = request.firmware.diskPorts(besideDisc: media.form == .discs).count
        guard disks.count <= room else {
            throw MediaTrialError(
                .badRequest, "\(.disk)",
                "is given \(disks.count) times with all that media has, and the machine has room for \(room)",
                nextStep: "leave some out")
        }
        guard request.sticks.count <= VirtualMachine.stickLimit else {
            throw MediaTrialError(
                .badRequest, "\(.disk)",
                "is given \(request.sticks.count) times with a stick, and the machine has \(VirtualMachine.stickLimit) ports for them",
                nextStep: "leave some out")
        }
        return disks
    }

    /// Variables of this machine alone.
    private func ownFlash(_ flash: TrialFirmware.Flash?, in folder: TemporaryFolder) throws -> TrialFirmware.Flash? {
        guard let flash else { return nil }
        let variables = folder.appending("variables.fd")
        let bytes = try SmallFile.read(flash.variables)
        try FileError.wrap("written", variables) {
            let file = try FileDescriptor.open(
                variables, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            _ = try file.closeAfter { try file.writeAll(bytes) }
        }
        return TrialFirmware.Flash(code: flash.code, variables: variables)
    }

    private func timeout(_ media: TrialMedia) -> Duration {
        if let timeout = request.timeout { return timeout }
        let canReport = media.hasEngine || request.awaitedText != nil || request.hasWindow
        return canReport ? TrialRequest.usualTimeout : TrialRequest.silentTimeout
    }

    // MARK: The run

    private func run(
        _ values: VirtualMachine, _ media: TrialMedia, _ program: FilePath, _ folder: TemporaryFolder
    ) throws -> TrialResult {
        let logPath = folder.appending("serial.log")
        let log = try FileError.wrap("created", logPath) {
            try FileDescriptor.open(
                logPath, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        defer { try? log.close() }
        let machine = try RunningMachine(values, program: program, in: folder.path, interruption: interruption)
        defer { machine.stop() }
        let timeout = timeout(media)
        let run = TrialRun(
            machine, request: request, volumes: media.volumes, timeout: timeout, serialLog: log,
            sequenceLog: try SpooledLog(path: folder.appending(TrialChannel.logFileName)),
            interruption: interruption, observer: observer)
        var picture: FilePath?
        var copied = CopiedFiles()
        var failure: MediaTrialError?
        let verdict = TrialVerdict(request: request, media: media, timeout: timeout, machine: machine, run: run)
        do {
            try machine.monitor.open()
            let end = try run.listen(endsWithText: !media.hasEngine && request.awaitedText != nil)
            picture = takePicture(machine)
            failure = verdict.failure(end)
            if case .engine(let outcome) = end {
                copied = try copyFiles(run)
                try? machine.removeMedium()
                try run.finish()
                let isWell = outcome == .succeeded || outcome == .restarting
                if isWell, request.awaitedText != nil, !run.serial.hasText {
                    failure = verdict.failureOfText(try run.listenForText())
                    picture = takePicture(machine) ?? picture
                }
            }
            var result = verdict.result(end)
            result.failure = failure ?? copied.failure
            result.files = copied.files
            result.acceleration = values.acceleration
            machine.stop()
            return try writeOutputs(result, picture: picture, serialLog: logPath, run.sequenceLog)
        } catch let error as MediaTrialError where error.code == .machineFailed {
            throw verdict.explained(error)
        }
    }

    private func takePicture(_ machine: RunningMachine) -> FilePath? {
        guard request.screenshot != nil else { return nil }
        do { return try machine.picture() } catch {
            observer.take(.note("there is no picture of the screen: \("\(error)".onOneLine)"))
            return nil
        }
    }

    /// What was copied out of the machine, and why not all of it was.
    private struct CopiedFiles {
        var files: [TrialResult.File] = []
        var failure: MediaTrialError?
    }

    private func copyFiles(_ run: TrialRun) throws -> CopiedFiles {
        var copied = CopiedFiles()
        for copy in request.copies where !copy.name.isExactly(TrialRequest.serialLogName) {
            do {
                copied.files.append(try run.receive(copy, replacesExisting: request.replacesExisting))
            } catch let error as MediaTrialError where error.code == .notCopied {
                observer.take(.note(error.text))
                copied.failure = copied.failure ?? error
            }
        }
        return copied
    }

    /// Writes what the trial itself has to give.
    private func writeOutputs(
        _ result: TrialResult, picture: FilePath?, serialLog: FilePath, _ sequenceLog: SpooledLog
    ) throws -> TrialResult {
        var result = result
        if let path = request.screenshot, let picture {
            _ = try write(picture, to: path)
            result.screenshot = path
        }
        for copy in request.copies where copy.name.isExactly(TrialRequest.serialLogName) {
            let bytes = try write(serialLog, to: copy.path)
            result.files.append(.init(name: copy.name, path: copy.path, byteCount: bytes.0, sha256: bytes.1))
        }
        for copy in request.copies
        where copy.name.isExactly(TrialChannel.logFileName) && !result.files.contains(where: { $0.name == copy.name }) {
            guard !sequenceLog.isEmpty else {
                observer.take(.note("there is no \(copy.name): the machine has not begun a task sequence"))
                continue
            }
            let bytes = try write(sequenceLog.path, to: copy.path)
            observer.take(.note("\(copy.name) holds what the machine told before it said nothing more"))
            result.files.append(.init(name: copy.name, path: copy.path, byteCount: bytes.0, sha256: bytes.1))
        }
        return result
    }

    private func write(_ file: FilePath, to path: FilePath) throws -> (Int64, SHA256Digest) {
        let bytes = try SmallFile.read(file, limit: 1 << 30, interruption: interruption)
        let output = try PendingOutput(path, kind: .file, replacesExisting: request.replacesExisting)
        try FileError.wrap("written", path) { _ = try output.descriptor.writeAll(bytes) }
        try output.publish()
        return (Int64(bytes.count), SHA256.digest(of: bytes))
    }
}
