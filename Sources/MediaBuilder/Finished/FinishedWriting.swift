// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import ContentTransfer
import Cryptography
import DistributionPoints
import DriveImage
import Logging
import MediaFormat
import Support
import SystemPackage

/// What is asked for when finished media is written to drives.
public struct FinishedRequest: Sendable {
    /// The media: one, or all volumes of a set.
    public var media: [FilePath]
    /// How a drive is divided.
    public var choice = DriveChoice()
    /// The label of the volumes; nil for that of the media.
    public var label: String?
    /// The label of each of many drives; nil when all have the same.
    public var labelTemplate: LabelTemplate?
    /// Whether images of upgrade packages are split for Windows Setup.
    public var splitsUpgradeImages = false
    /// What manifests are signed with that are not those of the media; nil for nothing.
    public var signingKey: SigningKey?

    /// Asks for drives with `media`.
    public init(_ media: [FilePath]) { self.media = media }
}

/// What became of a drive of many.
public struct NumberedOutcome: Sendable {
    /// Its number among the drives of the run, from 1.
    public let number: Int
    /// The label of its volume; nil when that was not decided.
    public let label: String?
    /// What became of it.
    public let outcome: DriveOutcome
}

/// What came of writing finished media to drives, or would come.
public struct FinishedResult: Sendable {
    /// The media.
    public let media: FinishedMedia
    /// Where everything lies on the first drives; nil when there were none yet.
    public internal(set) var volume: VolumePlan?
    /// The drives that would be written, when nothing was.
    public internal(set) var planned: [NumberedDrive] = []
    /// What became of the drives, in the order in which they were begun.
    public internal(set) var outcomes: [NumberedOutcome] = []
    /// Why it ended before its end; nil when it did not.
    public internal(set) var failure: (any Error)?

    /// A drive that would be written.
    public struct NumberedDrive: Sendable {
        /// Its number among the drives of the run, from 1.
        public let number: Int
        /// The label of its volume.
        public let label: String
        /// The drive.
        public let drive: BlockDevice
    }
}

/// Writes finished media to drives, ours or anybody's, as `create` would have.
public struct FinishedWriting {
    let request: FinishedRequest
    let access: DriveAccess
    let observer: any BuildObserver
    let environment: BuildEnvironment
    /// Where temporary files lie.
    private let stagingFolder: FilePath
    /// What must not be on a drive that is written.
    let protected: [FilePath]

    /// Prepares to write what `request` asks for; nothing is read yet.
    ///
    /// - Parameter settings: where temporary files lie, and the threads.
    /// - Throws: ``MediaBuilderError`` for an impossible request.
    public init(
        _ request: FinishedRequest, _ settings: BuildSettings, access: DriveAccess, observer: any BuildObserver,
        logger: Logger
    ) throws {
        if request.label != nil, request.labelTemplate != nil {
            throw MediaRequest.bad(.labelTemplate, "does not go with \(.label)", "leave one of them out")
        }
        self.request = request
        self.access = access
        self.observer = observer
        let staging = settings.staging(beside: nil)
        stagingFolder = staging
        environment = try settings.environment(
            logger, staging: staging, interruption: observer.interruption, progress: observer.progress)
        var files = settings.files(staging: staging)
        files.read(request.media)
        protected = files.protectedPaths
    }

    /// The files of a run that reads `media`.
    public static func files(_ media: [String]) -> RunFiles {
        var files = RunFiles.ofMedia
        files.read(media.map { FilePath($0) })
        return files
    }

    /// Writes the drives at `paths` side by side from one reading, or plans that.
    ///
    /// - Throws: what is wrong with the media, or with a drive before any is written.
    public func run(_ paths: [String], isDryRun: Bool) throws -> FinishedResult {
        let drives = try access.drives(paths)
        try access.check(drives, protecting: protected)
        let media = try read()
        let volume = try layout(media).volume(drives)
        var result = FinishedResult(media: media, volume: volume)
        guard !isDryRun else {
            result.planned = drives.enumerated().map { index, drive in
                .init(number: index + 1, label: label(index + 1, drive, volume), drive: drive)
            }
            return result
        }
        try access.prepare(drives, protecting: protected)
        result.outcomes = try write(volume, drives, from: 1) { throw $1 }
        return result
    }

    // MARK: Parts

    /// Reads the media, and tells what there is to tell of it.
    func read() throws -> FinishedMedia {
        let format = DriveFormat(choice: request.choice)
        guard let largeFiles = format.largeFiles else { fatalError("FAT32 has a limit") }
        let media = try FinishedMediaReader(
            environment: environment, largeFiles: largeFiles, splitsUpgradeImages: request.splitsUpgradeImages,
            signer: request.signingKey
        ).read(request.media)
        for warning in media.warnings + layout(media).warnings(isAsked: request.label != nil) {
            observer.warning(warning)
        }
        for note in media.notes { observer.note(note) }
        if !media.hasManifest {
            observer.note(
                "\(media.title) has no manifest: its files were read twice, and are written as they were the first time"
            )
        }
        return media
    }

    func layout(_ media: FinishedMedia) -> FinishedLayout {
        FinishedLayout(media: media, choice: request.choice, label: request.label ?? media.label)
    }

    /// The label of a drive as FAT has it.
    private func label(_ number: Int, _ drive: BlockDevice, _ volume: VolumePlan) -> String {
        request.labelTemplate?.label(number, drive).description ?? FATLabel(fitting: volume.label).description
    }

    /// Writes `drives`, which were checked; their numbers begin with `number`.
    func write(
        _ volume: VolumePlan, _ drives: [BlockDevice], from number: Int,
        whatFailsToOpen failOpening: (Int, any Error) throws -> Void
    ) throws -> [NumberedOutcome] {
        let targets = drives.enumerated().map { index, drive in
            DriveWriter.WrittenDrive(drive: drive, label: request.labelTemplate?.label(number + index, drive))
        }
        // What is staged for some drives is gone before the next: an evening has many.
        let environment = environment.staging(in: StagingArea(in: stagingFolder))
        let outcomes = try Self.explaining(request.media) {
            try DriveWriter(environment: environment, devices: access.devices)
                .write(volume, to: targets, verifies: access.verifies, whatFailsToOpen: failOpening)
        }
        return outcomes.enumerated().map { index, outcome in
            outcome.log(to: environment.logger, serial: outcome.drive.serial)
            return NumberedOutcome(
                number: number + index, label: label(number + index, outcome.drive, volume), outcome: outcome)
        }
    }

    /// Says of the media what a transfer says of its content.
    private static func explaining<Result>(_ media: [FilePath], _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as TransferError {
            throw MediaFormatError(
                .verificationFailed, DiagnosticText(media.map(\.string).joined(separator: ", ")),
                "is not what it was or what its manifest says, and no drive boots now: \(error.object) \(error.problem)",
                nextStep: "verify it, and copy it again or build it again")
        }
    }
}

extension DriveOutcome {
    /// Takes note of what became of the drive with this serial number.
    fileprivate func log(to logger: Logger, serial: String?) {
        let name = serial.map { "\(drive.node), serial number \($0)" } ?? "\(drive.node), without a serial number"
        if let failure {
            logger.error("\(name): \(failure)")
        } else {
            logger.info("wrote \(name)\(isVerified ? " and verified it" : "")")
        }
    }
}
