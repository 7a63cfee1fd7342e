// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaFormat
import MediaVariables
import Support
import SystemPackage

/// Media that was brought up to date, or would be.
public struct UpdatedMedia: Sendable {
    /// What it was brought up to.
    public let plan: MediaPlan
    /// What was written, or would be.
    public let report: UpdateReport
}

/// Brings a drive, or the image of one, up to date.
public struct MediaUpdate: BuildWork {
    private let path: FilePath
    private let access: DriveAccess
    private let consent: UpdateConsent
    /// The fields that somebody has given.
    private let given: Set<RequestField>
    /// What is asked for media of a kind, written as a format to an output.
    private let request: (MediaType, FilePath, any VolumeFormat) throws -> MediaRequest

    /// Updates the drive or image at `path`.
    ///
    /// - Parameters:
    ///   - access: what may be done to drives; what was written before may be replaced.
    ///   - consent: what may be lost that the media has.
    ///   - given: the fields that `request` has a value for; for all others that of the media counts.
    ///   - request: what is asked for, once the kind of media is known.
    public init(
        _ path: FilePath, access: DriveAccess, consent: UpdateConsent, given: Set<RequestField> = [],
        request: @escaping (MediaType, FilePath, any VolumeFormat) throws -> MediaRequest
    ) {
        self.path = path
        self.access = access
        self.consent = consent
        self.given = given
        self.request = request
    }

    /// What is done, for the log.
    public var title: String { "update \(path)" }

    /// The image; nil for a drive.
    public var output: FilePath? { (try? Stat(path))?.type == .blockSpecial ? nil : path }

    /// The drive or image changes where it is.
    public func addFiles(to files: inout RunFiles) { files.change(path) }

    /// What is asked for, of the kind that is on the drive.
    public func jobs() throws -> [BuildJob] {
        let status = try FileError.wrap("opened", path) { try Stat(path) }
        let drives = try status.type == .blockSpecial ? access.drives([path.string]) : []
        // Before anything is read from it.
        try access.check(drives, protecting: [])
        if drives.isEmpty { try access.devices.requireNoLoopDevice(on: path) }
        let output = drives.first?.node ?? path
        let format = DriveFormat(drives, choice: DriveChoice(dataPartition: .asIs))
        let (media, manifest) = try DriveUpdater.media(at: output)
        var request = try request(manifest.mediaType, output, format)
        if drives.isEmpty { request.capacity = .bytes(status.size) }
        try MediaRecollection(media, manifest, named: output, password: request.password, dropped: consent.dropped)
            .complete(&request, given: given)
        return [BuildJob(request)]
    }

    /// Checks the image's name, or the drive.
    public func check(_ jobs: [BuildJob], _ files: RunFiles) throws {
        try files.check()
        for job in jobs { try access.check(job.request.format.devices, protecting: files.protectedPaths) }
    }

    /// Nothing new is known.
    public func check(_ plans: [PlannedJob], _ files: inout RunFiles) {}

    /// What would be done.
    public func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) throws -> UpdatedMedia {
        try update(plans, environment, isDryRun: true)
    }

    /// Writes what changed, and verifies it.
    public func write(
        _ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment
    ) throws -> UpdatedMedia {
        try access.prepare(plans[0].plan.drives, protecting: files.protectedPaths)
        return try update(plans, environment, isDryRun: false)
    }

    private func update(
        _ plans: [PlannedJob], _ environment: BuildEnvironment, isDryRun: Bool
    ) throws -> UpdatedMedia {
        let (request, plan) = (plans[0].job.request, plans[0].plan)
        let report = try DriveUpdater(environment: environment, devices: access.devices)
            .update(
                request.output, to: plan, password: request.password, formerPassword: request.formerPassword,
                consent: consent, verifies: access.verifies, isDryRun: isDryRun)
        return UpdatedMedia(plan: plan, report: report)
    }
}
